"""One file against one mapping: what every row becomes, and then, if it is wanted, taking it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from app.city import City
from app.domain.people import User
from app.domain.reports import HotlineOrder, Report
from app.errors import Conflict, Rejected
from app.services import drops, ingest
from app.services.aside import aside
from layouts import text
from streams.dialects import table as dialect
from streams.drop import tables
from streams.drop.tables import Row
from streams.sources import Source

BATCH = 500
Thing = HotlineOrder | Report


class Bad(NamedTuple):
    """A row that cannot be taken, and why."""

    row: Row
    reason: str
    detail: str


class Tried(NamedTuple):
    """What a file becomes; nothing of it is taken yet. `columns` are the file's own."""

    source: Source
    columns: tuple[str, ...]
    good: list[tuple[int, Thing]]
    bad: list[Bad]
    arrived: int

    @property
    def reasons(self) -> Counter[str]:
        """How many rows for each reason."""
        return Counter(bad.reason for bad in self.bad)


def attempt(content: bytes, source: Source, arrived: int) -> Tried:
    """Read every row of a file; Rejected when the file as a whole is no table of this source."""
    options: dialect.Options = source.options
    found = aside(lambda: tables.read(content, set(options.columns.values()), options.sheet))
    missing = [c for c in options.columns.values() if c not in found.columns]
    if missing:
        have = "、".join(found.columns)[:300]
        raise Rejected(
            "no_column", text.say("drop.no_columns", missing="、".join(missing), have=have)
        )
    tried = Tried(source, found.columns, [], [], arrived)
    aside(lambda: _read(tried, found.rows))
    return tried


def take(city: City, tried: Tried, *, by: User | None, good_only: bool = False) -> int:
    """Take the good rows, at most once each, and return how many; `by` None is the system.

    Raises Conflict when there are bad rows, unless `good_only`: then they become dead letters with
    their row numbers. Raises Unavailable when a store is away: take it again, which is harmless.
    """
    source = tried.source
    if by is not None:
        drops.permit(city, by)
    if tried.bad and not good_only:
        raise Conflict(text.say("drop.cannot", n=len(tried.bad)))
    things = [thing for _, thing in tried.good]
    for start in range(0, len(things), BATCH):
        ingest.receive(city, things[start : start + BATCH], tried.arrived)
    for start in range(0, len(tried.bad), BATCH):
        letters = [_letter(source, bad) for bad in tried.bad[start : start + BATCH]]
        ingest.reject(city, letters, tried.arrived)
    ingest.count(city, _counts(tried), tried.arrived)
    drops.record(city, by, source.name, taken=len(things), refused=tried.reasons)
    return len(things)


def _read(tried: Tried, rows: Iterable[Row]) -> None:
    reader = dialect.reader(tried.source)
    first: dict[str, int] = {}
    for row in rows:
        try:
            thing = reader.row(row.cells, tried.arrived)
        except Rejected as why:
            tried.bad.append(Bad(row, why.reason, why.detail))
            continue
        assert isinstance(thing, HotlineOrder | Report)
        key = thing.order_no if isinstance(thing, HotlineOrder) else thing.id
        if key in first:
            twin = text.say("drop.same_number", row=first[key], number=key)
            tried.bad.append(Bad(row, "repeated", twin))
        else:
            first[key] = row.number
            tried.good.append((row.number, thing))


def _letter(source: Source, bad: Bad) -> ingest.Letter:
    return ingest.Letter(
        topic=f"{source.by}/{source.name}",
        payload=msgspec.json.encode(bad.row.cells),
        reason=bad.reason,
        detail=f"row {bad.row.number}: {bad.detail}",
        source=source.name,
        personal=source.personal,
    )


def _counts(tried: Tried) -> dict[str, int]:
    name = tried.source.name
    rows = len(tried.good) + len(tried.bad)
    counts = {f"received:{name}": rows, f"said:{name}": rows, f"reports:{name}": len(tried.good)}
    counts |= {f"refused:{name}:{reason}": n for reason, n in tried.reasons.items()}
    return {what: n for what, n in counts.items() if n}
