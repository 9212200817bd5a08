"""The texts of the search are there before somebody searches, and stay true."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.readings import Device
from app.services import places_devices, places_ready, places_search
from tests import cast


@pytest.fixture
def registered(city):
    """Register devices with these names in the grid of the cast."""

    def register(*names: str) -> list[Device]:
        first = len(city.live.devices())
        made = [a_device(f"PMP-{first + i:04}", name) for i, name in enumerate(names)]
        return city.live.register(made, [city.areas.grid_index(cast.GRID)] * len(made))

    return register


def a_device(code: str, name: str) -> Device:
    where = {"lon": 119.93, "lat": 31.77, "area": cast.GRID}
    return Device(code=code, n=-1, kind="pump", name=name, period_s=60, **where)


def found(city, words: str) -> list[str]:
    hits = places_search.search(city, cast.DUTY, words)
    return [hit["name"] for hit in hits if hit["kind"] == "device"]


def test_what_was_made_ready_is_not_read_again_by_a_letter(city, clock, registered):
    registered("童子河泵站")
    places_ready.make(city)
    text = places_devices.device_texts(city)[0]
    assert [one.name for one in text.things] == ["童子河泵站"]
    for _ in range(30):
        clock.advance(minutes=1)
        places_ready.make(city)
        before = places_devices.device_texts(city)[0]
        assert found(city, "tzh") == ["童子河泵站"]
        assert places_devices.device_texts(city)[0] is before, "a letter reads nothing whole"
    assert before is not text, "but it is made anew beside them"


def test_who_comes_later_is_found_at_once_and_in_its_order(city, registered):
    registered("童子河泵站", "清潭泵站")
    places_ready.make(city)
    for n in range(3):
        registered(f"童子河{n}号闸")
        assert f"童子河{n}号闸" in found(city, "童子河")
    assert sorted(found(city, "童子河")) == [
        "童子河0号闸",
        "童子河1号闸",
        "童子河2号闸",
        "童子河泵站",
    ]
    assert found(city, "PMP-0001") == ["清潭泵站"]


def test_a_new_name_is_known_after_ten_minutes(city, clock, registered):
    (pump,) = registered("童子河泵站")
    places_ready.make(city)
    renamed = msgspec.structs.replace(pump, name="勤业泵站")
    city.live.register([renamed], [city.areas.grid_index(cast.GRID)])
    clock.advance(minutes=10)
    places_ready.make(city)
    assert (found(city, "qybz"), found(city, "tzhbz")) == (["勤业泵站"], [])


def test_without_anybody_who_makes_them_ready_the_first_letter_does(city, clock, registered):
    registered("童子河泵站")
    assert found(city, "tzhbz") == ["童子河泵站"]
    clock.advance(minutes=11)
    assert found(city, "tzhbz") == ["童子河泵站"]
