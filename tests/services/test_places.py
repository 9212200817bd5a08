"""Where a thing belongs when it does not say it by a point."""

from __future__ import annotations

import pytest

from app.services.places import by_address, place
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
