"""Dead letters as a person sees them."""

import re

from layouts import admin_letters as page
from layouts.words import admin
from tests.layouts import admin_samples as samples
from tests.layouts import reading
from tests.living import ROOT

ASKED = {"source": "", "reason": "", "before": ""}


def test_the_address_says_which_letters():
    assert page.read("?source=works&reason=not_json&x=1") == {
        "source": "works",
        "reason": "not_json",
        "before": "",
    }
    assert page.read(None) == ASKED


def test_piles_are_told_by_source_and_the_one_looked_at_is_marked():
    piles = page.piles(samples.totals(), ASKED | {"source": "works", "reason": "not_json"})
    (on,) = (n for n in reading.nodes(piles) if n.get("className", "").endswith(" on"))
    assert on["href"] == "/admin/letters?source=works&reason=not_json"
    assert "不是 JSON" in reading.words(piles)
    assert "ufo" in reading.words(piles)


def test_the_head_tells_how_many_how_heavy_and_what_was_cut_off():
    said = reading.words(page.head(samples.totals()))
    assert said == "3 封 · 2.4 MB · 近 1 小时 2 · 等待重放 1 · 因超限已删最旧 5"


def test_a_hostile_letter_is_text_everywhere():
    row = samples.letter()
    for shown in (page.listed([row], []), page.one(row)):
        assert samples.EVIL in reading.words(shown)
        assert not [n for n in reading.nodes(shown) if "dangerously_allow_html" in n]


def test_what_cannot_be_replayed_says_so():
    row = samples.letter(replayable=False, tries=2, queued=True)
    said = reading.words(page.listed([row], []))
    for words in ("不可重放", "重放失败 2 次", "等待重放"):
        assert words in said


def test_a_full_page_leads_on_and_an_empty_one_says_so():
    rows = [samples.letter(id=f"L{i}") for i in range(page.AT_ONCE)]
    assert page.foot(rows, ASKED | {"source": "works"}).href.endswith("source=works&before=L49")
    assert page.foot(rows[:3], ASKED) is None
    assert "没有死信" in reading.words(page.foot([], ASKED))


def test_without_letters_there_is_nothing_to_do():
    assert page.tools("drop", ASKED, []) == []
    assert "查看" in reading.words(page.one(None))
    assert page.toggled(None, "a") == ["a"]


def test_every_reason_to_refuse_a_message_has_its_words():
    code = "".join(file.read_text("utf-8") for file in (ROOT / "streams").rglob("*.py"))
    reasons = set(re.findall(r'Rejected\(\s*"([a-z_]+)"', code))
    assert len(reasons) > 20
    assert {reason for reason in reasons if f"letter.{reason}" not in admin.WORDS} == set()
