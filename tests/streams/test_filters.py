"""Filters of sources: what they hear, and what is refused with its mend."""

import pytest

from streams import filters


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1 to 512"),
        ("a/#/b", "at the end only"),
        ("a/b+", "write a word"),
        ("{a}/{a}", "twice"),
        ("city/x", "our own scheme"),
        ("#", "hears our own"),
        ("+/#", "hears our own"),
    ],
)
def test_a_filter_of_no_sense_says_what_to_write(text: str, said: str) -> None:
    assert any(said in fault for fault in filters.faults(text))


@pytest.mark.parametrize("text", ["plant/{device}/+/data", "tele/#", "+/events/rpc", "a"])
def test_filters_that_makers_use_are_fine(text: str) -> None:
    assert list(filters.faults(text)) == []
