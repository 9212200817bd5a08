"""The layers' counts, and the figures that the areas are coloured by."""

from __future__ import annotations

import pytest

from app.domain.ground import FIGURES
from app.domain.people import Role
from app.errors import NotAllowed
from app.services import ingest, reports, views
from app.services.views_layers import presets
from app.services.views_today import Today
from tests import cast
from tests.web.things import open_case, put_device, raise_alert

CODES = [figure.code for figure in FIGURES]
ELSEWHERE = "320404003"


def ground(city, figure: str, area: str = "320404", domain: str | None = None):
    return views.choropleth(city, cast.COMMANDER, area, domain, figure)


def test_the_counts_are_those_of_kinds_states_and_levels(city) -> None:
    for n in range(3):
        put_device(city, f"G{n}")
    put_device(city, "R1", "rain")
    raise_alert(city, device="G0")
    open_case(city, cast.GRID, device="X1")
    found = views.layers(city, cast.DUTY)
    assert (found["devices"], found["devices:gas"], found["devices:rain"]) == (4, 3, 1)
    assert (found["devices/safety"], found["devices/governance"]) == (4, 0)
    assert sum(n for name, n in found.items() if name.startswith("cases:")) == found["cases"]
    assert sum(n for name, n in found.items() if name.startswith("alerts/")) == found["alerts"] > 0
    assert found["workers"] == sum(worker.on_duty for worker in cast.WORKERS)


def test_counts_follow_the_tab_and_the_area(city) -> None:
    put_device(city, "G1")
    put_device(city, "A1", "air")
    found = views.layers(city, cast.DUTY, cast.STREET, "safety")
    assert (found["devices"], found["devices:air"]) == (1, 0)
    assert views.layers(city, cast.DUTY, ELSEWHERE)["devices"] == 0
    with pytest.raises(NotAllowed):
        views.layers(city, cast.STRANGER, cast.STREET)


def test_who_has_not_spoken_yet_is_no_stale_device(city, clock) -> None:
    n = put_device(city, "G1", value=None).n
    put_device(city, "G2")
    assert quiet(city) == (0, 1)
    clock.advance(seconds=91)  # three periods of gas and a bit
    assert quiet(city) == (1, 1)
    city.live.set_states([(n, 2, 0)])
    assert quiet(city) == (2, 0)
    assert views.layers(city, cast.DUTY)["offline:gas"] == 2


def quiet(city) -> tuple[int, int]:
    found = views.layers(city, cast.DUTY)
    return found["offline"], found["unheard"]


@pytest.mark.parametrize("figure", CODES)
def test_every_figure_of_a_quiet_city_is_nothing_or_no_value(city, figure) -> None:
    found = ground(city, figure)
    assert found["figure"] == figure
    assert set(found["values"]) == set(found["steps"])
    assert len(found["values"]) == 8
    told = [value for value in found["values"].values() if value is not None]
    assert sum(found["counts"]) == len(told)
    assert set(told) <= {0}
    if figure in ("on_time", "online"):
        assert told == []


@pytest.mark.parametrize("area", ["320400", "320404", cast.STREET])
def test_children_sum_to_the_counts_of_their_parent(city, area) -> None:
    for n, grid in enumerate((cast.GRID, cast.GRID, cast.OTHER_GRID)):
        open_case(city, grid, device=f"D{n}")
    put_device(city, "R1", "rain")
    whole = views.layers(city, cast.COMMANDER, area)
    for figure in ("devices", "alerts"):
        assert sum(ground(city, figure, area)["values"].values()) == whole[figure]
    for figure in ("open", "opened"):
        assert sum(ground(city, figure, area)["values"].values()) == whole["cases"] > 0


def test_handled_in_time_is_the_cockpit_s_figure(city, clock) -> None:
    open_case(city, cast.GRID, device="D1")
    open_case(city, cast.OTHER_GRID, device="D2")
    clock.advance(hours=200)
    found = ground(city, "on_time")
    with city.ledger.read() as tx:
        today = Today(city, tx, "320404")
    wanted = {code: today.on_time(scope=code) for code in found["values"]}
    assert found["values"] == wanted
    assert wanted[cast.STREET] == 0.0
    assert found["steps"][cast.STREET] == 0
    assert ground(city, "overdue")["values"][cast.STREET] == 1
    assert ground(city, "closed")["values"][cast.STREET] == 0


def test_rates_and_density_are_of_each_area_s_own_devices(city) -> None:
    for n in range(4):
        put_device(city, f"G{n}")
    city.live.set_states([(0, 1, 0)])
    found = ground(city, "devices")["values"]
    [there] = [code for code, n in found.items() if n]
    assert found[there] == 4
    assert ground(city, "density")["values"][there] > 0
    assert ground(city, "devices", domain="economy")["values"][there] == 0
    rates = ground(city, "online")["values"]
    assert rates[there] == 100.0
    assert [code for code, rate in rates.items() if rate is not None] == [there]


def test_calls_of_today_are_those_since_midnight(city, an_order, clock) -> None:
    ingest.receive(city, [an_order("G1"), an_order("G2")], 0)
    reports.open_waiting(city, "test")
    assert sum(ground(city, "hotline")["values"].values()) == 2
    clock.advance(days=1)
    assert sum(ground(city, "hotline")["values"].values()) == 0


def test_an_unknown_figure_is_the_first_and_a_grid_has_no_children(city) -> None:
    assert ground(city, "x")["figure"] == "open"
    assert ground(city, "open", cast.GRID)["values"] == {}
    assert ground(city, "online", cast.GRID)["lower"]


def test_while_the_live_store_is_away_rates_have_no_value(city, monkeypatch) -> None:
    from redis.exceptions import ConnectionError as Gone

    def gone(*_):
        raise Gone

    monkeypatch.setattr(type(city.live), "points", gone)
    assert set(ground(city, "density")["values"].values()) == {None}
    assert views.layers(city, cast.DUTY)["devices"] == 0


def test_the_page_knows_the_presets_of_the_role(city) -> None:
    found = presets(city, cast.DUTY)
    assert found["start"] == city.layers.start_of(Role.DUTY_OFFICER) == "daily"
    assert [one["code"] for one in found["presets"]] == list(city.layers.presets)
    assert views.page(city, cast.DUTY)["layers"] == found
