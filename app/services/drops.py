"""Files that people bring in: who may, and the fact that they did."""

from __future__ import annotations

from collections.abc import Mapping

from app.city import City
from app.domain.facts import Fact
from app.domain.people import User, Verb, covers, may, require
from app.errors import NotAllowed


def permit(city: City, by: User) -> None:
    """Raise NotAllowed unless he administers, or brings files in for the whole city (值班长)."""
    if may(by, Verb.ADMINISTER):
        return
    require(by, Verb.IMPORT)
    if not covers(by.scope, city.settings.city):
        raise NotAllowed("您的数据范围不包含全市（区），不能导入文件。")


def record(
    city: City, by: User | None, source: str, *, taken: int, refused: Mapping[str, int]
) -> None:
    """Record in the ledger that a file was taken: how many rows, never what they say."""
    told = {"source": source, "taken": taken, "refused": dict(refused)}
    who = by.id if by else "system"
    _tell(city, Fact(kind="drop.taken", thing=source, area="", at=city.now(), who=who, body=told))


def mapped(city: City, by: User, source: str) -> None:
    """Record that a column mapping was saved."""
    told = {"source": source}
    _tell(
        city, Fact(kind="drop.mapped", thing=source, area="", at=city.now(), who=by.id, body=told)
    )


def _tell(city: City, fact: Fact) -> None:
    with city.ledger.begin() as tx:
        tx.record(fact)
    city.feed.publish(city.ledger)
