"""What the administrator sees of each source."""

import pytest

from app.domain.readings import Telemetry
from app.errors import NotAllowed
from app.services import ingest, views_feeds
from app.services.letters import Letter
from tests import cast
from tests.cast import START

NOW = int(START.timestamp() * 1000)


def declare(city, **more):
    row = {"name": "works", "dialect": "profile", "owner": "供水公司", "crs": "gcj02", "by": "mqtt"}
    city.live.put_sources([row | {"quiet_s": 60} | more])


def row_of(city, name="works"):
    rows = views_feeds.feeds(city, cast.ADMIN)["rows"]
    return next(row for row in rows if row["name"] == name)


def observe(city, *ats, feed="works"):
    said = [
        Telemetry(device="P1", kind="gas", at=at, metrics={"ch4": 1.0}, feed=feed) for at in ats
    ]
    ingest.observe(city, said, NOW)


def test_every_reading_is_found_again(city):
    declare(city)
    observe(city, NOW, NOW - 9_000, NOW)
    counts = {"received:works": 4, "said:works": 5, "refused:works:bad_time": 1}
    ingest.count(city, counts | {"known:works:log": 1, "readings:works": 3}, NOW)
    row = row_of(city)
    assert (row["stored"], row["late"], row["duplicates"]) == (2, 1, 1)
    assert (row["received"], row["known"], row["refused"], row["missing"]) == (4, 1, 1, 0)


def test_what_was_said_and_went_nowhere_is_missing(city):
    declare(city)
    observe(city, NOW)
    ingest.count(city, {"received:works": 2, "said:works": 2, "readings:works": 2}, NOW)
    assert row_of(city)["missing"] == 1


def test_the_citys_own_topics_are_a_source_too(city):
    observe(city, NOW, feed="telemetry")
    ingest.count(city, {"received:city": 1, "said:city": 1, "readings:city": 1}, NOW)
    own = views_feeds.feeds(city, cast.ADMIN)["rows"][0]
    assert (own["name"], own["stored"], own["missing"]) == ("city", 1, 0)


def test_the_publishers_own_count_is_shown_where_it_is_known(city):
    declare(city)
    assert row_of(city)["sent"] is None
    city.live.count("sent:works", 7)
    assert row_of(city)["sent"] == 7


def test_a_source_is_silent_after_its_quiet_time_and_stands_first(city, clock):
    declare(city)
    ingest.count(city, {"received:works": 1}, NOW)
    assert row_of(city)["silent"] is False
    clock.advance(seconds=61)
    assert views_feeds.feeds(city, cast.ADMIN)["rows"][0]["name"] == "works"
    assert row_of(city)["silent"] is True


def test_a_source_that_has_left_the_file_is_shown_and_never_silent(city, clock):
    ingest.count(city, {"received:old": 1}, NOW)
    clock.advance(hours=3)
    row = row_of(city, "old")
    assert (row["registered"], row["silent"]) == (False, False)


def test_a_clock_that_is_ahead_shows_in_the_skew(city):
    declare(city)
    for ahead in (40_000, 39_000, 50_000):
        observe(city, NOW + ahead)
    assert row_of(city)["skew_ms"] == -40_000


def test_a_reason_comes_with_its_newest_sample(city):
    declare(city)
    letters = [Letter("t", b"1", "bad_time", f"ts {i}", "works") for i in range(2)]
    ingest.reject(city, letters[:1], NOW - 5)
    ingest.reject(city, letters[1:], NOW)
    ingest.count(city, {"refused:works:bad_time": 2, "refused:works:odd": 1}, NOW)
    assert row_of(city)["reasons"] == [
        {"reason": "bad_time", "n": 2, "sample": "ts 1"},
        {"reason": "odd", "n": 1, "sample": ""},
    ]


def test_what_is_odd_about_its_places_is_told(city):
    declare(city)
    city.live.flag("works", "gcj02", NOW, devices=4)
    assert row_of(city)["flags"]["gcj02"]["devices"] == 4


@pytest.mark.parametrize("user", [cast.DUTY, cast.COMMANDER, cast.WALL, cast.ZHANG])
def test_it_is_for_the_administrator_alone(city, user):
    with pytest.raises(NotAllowed):
        views_feeds.feeds(city, user)


def test_a_redis_that_is_away_is_no_growing_pile(city, monkeypatch):
    from redis.exceptions import ConnectionError as RedisGone

    def gone(_):
        raise RedisGone("away")

    monkeypatch.setattr(city.live, "refused_lately", gone)
    assert views_feeds.growing(city) is None


def test_without_a_quiet_time_three_periods_are_it(city):
    declare(city, quiet_s=None, period_s=60)
    assert row_of(city)["quiet_s"] == 180
    declare(city, quiet_s=None)
    assert row_of(city)["quiet_s"] is None
