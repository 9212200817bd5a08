"""A whole story, played without waiting: who says what when, and what a scenario changes."""

from __future__ import annotations

import base64
import io
import itertools
from collections import Counter, defaultdict
from datetime import UTC, datetime

import orjson
import pytest
from PIL import Image

from app.services import demo_people
from streams.simulator import UnknownScenario
from streams.simulator.faults import Fault
from streams.simulator.story import Story

NOON_MS = int(datetime(2026, 11, 20, 5, tzinfo=UTC).timestamp() * 1000)  # Friday, 13:00 there


@pytest.fixture(scope="module")
def play(areas):
    """Plays a small city and returns the story and its messages by last topic level."""

    def played(scenario: str, seconds: float, devices: int = 400, seed: int = 1, speed: float = 1):
        story = Story(
            areas, devices=devices, scenario=scenario, seed=seed, start_ms=NOON_MS, speed=speed
        )
        said = defaultdict(list)
        for message in story.until(seconds):
            *_, sender, leaf = message.topic.split("/")
            said[leaf].append((sender, message))
        return story, said

    return played


def metrics(said, sender: str, metric: str) -> list[tuple[float, float]]:
    """(seconds, value) of one device, garbled messages left out."""
    found = []
    for code, message in said["telemetry"]:
        if code == sender and message.payload.endswith(b"}"):
            body = orjson.loads(message.payload)
            found.append(((body["ts"] - NOON_MS) / 1000, body["metrics"][metric]))
    return found


def loudest(story, said, kind: str, metric: str) -> float:
    codes = [s.code for s in story.sensors if s.kind == kind]
    return max(value for code in codes for _, value in metrics(said, code, metric))


def test_the_same_seed_says_the_same_words(play):
    first, second = (play("demo", 120, devices=150)[1] for _ in range(2))
    assert first == second
    assert play("demo", 120, devices=150, seed=2)[1] != first


def test_every_device_is_born_first_and_then_speaks_in_its_rhythm(play):
    story, said = play("calm", 400)
    births = [sender for sender, message in said["status"] if message.retain]
    assert births[: len(story.sensors)] == [sensor.code for sensor in story.sensors]
    counts = Counter(sender for sender, _ in said["telemetry"])
    for sensor in story.sensors:
        if sensor.fault is not Fault.ABSENT:
            assert abs(counts[sensor.code] - 400 / sensor.period) <= 1.5


def test_a_birth_says_all_that_the_map_needs(play):
    story, said = play("calm", 5)
    sender, message = said["status"][0]
    body = orjson.loads(message.payload)
    assert message.topic == f"city/320404/gas/{sender}/status"
    assert body["online"] is True
    assert body["name"] == story.sensors[0].name
    assert body["period_s"] == 30
    assert body["gateway"].startswith("GW-")
    assert 119 < body["lon"] < 121


def test_a_calm_city_is_quiet(play):
    story, said = play("calm", 1500, devices=300)
    limits = {
        ("gas", "ch4"): 10,
        ("waterlogging", "depth"): 5,
        ("river", "level"): 4.1,
        ("air", "aqi"): 101,
        ("bridge", "load_ratio"): 80,
        ("dust", "pm10"): 80,
        ("electrical_fire", "temp"): 60,
    }
    bent = set(story._episodes)
    for (kind, metric), limit in limits.items():
        codes = [s.code for s in story.sensors if s.kind == kind and s.code not in bent]
        assert max(v for code in codes for _, v in metrics(said, code, metric)) < limit
    assert 1 <= len(bent) <= 12


def test_the_demo_leaks_gas_within_two_minutes_reddens_and_eases(play):
    story, said = play("demo", 1600, devices=100)
    curve = metrics(said, "GAS-0001", "ch4")
    crossed = {limit: next(t for t, v in curve if v >= limit) for limit in (10, 50)}
    assert 60 < crossed[10] < 120
    assert 150 < crossed[50] < 220
    assert max(v for _, v in curve) == pytest.approx(58, abs=0.1)
    assert curve[-1][1] < 10
    assert story.sensors[0].area.startswith("320404005")
    alarmed = [t for t, v in curve if v > 20]
    assert max(b - a for a, b in itertools.pairwise(alarmed)) == pytest.approx(10)


def test_the_leak_is_weaker_and_later_farther_away(play):
    story, _ = play("gas-leak", 1, devices=400)
    source, *others = story.scenario.episodes
    assert len(others) >= 2
    assert all(e.target < source.target and e.start >= source.start for e in others)


def test_a_rainstorm_goes_from_the_gauges_to_the_roads_and_the_river(play):
    story, said = play("rainstorm", 2400, devices=250)
    assert loudest(story, said, "rain", "rain_1h") > 25
    assert loudest(story, said, "waterlogging", "depth") > 15
    assert loudest(story, said, "river", "level") > 3.9
    deepest = max(
        (s for s in story.sensors if s.kind == "waterlogging" and s.area.startswith("320404")),
        key=lambda s: s.bowl,
    )
    curve = metrics(said, deepest.code, "depth")
    assert max(v for t, v in curve if t < 60) < 2
    assert max(v for t, v in curve if t > 900) > 10


def test_more_people_call_when_it_pours(play):
    calm, wet = (play(name, 3000, devices=20)[1]["order"] for name in ("calm", "rainstorm"))
    assert len(wet) > 1.5 * len(calm)
    subjects = Counter(orjson.loads(message.payload)["title"][-4:] for _, message in wet)
    assert sum(subjects[end] for end in ("积水严重", "库进水", "树木倒伏", "房屋漏雨")) >= 3


def test_a_heatwave_loads_transformers_and_makes_ozone(play):
    usual, hot = (play(name, 300) for name in ("calm", "heatwave"))
    assert loudest(*hot, "transformer", "load") > loudest(*usual, "transformer", "load") + 15
    assert loudest(*hot, "air", "o3") > 160


def test_a_dead_gateway_takes_its_children_with_it_and_comes_back(play):
    story, said = play("device-storm", 1000, devices=150)
    (outage,) = story.scenario.outages
    assert [s.district for s in story.sensors if s.code == outage.gateway] == ["320404"]
    sound = [s for s in story.sensors if s.fault is not Fault.CLOCK]
    children = {s.code for s in sound if s.gateway == outage.gateway}
    farewells = [s for s, m in said["status"] if not orjson.loads(m.payload)["online"]]
    assert farewells == [outage.gateway]
    spoken = [(m, s) for s, m in said["telemetry"] if s in children and m.payload[-1:] == b"}"]
    times = [(orjson.loads(m.payload)["ts"] - NOON_MS) / 1000 for m, _ in spoken]
    assert not [t for t in times if outage.start + 1 < t < outage.end - 1]
    assert [t for t in times if t > outage.end]


def test_speed_makes_the_story_faster_but_not_its_time_stamps(play):
    _, said = play("calm", 600, devices=50, speed=10)
    newest = max(orjson.loads(m.payload)["ts"] for _, m in said["position"])
    assert newest == pytest.approx(NOON_MS + 60_000, abs=2000)


def test_workers_walk_in_the_community_of_the_cast(play, areas):
    _, said = play("calm", 600, devices=10)
    homes = {worker.id: worker.grid for worker in demo_people.workers(areas)}
    assert {sender for sender, _ in said["position"]} == set(homes)
    assert len(said["position"]) == pytest.approx(40 * 40, abs=40)
    paths = defaultdict(list)
    for sender, message in said["position"]:
        body = orjson.loads(message.payload)
        paths[sender].append((body["lon"], body["lat"]))
    for worker, places in paths.items():
        inside = [
            code.startswith(homes[worker]) for code in areas.locate(*zip(*places, strict=True))
        ]
        assert sum(inside) > 0.6 * len(inside)
        assert len(set(places)) > 5


def test_a_report_has_a_code_a_place_and_a_photo_that_opens(play, areas):
    _, said = play("calm", 3600, devices=5)
    reports = [orjson.loads(message.payload) for _, message in said["report"]]
    assert 5 <= len(reports) <= 30
    assert len({body["id"] for body in reports}) == len(reports)
    assert all(areas.locate_one(body["lon"], body["lat"]) for body in reports)
    photos = [photo for body in reports for photo in body["photos"]]
    raw = base64.b64decode(photos[0]["data"])
    assert Image.open(io.BytesIO(raw)).format == "JPEG"
    assert max(len(photo["data"]) for photo in photos) < 300_000


def test_orders_look_like_the_hotlines(play):
    _, said = play("calm", 4 * 3600, devices=5)
    orders = [orjson.loads(message.payload) for _, message in said["order"]]
    assert len({message.topic for _, message in said["order"]}) == len(orders) > 20
    assert not any("{" in body["content"] + body["title"] for body in orders)
    assert any("138" in body["content"] for body in orders)
    assert all(body.get("caller_phone", "13800000000").startswith("138") for body in orders)
    assert {body.get("crs", "wgs84") for body in orders} == {"wgs84", "gcj02"}
    assert len({body["type"] for body in orders}) >= 3


def test_wrong_clocks_and_broken_messages_exist_in_a_large_city(play):
    story, said = play("calm", 130, devices=2000)
    broken = [m for _, m in said["telemetry"] if m.payload[-1:] != b"}"]
    assert len(broken) < 20
    ill = {s.code for s in story.sensors if s.fault is Fault.CLOCK}
    skews = {code: metrics(said, code, _first(story, code))[0][0] for code in ill}
    assert any(abs(skew) > 125 for skew in skews.values())
    stuck = next(s for s in story.sensors if s.fault is Fault.STUCK)
    assert len({v for _, v in metrics(said, stuck.code, _first(story, stuck.code))}) == 1


def _first(story, code: str) -> str:
    from app.domain.kinds import BY_CODE

    return BY_CODE[next(s.kind for s in story.sensors if s.code == code)].primary.code


def test_an_unknown_scenario_is_answered_with_the_list(play):
    with pytest.raises(UnknownScenario, match="rainstorm"):
        play("blizzard", 1)
