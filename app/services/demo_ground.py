"""The ground of the demo (示意): invented officers for its grids, and zones as unions of streets.

Workers are those of the demo cast. Names of zones and which streets they hold are from public
descriptions and not verified; outlines are those of our generated streets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import shapely

from app.city import City
from app.domain.duties import Duty
from app.domain.people import Worker
from app.domain.zones import Zone
from app.services import demo_people, units
from app.services.duties import grids
from app.store import duties as duty_store
from app.store import zones as zone_store
from geodata.tiling import polygons

SINCE = timedelta(days=90)
_SURNAMES = "沈韩秦许吕施钱严金魏陶姜戚邹潘葛范苗任袁"
_GIVEN = (
    "正明",
    "卫东",
    "国平",
    "建军",
    "志远",
    "晓峰",
    "立新",
    "文斌",
    "永强",
    "海峰",
    "俊杰",
    "思源",
)
ZONES = (  # code, name, kind, the streets and towns it is made of
    ("ZLJKQ", "钟楼经济开发区", "经开区", ("320404003", "320404007")),
    ("ZLGXY", "钟楼高新园", "高新区", ("320404116",)),
    (
        "CZJKQ",
        "常州经济开发区",
        "经开区",
        ("320412001", "320412002", "320412003", "320412104", "320412105", "320412106"),
    ),
)


def seed(city: City) -> None:
    """Bind the demo's grids to people and lay its zones, where nobody has done so; cut units.

    What was imported stays: only grids without anybody get an invented pair.
    """
    units.made(city)
    with city.ledger.read() as tx:
        there = duty_store.grids(tx)
        laid = bool(zone_store.listed(tx))
    new = [duty for duty in _duties(city) if duty.grid not in there]
    with city.ledger.begin() as tx:
        tx.put(*new)
        if not laid:
            zone_store.put(tx, tuple(_zones(city)))


def _duties(city: City) -> Iterator[Duty]:
    """One invented officer for each community, and a worker of the cast, for each grid in it."""
    since = (city.now() - SINCE).replace(hour=0, minute=0, second=0, microsecond=0)
    workers = demo_people.workers(city.areas)
    by_street: dict[str, list[Worker]] = {}
    for worker in workers:
        by_street.setdefault(worker.grid[:9], []).append(worker)
    for n, grid in enumerate(grids(city)):
        community, street = grid[:12], grid[:9]
        near = by_street.get(street, workers)
        own = [worker for worker in near if worker.grid == community] or near
        officer = int(community[-6:])  # one for a community
        yield Duty(
            grid=grid,
            worker=own[n % len(own)].id,
            officer=_name(officer),
            station=f"{city.areas.name(street)}派出所",
            phone=f"138****{officer % 10_000:04d}",
            since=since,
            simulated=True,
        )


def _name(n: int) -> str:
    return _SURNAMES[n % len(_SURNAMES)] + _GIVEN[(n * 7 + n // len(_SURNAMES)) % len(_GIVEN)]


def _zones(city: City) -> Iterator[Zone]:
    for code, name, kind, streets in ZONES:
        shapes = [city.areas.area(street).polygon for street in streets if street in city.areas]
        if len(shapes) == len(streets):
            yield Zone(
                code=code,
                name=name,
                kind=kind,
                shape=polygons(shapely.union_all(shapes)).wkb,
                source="demo",
                taken_at=city.now(),
                schematic=True,
            )
