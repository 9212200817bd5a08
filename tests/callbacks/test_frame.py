"""What is looked at."""

import dash

from callbacks import frame
from layouts import ids
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_the_address_is_read_in_the_browser_and_needs_no_server():
    page = dash.Dash("test-frame")
    frame.register(page, None, None)
    callback, told = page._callback_list
    assert callback["output"] == f"{ids.SIGHT}.data"
    assert told["output"] == f"{ids.OUTSIDE}.children"
    assert [i["id"] for i in callback["inputs"]] == [ids.URL]
    assert callback["clientside_function"]


def test_what_lies_outside_is_said_only_while_the_address_says_it(city):
    tell = open_door(frame, city, cast.DUTY)["tell_outside"]
    assert "区域、预警" in reading.words(tell("?outside=area,alert,<b>"))
    assert tell("?area=320404") is None
    assert tell("?outside=nonsense") is None
