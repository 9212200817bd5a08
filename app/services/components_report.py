"""A component that somebody reports from the map (上报): its kind's matter becomes a case."""

from __future__ import annotations

from app.city import City
from app.domain.cases import Case
from app.domain.people import User
from app.domain.reports import Report
from app.errors import Invalid
from app.services import components, reports

# what can be wrong with it: the words of the case's title
PROBLEMS = {"broken": "破损", "missing": "丢失", "other": "异常"}
SAME_S = 60  # a second click of the same person within the same minute is the same report


def report(city: City, code: str, problem: str, *, by: User) -> Case:
    """Open a case at a component; the same report within a minute gives the same case again.

    NotFound for an unknown mark, NotAllowed outside the scope, Invalid for an unknown problem.
    """
    if problem not in PROBLEMS:
        raise Invalid("请选择部件的问题。", fields={"problem": ", ".join(PROBLEMS)})
    one, now = components.one(city, by, code), city.now()
    said = Report(
        id=f"component:{one['id']}:{problem}:{by.id}:{int(now.timestamp()) // SAME_S}",
        channel="wall",
        worker=by.worker,
        at=int(now.timestamp() * 1000),
        code=one["id"],
        title=f"{one['what']}{PROBLEMS[problem]}",
        description=f"部件 {one['id']}（{one['name']}）{PROBLEMS[problem]}",
        lon=one["lon"],
        lat=one["lat"],
        address=one["place"],
    )
    return reports.file(city, said, by=by)
