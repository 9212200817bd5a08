"""Cases per hour."""

import pytest
from dash.exceptions import PreventUpdate

from callbacks import trend
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_a_case_is_counted_and_the_same_is_not_drawn_twice(city, case):
    show = open_door(trend, city, cast.DUTY)["show"]
    figure, legend, hours = show("", None, None)
    assert "近 24 小时 1" in reading.words(legend)
    assert "18:00" in reading.words(hours)
    with pytest.raises(PreventUpdate):
        show("", None, reading.plain(figure))
