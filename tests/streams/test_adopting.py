"""Rules of adoption in a source file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.domain.adoption import Adopt, rule_for
from app.services import strangers
from app.store import strangers as store
from streams import adopting, inbox, sourcefile
from streams.feeds import Feeds
from streams.inbox import Reader
from streams.mqtt import Arrival
from tests.cast import ADMIN

GOOD = """\
adopt:
  - {devices: "SD-*", kind: waterlogging, name: "积水 {device}", places: {SD-1: [119.93, 31.78]}}
sources:
  - name: works
    dialect: senml
    owner: 自来水
    crs: gcj02
    kind: water_pressure
    topics: ["plant/{device}"]
    adopt:
      - {devices: "P*", places: {P1: [119.9348, 31.7778]}}
"""


def faults(text: str) -> list[str]:
    return sourcefile.read(text, "f.yaml")[1]


@pytest.fixture
def file(city, tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def come(city, sources, topic: str, body: object) -> None:
    now = int(city.now().timestamp() * 1000)
    arrival = Arrival(topic, msgspec.json.encode(body), 1, 1, 1)
    inbox.write(city, Reader(feeds=Feeds(sources)).sort([arrival], now), now)


def test_devices_without_a_place_are_adopted_by_the_list_of_their_source(city, file) -> None:
    sources = sourcefile.load(file)
    adopting.teach(city, sources, file)
    now = int(city.now().timestamp() * 1000)
    for device in ("P1", "P2"):
        come(city, sources, f"plant/{device}", [{"n": "pressure", "v": 0.3}])
    for device in ("SD-1", "SD-2"):
        body = {"ts": now, "metrics": {"depth": 3}}
        come(city, sources, f"city/320404/sundial/{device}/telemetry", body)
    first, own = city.live.device("P1"), city.live.device("SD-1")
    assert (first.kind, first.name) == ("water_pressure", "供水压力 P1")
    # GCJ-02 was sold here about 500 m to the east of where it is
    assert (first.lon, first.lat) == (
        pytest.approx(119.93, abs=1e-3),
        pytest.approx(31.78, abs=1e-3),
    )
    assert (own.kind, own.name, own.lon) == ("waterlogging", "积水 SD-1", 119.93)
    assert {row["device"] for row in strangers.waiting(city, ADMIN)} == {"P2", "SD-2"}


def test_a_file_without_rules_forgets_those_of_before(city, file) -> None:
    adopting.teach(city, sourcefile.load(file), file)
    assert set(store.rules(city.live.redis)) == {"city", "works"}
    adopting.teach(city, [], None)
    assert store.rules(city.live.redis) == {}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"P*"', '""', "f.yaml:10 source works: `adopt`: Expected `str` of length >= 1"),
        ('"P*"', '"P*", kind: water', "f.yaml:10 source works: `adopt`: kind `water` is not known"),
        ("[119.9348", "[31.78, 119.9", "f.yaml:10 source works: `adopt`: Expected `array`"),
        ("[119.9348, 31.7778]", "[31.7778, 119.9348]", "f.yaml:10 source works: `adopt`: place"),
        ("waterlogging", "water", "f.yaml: `adopt`: kind `water` is not known"),
        ("adopt:\n  - {dev", "adopt:\n  - {div", "f.yaml: `adopt`: Object contains unknown field"),
        ("adopt:\n  - {", "adopd:\n  - {", "f.yaml: write one key `sources:`"),
        ("name: works", "name: city", "f.yaml:4 source city: `city` is the name of our own"),
    ],
)
def test_a_wrong_rule_says_where_it_is(old: str, new: str, fault: str) -> None:
    assert faults(GOOD) == []
    found = faults(GOOD.replace(old, new, 1))
    assert any(each.startswith(fault) for each in found), found


def test_the_first_rule_that_fits_is_meant() -> None:
    rules = [Adopt("A[0-9]"), Adopt("A*", kind="gas"), Adopt("?")]
    assert rule_for(rules, "A1") == rules[0]
    assert rule_for(rules, "AB") == rules[1]
    assert rule_for(rules, "B") == rules[2]
    assert rule_for(rules, "a1") is None
    assert rules[1].kind_of("sundial") == "gas"
    assert rules[0].kind_of("sundial") == ""
    assert rules[0].kind_of("rain") == "rain"
    assert rules[0].named("A1", "rain", "雨量站一") == "雨量站一"
