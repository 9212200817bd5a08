"""Every word exists in both languages, with the same values in it."""

import re
from string import Formatter

import pytest

from app.domain.alerts import AlertStatus
from app.domain.cases import CaseMove, CaseStatus
from app.domain.kinds import KINDS
from app.domain.levels import Level
from app.domain.people import Role
from app.domain.tasks import TaskStatus
from layouts import text


@pytest.fixture(autouse=True)
def chinese_again():
    yield
    text.speak("zh-CN")


def values(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(text.WORDS))
def test_a_key_has_words_in_both_languages_with_the_same_values(key):
    chinese, english = text.WORDS[key]
    assert chinese.strip()
    assert english.strip()
    assert values(chinese) == values(english)


@pytest.mark.parametrize("key", sorted(text.WORDS))
def test_no_chinese_is_left_in_english(key):
    assert not re.search(r"[\u4e00-\u9fff]", text.WORDS[key][1])


@pytest.mark.parametrize(
    ("noun", "members"),
    [
        ("alert", AlertStatus),
        ("case", CaseStatus),
        ("move", CaseMove),
        ("task", TaskStatus),
        ("role", Role),
        ("level", [str(int(level)) for level in Level]),
        ("domain", sorted({kind.domain for kind in KINDS})),
    ],
)
def test_every_value_of_the_domain_has_words(noun, members):
    missing = [f"{noun}.{m}" for m in members if f"{noun}.{m}" not in text.WORDS]
    assert missing == []


def test_english_is_spoken_when_chosen_and_chinese_when_the_locale_is_unknown():
    text.speak("en")
    assert text.say("dispatch") == "Dispatch"
    assert text.kind("gas") == "Gas in manhole"
    text.speak("fr")
    assert text.say("dispatch") == "派单"


def test_unknown_kinds_and_feeds_keep_their_code():
    assert text.kind("ufo") == "ufo"
    assert text.feed("ufo") == "ufo"
    assert text.why("ufo") == text.say("why.no_data")
