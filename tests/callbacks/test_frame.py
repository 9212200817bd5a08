"""The calm pulse."""

import dash

from callbacks import frame
from layouts import ids


def test_the_pulse_is_calmed_in_the_browser_and_needs_no_server():
    page = dash.Dash("test-frame")
    frame.register(page, None, None)
    (callback,) = page._callback_list
    assert callback["output"] == f"{ids.CALM}.data"
    assert [i["id"] for i in callback["inputs"]] == [ids.PULSE]
    assert callback["clientside_function"]
