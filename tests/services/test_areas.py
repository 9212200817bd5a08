"""Importing boundaries into a running city: tried, taken, and what moves."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from shapely.affinity import translate

from app.domain.readings import Device
from app.errors import Conflict
from app.services import areas, roster
from app.store import area_marks, points
from geodata.area import AreaLevel
from geodata.areas import open_areas
from geodata.importing import Drawn, Finding, Sheet

STREET = AreaLevel.STREET


@pytest.fixture
def sheet(city):
    """Zhonglou's streets, drawn half a kilometre further east."""
    kids = city.areas.children("320404")
    drawn = [Drawn(k.code, f"新{k.name}", translate(k.polygon, 0.005, 0)) for k in kids]
    return Sheet(drawn, [], "digest", "wgs84")


@pytest.fixture
def devices(city):
    """One device in the middle of each community of 五星街道."""
    communities = city.areas.children("320404001")
    spots = [c.polygon.representative_point() for c in communities]
    return roster.register(city, [_device(n, p.x, p.y, city) for n, p in enumerate(spots)])


def _device(n, lon, lat, city):
    return Device(
        code=f"GAS-{n}",
        n=0,
        kind="gas",
        name=f"gas {n}",
        lon=lon,
        lat=lat,
        area=city.areas.locate_one(lon, lat),
        period_s=30,
    )


def test_a_try_changes_nothing_and_says_what_would_move(city, sheet, devices, tmp_path):
    before = city.live.devices()
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    assert trial.faults == []
    assert areas.changed(trial.moves, STREET)
    assert {m.what for m in trial.moves} == {"device"}
    assert city.live.devices() == before
    assert open_areas("320404", city.settings.var / "areas").fingerprint == city.areas.fingerprint


def test_taking_swaps_the_tree_and_moves_devices_with_their_indexes(city, sheet, devices, tmp_path):
    trial = areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet)
    moved = areas.take(city, trial, "admin")
    after = open_areas("320404", city.settings.var / "areas")
    assert after.fingerprint == trial.tree.fingerprint
    assert moved == trial.moves
    shown = points.unpack(city.live.points())["area"]
    for device in city.live.devices().values():
        assert device.area == after.locate_one(device.lon, device.lat)
        assert shown[device.n] == after.grid_index(device.area)
    fact = city.ledger.facts_after(0)[-1]
    assert (fact.kind, fact.who, fact.body["moved"]["device"]) == (
        "areas.taken",
        "admin",
        len(moved),
    )


def test_ingest_puts_right_what_its_predecessor_wrote_once(city, sheet, devices, tmp_path):
    areas.put(city, areas.attempt(city, tmp_path / "x.gpkg", STREET, sheet))
    now = replace(city, areas=open_areas("320404", city.settings.var / "areas"))
    assert areas.settle_if_new(now)
    assert area_marks.edition(city.live) == now.areas.fingerprint
    assert areas.settle_if_new(now) == []


def test_faults_and_a_faster_colleague_stop_it(city, sheet, tmp_path):
    odd = sheet._replace(findings=[Finding("code", "1", "length", fault=True)])
    with pytest.raises(Conflict, match="1 处"):
        areas.take(city, areas.attempt(city, tmp_path / "x", STREET, odd), "admin")
    first, second = (areas.attempt(city, tmp_path / "x", STREET, sheet) for _ in range(2))
    areas.put(city, first)
    with pytest.raises(Conflict, match="重新试运行"):
        areas.put(city, second)


def test_codes_that_go_fall_back_to_what_is_above(city):
    assert areas.by_code(city.areas, "320404001999") == "320404001"
    assert areas.by_code(city.areas, "320404777") == "320404"
    assert areas.by_code(city.areas, "990000") == "320400"
    assert areas.by_code(city.areas, "320404001001") == "320404001001"


def test_levels_are_words(city):
    assert areas.level_of("street") is STREET
    with pytest.raises(areas.Invalid):
        areas.level_of("city")
    assert msgspec.to_builtins(areas.Move("case", "1", "a", "b"))["after"] == "b"
