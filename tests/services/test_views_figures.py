"""Vital signs and trends: computed, never invented, with their moment."""

from __future__ import annotations

from app.domain.people import User
from app.services import ingest, reports, views
from tests import cast
from tests.web.things import open_case, put_device, raise_alert, say


def tile(city, key: str, area: str | None = None, user: User = cast.DUTY) -> dict:
    return {one["key"]: one for one in views.tiles(city, user, area)}[key]


def test_a_figure_without_devices_says_why(city) -> None:
    one = tile(city, "aqi")
    assert (one["value"], one["text"], one["why"]) == (None, None, "no_device")


def test_air_is_the_median_of_the_stations(city) -> None:
    for code, value in (("A1", 50.0), ("A2", 60.0), ("A3", 180.0)):
        put_device(city, code, "air", value=value)
    one = tile(city, "aqi")
    assert (one["value"], one["text"], one["level"]) == (60.0, "60", 0)
    assert one["at"] == int(city.now().timestamp() * 1000)


def test_rivers_and_rain_show_the_worst(city) -> None:
    put_device(city, "R1", "river", value=4.5)
    put_device(city, "R2", "river", value=3.9)
    put_device(city, "P1", "rain", value=12.0)
    river = tile(city, "river")
    assert (river["value"], river["note"], river["level"]) == (4.5, "超警戒 0.20 m", 1)
    assert tile(city, "rain")["value"] == 12.0


def test_a_figure_of_fresh_devices_forgets_the_silent_ones(city, clock) -> None:
    put_device(city, "A1", "air", value=400.0)
    clock.advance(minutes=30)
    put_device(city, "A2", "air", value=40.0)
    assert tile(city, "aqi")["value"] == 40.0


def test_an_old_figure_keeps_its_moment(city, clock) -> None:
    put_device(city, "A1", "air", value=40.0)
    said = city.now()
    clock.advance(minutes=30)
    one = tile(city, "aqi")
    assert one["at"] == int(said.timestamp() * 1000)
    assert one["stale_after_s"] == 180


def test_a_bad_reading_makes_no_figure(city) -> None:
    device = put_device(city, "A1", "air", value=None)
    say(city, device, 499.0, quality=2)
    assert tile(city, "aqi")["why"] == "no_data"


def test_online_rate_counts_those_who_are_heard(city) -> None:
    ns = [put_device(city, f"G{i}").n for i in range(4)]
    city.live.set_states([(n, 1, 0) for n in ns[:3]] + [(ns[3], 2, 0)])
    one = tile(city, "online")
    assert (one["value"], one["note"], one["level"]) == (75.0, "3/4", 3)


def test_who_has_not_spoken_yet_is_neither_online_nor_offline(city) -> None:
    ns = [put_device(city, f"G{i}", value=None).n for i in range(4)]
    assert tile(city, "online")["why"] == "no_data"
    city.live.set_states([(n, 1, 0) for n in ns[:2]])
    assert (tile(city, "online")["value"], tile(city, "online")["note"]) == (100.0, "2/2")


def test_gas_counts_devices_with_an_open_alert(city) -> None:
    put_device(city, "GAS-1")
    raise_alert(city, device="GAS-1")
    assert (tile(city, "gas")["value"], tile(city, "gas")["level"]) == (1, 4)
    assert tile(city, "gas", cast.OTHER_STREET)["why"] == "no_device"


def test_without_redis_no_figure_of_the_sensors_is_shown(city, monkeypatch) -> None:
    from redis.exceptions import ConnectionError as RedisGone

    def gone(*_: object) -> None:
        raise RedisGone("away")

    put_device(city, "A1", "air", value=40.0)
    monkeypatch.setattr(type(city.live), "points", gone)
    assert tile(city, "aqi")["why"] == "no_data"
    assert tile(city, "online")["why"] == "no_data"


def test_figures_of_one_domain(city) -> None:
    keys = [one["key"] for one in views.tiles(city, cast.DUTY, None, "safety")]
    assert keys == ["river", "rain", "gas", "online"]


def test_children_sum_to_their_parent(city) -> None:
    for n, area in enumerate((cast.GRID, cast.GRID, cast.OTHER_GRID)):
        open_case(city, area, device=f"D{n}")
    counts = views.choropleth(city, cast.DUTY, "320404")["values"]
    assert counts[cast.STREET] == 2
    assert sum(counts.values()) == views.layers(city, cast.DUTY, "320404")["cases"] == 3


def test_the_trend_counts_the_hours_and_does_not_invent_last_week(city, clock) -> None:
    open_case(city, device="A")
    clock.advance(hours=3)
    open_case(city, device="B")
    data = views.trend(city, cast.DUTY)
    assert (data["now"][-1], data["now"][-4], data["total"]) == (1, 1, 2)
    assert data["last_week"] is None
    clock.advance(days=7)
    data = views.trend(city, cast.DUTY)
    assert (data["last_week"][-1], data["total_last_week"], data["total"]) == (1, 2, 0)


def test_hotline_topics_are_counted_by_street(city, an_order, clock) -> None:
    ingest.receive(city, [an_order("G1"), an_order("G2")], 0)
    reports.open_waiting(city, "test")
    data = views.hotline(city, cast.DUTY)
    assert data["total"] == 2
    assert data["rows"][0] == {"topic": "噪声", "place": "五星街道", "count": 2, "ratio": None}
    assert tile(city, "hotline")["value"] == 2
    clock.advance(days=7, minutes=1)
    assert tile(city, "hotline")["delta"]["value"] == -2
