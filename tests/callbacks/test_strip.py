"""The strip of alerts."""

from app.services import views_feeds
from callbacks import strip
from tests import cast
from tests.callbacks.border import refused
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def bars(city, user):
    found = reading.nodes(open_door(strip, city, user)["show"]("", None, None))
    return [node["className"] for node in found if node["_type"] == "I"]


def test_a_red_alert_is_a_red_bar_for_who_may_see_it(city, red):
    assert "red" in bars(city, cast.DUTY)
    assert set(bars(city, cast.STRANGER)) == {"none"}


def test_the_wall_says_when_dead_letters_grow(city):
    show = open_door(strip, city, cast.DUTY)["show"]
    refused(city, 3)
    assert "拒收" not in reading.words(show("", None, None))
    refused(city, views_feeds.LETTERS_MANY)
    assert "近 1 小时拒收" in reading.words(show("", None, None))


def test_an_earlier_window_has_its_own_bars(city, clock, red):
    show = open_door(strip, city, cast.DUTY)["show"]
    now = round(clock.now().timestamp() * 1000)
    before = list(reading.nodes(show("", None, {"until": now - 86_400_000})))
    assert not [n for n in before if n.get("className") == "red"]
    (bar,) = [n for n in before if n.get("role") == "img"]
    assert now - 86_400_000 <= int(bar["data-until"]) <= now - 86_400_000 + 300_000
    for odd in ({"until": None}, {"until": "x"}, {}, {"until": now + 86_400_000}):
        assert [n for n in reading.nodes(show("", None, odd)) if n.get("className") == "red"]
