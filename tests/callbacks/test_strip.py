"""The strip of alerts."""

from callbacks import strip
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def bars(city, user):
    found = reading.nodes(open_door(strip, city, user)["show"]("", None))
    return [node["className"] for node in found if node["_type"] == "I"]


def test_a_red_alert_is_a_red_bar_for_who_may_see_it(city, red):
    assert "red" in bars(city, cast.DUTY)
    assert set(bars(city, cast.STRANGER)) == {"none"}
