"""Odd questions to the map, and none of its live store: an answer or a sentence, never 500."""

from __future__ import annotations

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.services import components_import, components_made, demo_ground, demo_resources
from geodata.components_file import open_components
from tests import cast
from tests.web import things

GOOD = {
    **{"box": "119.8,31.7,120,31.9", "zoom": "12", "lon": "119.9", "lat": "31.75"},
    **{"within": "100", "at": "1795165200000", "since": "1795165195000", "until": "1795165200000"},
}
ASKED = {
    "components": "box zoom majors",
    "resources": "box sorts",
    "nearby": "lon lat within sorts each",
    "tracks": "area worker",
    "units": "box",
    "units/at": "lon lat",
    "replay": "at area",
    "replay/steps": "since until step area",
    "points": "box zoom area kinds as show cell",
    "points/inside": "box zoom area kinds cell",
}
ODD = (
    *("", "nan", "-inf", "1e400", "9" * 400, "-1", "٣", "一", "\x00", "' or 1=1", "a" * 5000),
    *(",", "1,2", "nan,nan,nan,nan", "121,33,119,31", "-180,-90,180,90", "1e308,1,1e309,2"),
    *("119.9,31.7,119.9,31.7", "119.90000000001,31.7,119.9000000002,31.70000001", "{}", "null"),
)
NAMED = ("components/", "resources/", "workers/", "grids/")
CODES = ("%00", "a" * 17, "9" * 17, "9" * 16, "%D9%A3" * 17, "%F0%9F%92%A9", "%ff%fe", "1" * 5000)


@pytest.fixture
def full(city):
    """Something of everything that the map shows."""
    demo_resources.seed(city)
    demo_ground.seed(city)
    file = city.settings.var / "made.csv"
    components_made.write(city.areas, 200, file)
    components_import.put(city, components_import.attempt(city, open_components(file), "wgs84", {}))
    things.put_device(city, "GAS-1")
    return city


def question(asked: str, name: str = "", said: str = "") -> dict[str, str]:
    """A good question, of which one part says something else."""
    parts = {part: GOOD[part] for part in asked.split() if part in GOOD}
    return parts | ({name: said} if name else {})


def test_odd_questions_are_answered_or_refused_with_a_sentence(full, as_user):
    browser, bad = as_user(cast.COMMANDER), []
    asked = [
        (path, question(a, n, odd)) for path, a in ASKED.items() for n in a.split() for odd in ODD
    ]
    asked += [(stem + code, {}) for stem in NAMED for code in CODES]
    for path, query in asked:
        answer = browser.get(f"/api/v1/{path}", query_string=query)
        if answer.status_code != 200 and not (
            400 <= answer.status_code < 500 and answer.json["error"]["message"]
        ):
            bad.append((path, query, answer.status_code))
    assert not bad


@pytest.mark.parametrize("who", [cast.ZHANG, cast.ADMIN])
def test_field_workers_and_administrators_get_none_of_it(full, as_user, who):
    browser = as_user(who)
    for path, asked in ASKED.items():
        answer = browser.get(f"/api/v1/{path}", query_string=question(asked))
        assert answer.status_code == 403, path


def test_without_the_live_store_there_is_an_answer_or_a_sentence(full, as_user, monkeypatch):
    browser = as_user(cast.COMMANDER)
    nobody = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(full.live, "redis", nobody)
    for path, asked in ASKED.items():
        answer = browser.get(f"/api/v1/{path}", query_string=question(asked))
        known = answer.status_code < 500 or answer.json["error"]["code"] == "unavailable"
        assert known, (path, answer.status_code, answer.text)


@pytest.mark.parametrize(
    "address", ["/api/v1/devices/a%00b", "/api/v1/nearby?lon=1&lat=2&sorts=%00", "/wall/?area=%00"]
)
def test_a_zero_byte_is_refused_before_a_database_could_stumble_over_it(as_user, address):
    assert as_user(cast.DUTY).get(address).status_code == 422
