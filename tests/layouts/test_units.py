"""Units and notes in both languages."""

import pytest

from layouts import text, units


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("件", "cases"),
        ("%LEL", "%LEL"),
        ("距警戒 0.75 m", "below warning by 0.75 m"),
        ("共 111 点", "of 111 points"),
        ("26 站", "26 stations"),
    ],
)
def test_a_note_is_said_in_the_language_of_the_process(chinese, english):
    assert units.said(chinese) == chinese
    text.speak("en")
    try:
        assert units.said(chinese) == english
    finally:
        text.speak("zh-CN")
