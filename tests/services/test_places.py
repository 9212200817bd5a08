"""Where a thing belongs when it does not say it by a point."""

from __future__ import annotations

import pytest

from app.services import places_words as words
from app.services.places import _decided, by_address, place
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_file import read_places
from tests import cast


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("五星街道新中社区12号", "320404001001"),
        ("五星街道某处", cast.STREET),
        ("钟楼区邹区镇灯具城", cast.OTHER_STREET),
        ("荷花池街道办门口", "320404006"),
        ("某某路1号", ""),
        ("", ""),
    ],
)
def test_the_finest_area_that_is_named(city, address, code):
    assert by_address(city, address) == code


def test_a_point_wins_over_an_address(city, a_report):
    with city.ledger.read() as tx:
        assert place(city, tx, a_report(address="邹区镇")) == cast.GRID
        assert place(city, tx, a_report(lon=0.0, lat=0.0, address="邹区镇")) == ""


def test_an_unknown_worker_without_a_point_is_placed_in_the_city_shown(city, a_report):
    with city.ledger.read() as tx:
        assert place(city, tx, a_report(lon=None, lat=None, worker="W999")) == "320404"


LONG_ROAD = """{"type": "FeatureCollection", "features": [{"type": "Feature",
 "properties": {"name": "长江中路", "kind": "road"},
 "geometry": {"type": "LineString", "coordinates": [[119.917, 31.70], [119.917, 31.80]]}}]}"""


def test_a_road_that_goes_beyond_the_area_shown_is_not_said_to_lie_elsewhere(city, tmp_path):
    (tmp_path / "roads.geojson").write_text(LONG_ROAD, encoding="utf-8")
    known = Gazetteer(city.areas, read_places(tmp_path / "roads.geojson", city.areas))
    placed = _decided(city, known.find("长江中路积水"))
    assert (placed.confidence, placed.note) == (0.0, words.WIDE)
