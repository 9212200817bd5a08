"""The strip of alerts."""

from layouts import strip
from tests.layouts import reading, samples


def bars(data):
    return [n for n in reading.nodes(strip.bars(data)) if n["_type"] == "I"]


def test_a_bar_has_the_colour_of_the_worst_and_says_what_it_is():
    red = [bar for bar in bars(samples.strip()) if bar["className"] == "red"]
    assert red
    assert red[0]["style"]["height"] == "100%"
    assert "最高 红" in red[0]["title"]


def test_a_quiet_night_has_no_bars_but_its_time():
    quiet = samples.strip() | {"bars": [{"n": 0, "level": 0}] * 144}
    assert {bar["className"] for bar in bars(quiet)} == {"none"}
    assert "04:08" in reading.words(strip.bars(quiet))


def test_no_bars_at_all():
    assert bars(samples.strip() | {"bars": []}) == []


def test_ten_thousand_bars():
    assert len(bars(samples.strip() | {"bars": [{"n": 1, "level": 1}] * 10_000})) == 10_000


def test_many_refusals_are_told_and_lead_nowhere():
    said = strip.bars(samples.strip(), 1234)
    assert "近 1 小时拒收 1,234 条" in reading.words(said)
    assert not [node for node in reading.nodes(said) if "href" in node or "data-action" in node]
    assert "拒收" not in reading.words(strip.bars(samples.strip()))
