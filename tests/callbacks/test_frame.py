"""What is looked at."""

import dash

from callbacks import frame
from layouts import ids


def test_the_address_is_read_in_the_browser_and_needs_no_server():
    page = dash.Dash("test-frame")
    frame.register(page, None, None)
    (callback,) = page._callback_list
    assert callback["output"] == f"{ids.SIGHT}.data"
    assert [i["id"] for i in callback["inputs"]] == [ids.URL]
    assert callback["clientside_function"]
