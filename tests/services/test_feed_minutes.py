"""The counters by minute, and the rates and curves that come of them."""

from app.services import feed_minutes
from tests.cast import START

MINUTE = 60_000
NOW = 1_000 * MINUTE + 30_000


def test_the_first_of_a_minute_counts(city, clock):
    city.live.count_all({"received:works": 5, "stored:works": 9}, [], 0)
    assert feed_minutes.note(city) is True
    city.live.count("received:works", 5)
    assert feed_minutes.note(city) is False
    minute = int(START.timestamp()) // 60
    assert city.live.minutes() == {minute: {"works": 5}}


def test_an_hour_is_kept(city, clock):
    for _ in range(70):
        feed_minutes.note(city)
        clock.advance(minutes=1)
    assert len(city.live.minutes()) == 61


def test_the_rate_is_that_of_the_last_one_to_two_minutes():
    minutes = {998: {"s": 10}, 999: {"s": 100}, 1000: {"s": 160}}
    assert feed_minutes.per_minute(minutes, "s", 190, NOW) == 60
    assert feed_minutes.per_minute({}, "s", 190, NOW) is None
    assert feed_minutes.per_minute({1000: {"s": 200}}, "s", 190, NOW) is None
    assert feed_minutes.per_minute({1000: {}}, "s", 4, 1_000 * MINUTE + 1_000) is None


def test_the_curve_has_an_hour_and_says_where_nothing_is_known():
    minutes = {997: {"s": 10}, 998: {"s": 30}, 999: {"s": 5}, 1000: {"s": 25}}
    curve = feed_minutes.curve(minutes, "s", 32, NOW)
    assert len(curve) == 60
    assert curve[-4:] == [20, None, 20, 7]
    assert curve[:-4] == [None] * 56
