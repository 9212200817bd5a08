"""Taking tables of resources in: a trial says what would change, then the same trial is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from app.city import City
from app.domain.facts import Fact
from app.domain.resources import Resource, Sort, Wrong, public, read
from app.store import resources as kept
from app.store.rows import of_row
from geodata.point_table import Row

AT_ONCE = 200  # changes in one fact: the feed carries it to every screen of that street
STREET_DIGITS = 9


class Fault(NamedTuple):
    """A row that is not taken, by its number in the file, and why."""

    row: int
    why: str


class Trial(NamedTuple):
    """What a table would change; `changed` are pairs of before and after."""

    sort: Sort
    added: list[Resource]
    changed: list[tuple[Resource, Resource]]
    same: int
    outside: int
    faults: list[Fault]


def attempt(city: City, sort: Sort, rows: Sequence[Row]) -> Trial:
    """Compare a table with the ledger; nothing is changed.

    Areas are computed from the places. An id that stands twice, or belongs to another sort, is a
    fault of its row.
    """
    faults: list[Fault] = []
    fit = list(_fitting(city, sort, rows, faults))
    with city.ledger.read() as tx:
        known = kept.find(tx, [one.id for _, one in fit])
    added, changed, same = [], [], 0
    for number, one in fit:
        before = known.get(one.id)
        if before is None:
            added.append(one)
        elif before.sort is not sort:
            faults.append(Fault(number, f"id: {one.id!r} is a {before.sort.value} already"))
        elif msgspec.structs.replace(before, updated=one.updated) == one:
            same += 1
        else:
            changed.append((before, one))
    outside = sum(not one.area for _, one in fit)
    return Trial(sort, added, changed, same, outside, sorted(faults))


def _fitting(
    city: City, sort: Sort, rows: Sequence[Row], faults: list[Fault]
) -> list[tuple[int, Resource]]:
    now, taken = city.now(), dict[str, tuple[Row, dict[str, Any]]]()
    for row in rows:
        try:
            said = read(sort, row.cells)
        except Wrong as why:
            faults.append(Fault(row.number, "; ".join(filter(None, (str(why), row.fault)))))
            continue
        if row.fault:
            faults.append(Fault(row.number, row.fault))
        elif said["id"] in taken:
            first = taken[said["id"]][0].number
            faults.append(Fault(row.number, f"id: {said['id']!r} stands in row {first} already"))
        else:
            taken[said["id"]] = row, said
    pairs = list(taken.values())
    areas = city.areas.locate([r.lon for r, _ in pairs], [r.lat for r, _ in pairs]) if pairs else []
    return [
        (row.number, Resource(sort=sort, area=area, lon=row.lon, lat=row.lat, updated=now, **said))
        for (row, said), area in zip(pairs, areas, strict=True)
    ]


def take(city: City, trial: Trial, by: str) -> int:
    """Write what a trial found and tell it street by street; returns how many were written."""
    pairs = [(None, one) for one in trial.added] + list(trial.changed)
    if not pairs:
        return 0
    with city.ledger.begin() as tx:
        kept.put(tx, [after for _, after in pairs])
        for fact in _facts(city, trial.sort, pairs, by):
            tx.record(fact)
    city.feed.publish(city.ledger)
    return len(pairs)


def _facts(
    city: City, sort: Sort, pairs: Sequence[tuple[Resource | None, Resource]], by: str
) -> list[Fact]:
    """Facts with before and after of each change, by street, at most AT_ONCE in one."""
    streets: dict[str, list[dict[str, Any]]] = {}
    for before, after in pairs:
        # who could see it before is told too: what leaves a street is a change of it
        for street in {one.area[:STREET_DIGITS] for one in (before, after) if one}:
            streets.setdefault(street, []).append(
                {"before": public(before) if before else None, "after": public(after)}
            )
    return [
        Fact(
            kind="resources.changed",
            thing=sort.value,
            area=street,
            at=city.now(),
            who=by,
            body={"resources": told[start : start + AT_ONCE]},
        )
        for street, told in sorted(streets.items())
        for start in range(0, len(told), AT_ONCE)
    ]


def settle(city: City, who: str = "ingest") -> int:
    """Bring the areas of all resources in line with the city's tree; returns how many moved."""
    with city.ledger.read() as tx:
        things = [of_row(Resource, row) for page in kept.pages(tx) for row in page]
    if not things:
        return 0
    areas = city.areas.locate([one.lon for one in things], [one.lat for one in things])
    pairs = [
        (one, msgspec.structs.replace(one, area=area))
        for one, area in zip(things, areas, strict=True)
        if one.area != area
    ]
    for sort in Sort:
        mine = [pair for pair in pairs if pair[0].sort is sort]
        take(city, Trial(sort, [], mine, 0, 0, []), who)
    return len(pairs)
