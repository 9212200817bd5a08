"""Scores of quality: of each source, kind or street, how much of a day can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from app.city import City
from app.domain import quality
from app.domain.kinds import BY_CODE
from app.domain.people import User, Verb, require
from app.domain.readings import Device, Readings
from app.services.grading import DOUBTED, DUPLICATE, OWN, READINGS, STREET_DIGITS, day_of
from app.services.views_scope import now_ms
from app.store.keys import QUALITY_SINCE

Row = dict[str, Any]
By = Literal["source", "kind", "street"]

GROUPS = ("source", "kind", "street")
DOUBTS = quality.names(127)
DAY_MS = 86_400_000


def scores(city: City, by: User, *, group: By = "source", day: str = "") -> list[Row]:
    """Return the scores of a day (YYYYMMDD, Beijing; default: today), the worst first.

    A row has `name` (source, kind or street code), `readings`, `doubted`, `duplicates`, `doubts`
    (name → n), `trusted` (share without doubt), and `complete`: the share of what its devices
    should have said since the day's count began, by their periods; None for other days and for who
    has no devices. A device that is new today lowers it until tomorrow. Raises NotAllowed.
    """
    require(by, Verb.ADMINISTER)
    now = now_ms(city)
    today = day_of(now)
    counts = city.live.quality(day or today)
    since = counts.pop(QUALITY_SINCE, now)
    found: dict[str, Counter[str]] = {}
    for field, n in counts.items():
        *place, what = field.split("|")
        name = place[GROUPS.index(group)]
        found.setdefault(name, Counter())[what] += n
    is_today = not day or day == today
    due = _expected(city, group, now - since) if is_today else Counter[str]()
    rows = [_row(name, said, due.get(name, 0)) for name, said in found.items()]
    rows += [_row(name, Counter(), due[name]) for name in due.keys() - found.keys()]
    return sorted(rows, key=lambda row: (row["trusted"], row["complete"] or 0, row["name"]))


def _row(name: str, said: Counter[str], due: float) -> Row:
    readings = said[READINGS]
    return {
        "name": name,
        "readings": readings,
        "doubted": said[DOUBTED],
        "duplicates": said[DUPLICATE],
        "doubts": {doubt: said[doubt] for doubt in DOUBTS if said[doubt]},
        "trusted": 1 - said[DOUBTED] / readings if readings else 1.0,
        "complete": min(readings / due, 1.0) if due >= 1 else None,
    }


def _expected(city: City, group: By, span_ms: int) -> Counter[str]:
    """How many readings the devices should have sent in a span, by their periods."""
    due: Counter[str] = Counter()
    span_s = min(span_ms, DAY_MS) / 1000
    for fleet, devices in city.live.census().items():
        name, period_s = str(fleet[GROUPS.index(group)]), fleet[3]
        due[name] += devices * int(span_s / max(period_s, 1))  # due when its period is over
    return due


def take_census(city: City, devices: Iterable[Device], origins: Mapping[str, str]) -> None:
    """Count the fleet by source, kind, street and period; the watch does so at each roll call.

    So a page that asks for scores need not read every device.
    """
    found = Counter(
        (origins.get(d.code, OWN), d.kind, d.area[:STREET_DIGITS], d.period_s) for d in devices
    )
    city.live.put_census(found)


def doubts(last: Readings | None) -> list[Row]:
    """Return why a reading is doubted, for showing: [{"doubt", "metric" (its name), "unit"}]."""
    if last is None or not last.doubts:
        return []
    kind = BY_CODE.get(last.kind)
    names = {m.code: m.name for m in kind.metrics} if kind else {}
    found = quality.reasons(last.kind, last.metrics, last.doubts)
    return [
        {"doubt": r.doubt, "metric": names.get(r.metric, r.metric), "unit": r.unit} for r in found
    ]
