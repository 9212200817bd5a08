"""The small pieces."""

import pytest

from layouts import parts
from tests.layouts import reading, samples


@pytest.mark.parametrize("level", range(5))
def test_a_level_is_a_shape_a_colour_and_a_word(level):
    (mark,) = reading.nodes(parts.level_mark(level))
    assert mark["className"] == f"lv {parts.LEVELS[level]}"
    assert mark["aria-label"] in "无蓝黄橙红"


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(None, 0, "—"), (0.0, 1, "0.0"), (5012, 0, "5,012"), (3.857, 2, "3.86"), (-1.5, 1, "-1.5")],
)
def test_numbers(value, digits, said):
    assert parts.number(value, digits) == said


@pytest.mark.parametrize(
    ("metres", "said"), [(None, "—"), (0, "0 m"), (999.4, "999 m"), (2449, "2.4 km")]
)
def test_distances(metres, said):
    assert parts.distance(metres) == said


def test_moments_are_shown_in_beijing_time():
    assert parts.clock(samples.ISO) == "16:08"
    assert parts.clock(samples.NOW_MS, "%H:%M:%S") == "16:08:42"
    assert parts.clock(None) == "—"


def test_an_age_ticks_in_the_browser_and_knows_when_it_is_stale():
    (age,) = reading.nodes(parts.age(1000, 90))
    assert age["data-at"] == "1000"
    assert age["data-stale-after"] == "90"
    assert reading.words(parts.age(None)) == "—"


@pytest.mark.parametrize(
    ("share", "turn"), [(None, "0deg"), (0.5, "180deg"), (7, "360deg"), (-1, "0deg")]
)
def test_a_ring_never_turns_too_far(share, turn):
    (ring,) = reading.nodes(parts.ring(share, "red"))
    assert ring["style"]["--turn"] == turn
