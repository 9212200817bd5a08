"""The sum of the children is the parent: every figure that is a count, wherever things lie."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, insert

from app.domain.alerts import AlertStatus
from app.domain.cases import CaseStatus
from app.domain.ground import FIGURES
from app.domain.levels import Level
from app.domain.readings import Device
from app.services import figures, ground_figures, views
from app.store import tables
from app.store.rows import to_row
from tests import cast
from tests.cast import START
from tests.things import a_case, an_alert

CITY, DISTRICT = "320400", "320404"
PARENTS = (CITY, DISTRICT, cast.STREET, cast.COMMUNITY)
STATES = (CaseStatus.PENDING_DISPATCH, CaseStatus.HANDLING, CaseStatus.CLOSED)
DOMAINS = ("governance", "social", "safety", "economy")
KINDS = ("gas", "waterlogging", "air", "river")
TALLIES = ("opened", "closed", "open", "overdue", "alerts")


def _somewhere(city, chance: random.Random) -> str:
    """The code of an area of any level, of one that the tree does not know, or "" for outside."""
    grid = chance.choice(city.areas.grids).code
    whole = chance.choice((grid, cast.GRID))
    strange = whole[:9] + "999"
    return chance.choice((whole, whole, whole[:12], whole[:9], DISTRICT, CITY, strange, ""))


@pytest.fixture(params=(1, 2))
def scattered(city, request):
    """A city in which cases, alerts and devices lie at random places of every level."""
    chance = random.Random(request.param)
    with city.ledger.begin() as tx:
        cases = [to_row(_case(n, _somewhere(city, chance), chance)) for n in range(150)]
        tx.connection.execute(insert(tables.cases), cases)
        alerts = [to_row(_alert(n, _somewhere(city, chance), chance)) for n in range(150)]
        tx.connection.execute(insert(tables.alerts), alerts)
        for worker in cast.WORKERS:
            tx.put(worker)
    grids = [chance.choice(city.areas.grids) for _ in range(40)]
    devices = [_device(n, grid) for n, grid in enumerate(grids)]
    city.live.register(devices, [city.areas.grid_index(grid.code) for grid in grids])
    return city


def _case(n: int, area: str, chance: random.Random):
    at = START - timedelta(minutes=chance.randrange(3000))
    status = chance.choice(STATES)
    closed = at + timedelta(minutes=chance.randrange(600))
    more = {"closed_at": min(closed, START)} if status is CaseStatus.CLOSED else {}
    return a_case(
        f"C{n}",
        area=area,
        status=status,
        opened_at=at,
        due_at=at + timedelta(hours=chance.randrange(72)),
        domain=chance.choice(DOMAINS),
        source=chance.choice(("hotline", "alert")),
        source_id=f"S{n}",
        **more,
    )


def _device(n: int, grid) -> Device:
    lon, lat = grid.polygon.representative_point().coords[0]
    kind = KINDS[n % len(KINDS)]
    place = {"lon": lon, "lat": lat, "area": grid.code}
    return Device(code=f"D{n}", n=-1, kind=kind, name=f"D{n}", period_s=60, **place)


def _alert(n: int, area: str, chance: random.Random):
    level = Level(chance.randrange(1, 5))
    at = START - timedelta(minutes=chance.randrange(900))
    return an_alert(
        f"A{n}",
        device=f"GAS-{n}",
        area=area,
        rule=chance.choice(("warning", "gas-leak")),  # a warning is told below, and counted once
        level=level,
        peak=level,
        status=chance.choice((AlertStatus.RAISED, AlertStatus.ACKNOWLEDGED)),
        domain=chance.choice(DOMAINS),
        raised_at=at,
        changed_at=at,
    )


def _flat(figures_: dict) -> dict:
    return {key: value for key, value in figures_.items() if isinstance(value, int)}


def _levels(city, area: str) -> dict:
    panel = views.alerts_panel(city, cast.COMMANDER, area)
    counts = {
        f"{level}.{name}": n for level, row in panel["levels"].items() for name, n in row.items()
    }
    return counts | {"total": panel["total"], "last_hour": panel["last_hour"]}


def _due(city, area: str) -> dict:
    found = views.due_cases(city, cast.COMMANDER, area)
    return {"open": found["open"], "due": found["due"]}


def _strip(city, area: str) -> dict:
    bars = views.strip(city, cast.COMMANDER, area)["bars"]
    return {f"bar {n}": bar["n"] for n, bar in enumerate(bars) if bar["n"]}


def _trend(city, area: str) -> dict:
    found = views.trend(city, cast.COMMANDER, area)
    return {"total": found["total"]} | {f"hour {n}": v for n, v in enumerate(found["now"]) if v}


def _tiles(city, area: str) -> dict:
    """The signs that are counts."""
    found = {tile["key"]: tile["value"] for tile in figures.tiles_of_area(city, area)}
    return {key: int(found[key] or 0) for key in ("gas", "hotline")}


PANELS = {
    "levels": _levels,
    "due": _due,
    "strip": _strip,
    "trend": _trend,
    "hotline": lambda city, area: {"total": views.hotline(city, cast.COMMANDER, area)["total"]},
    "layers": lambda city, area: _flat(views.layers(city, cast.COMMANDER, area)),
    "tiles": _tiles,
}


def _moved_away(city, code: str) -> None:
    """Take out what lies in an area and in none below it: a sum of the children has no place
    for it, and the wall says how much it is (未落到下级)."""
    below = {child.code for child in city.areas.children(code)}
    digits = len(next(iter(below)))
    with city.ledger.begin() as tx:
        for column in (tables.cases.c.area, tables.alerts.c.area, tables.workers.c.grid):
            lies = func.substr(column, 1, digits)
            tx.connection.execute(column.table.delete().where(lies.not_in(below)))


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_of_an_area_is_the_sum_of_those_below(scattered, panel):
    count = PANELS[panel]
    for area in PARENTS:
        parts = [count(scattered, child.code) for child in scattered.areas.children(area)]
        summed = {key: sum(part.get(key, 0) for part in parts) for key in set().union(*parts)}
        before = count(scattered, area)
        assert all(summed[key] <= before[key] for key in summed)
        _moved_away(scattered, area)
        assert _some(count(scattered, area)) == _some(summed)


def _some(counts: dict) -> dict:
    return {key: n for key, n in counts.items() if n}


COUNTS = [one.code for one in FIGURES if one.code not in ground_figures.RATES]


@pytest.mark.parametrize("figure", COUNTS)
def test_the_colours_of_the_ground_and_what_lies_in_none_are_the_whole(scattered, figure):
    for area in PARENTS:
        _colours_sum(scattered, figure, area)


def _colours_sum(scattered, figure: str, area: str) -> None:
    found = views.choropleth(scattered, cast.COMMANDER, area, None, figure)
    parent = {CITY: None, DISTRICT: CITY, cast.STREET: DISTRICT, cast.COMMUNITY: cast.STREET}[area]
    whole = sum(value or 0 for value in found["values"].values()) + found["rest"]
    if parent:
        above = views.choropleth(scattered, cast.COMMANDER, parent, None, figure)
        assert whole == (above["values"][area] or 0)
    layers = views.layers(scattered, cast.COMMANDER, area)
    same = {"open": "cases", "alerts": "alerts", "devices": "devices"}
    if figure in same:
        assert whole == layers[same[figure]]


def test_the_rows_of_the_cockpit_sum_to_its_figures(scattered):
    for area in PARENTS:
        _rows_sum(scattered, area)


def _rows_sum(scattered, area: str) -> None:
    page = views.cockpit(scattered, cast.COMMANDER, area)
    for key in TALLIES:
        below = sum(one[key] for one in page["streets"])
        assert below == sum(one[key] for one in page["domains"])
    figure = {one["key"]: one["value"] for one in page["figures"]}
    for key in ("opened", "closed", "open", "overdue"):
        assert sum(one[key] for one in page["streets"]) == figure[key]


def test_an_exception_has_as_many_rows_as_it_says(scattered):
    for one in views.cockpit(scattered, cast.COMMANDER, DISTRICT)["exceptions"]:
        if one["rows"] and one["kind"] in ("overdue_cases", "hotline_surge", "red_unacknowledged"):
            asked = dict(one["rows"])
            assert views.rows(scattered, cast.COMMANDER, asked.pop("what"), **asked)[
                "total"
            ] == int(one["value"])
