"""The strip of alerts."""

from pathlib import Path

from layouts import ids, strip
from tests.layouts import reading, samples

ROOT = Path(__file__).parents[2]


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


def test_hours_that_are_not_the_last_ones_say_their_day():
    assert "2026-11-" not in reading.words(strip.bars(samples.strip()))
    said = reading.words(strip.bars(samples.strip(), dated=True))
    assert "2026-11-" in said


def test_no_bars_at_all():
    assert bars(samples.strip() | {"bars": []}) == []


def test_ten_thousand_bars():
    assert len(bars(samples.strip() | {"bars": [{"n": 1, "level": 1}] * 10_000})) == 10_000


def test_many_refusals_are_told_and_lead_nowhere():
    said = strip.bars(samples.strip(), 1234)
    assert "近 1 小时拒收 1,234 条" in reading.words(said)
    assert not [node for node in reading.nodes(said) if "href" in node or "data-action" in node]
    assert "拒收" not in reading.words(strip.bars(samples.strip()))


def test_the_slider_can_be_worked_without_a_mouse():
    found = list(reading.nodes(strip.panel()))
    (handle,) = [node for node in found if node.get("role") == "slider"]
    assert (handle["id"], handle["tabIndex"]) == (ids.REPLAY_HANDLE, 0)
    buttons = [node for node in found if node["_type"] == "Button"]
    assert [b["data-action"] for b in buttons] == [
        "replay-live",
        "replay-step",
        "replay-toggle",
        "replay-step",
    ]
    assert all(node["aria-label"] for node in (handle, *buttons))


def test_the_speeds_are_those_of_the_browser_code():
    speeds = [n["value"] for n in reading.nodes(strip.panel()) if n["_type"] == "Option"]
    code = (ROOT / "layouts/assets/live/replay.mjs").read_text(encoding="utf-8")
    assert f"SPEEDS = [{', '.join(speeds)}]" in code


def test_the_bars_say_their_ends_to_the_slider():
    (bar,) = [n for n in reading.nodes(strip.bars(samples.strip())) if n.get("role") == "img"]
    assert int(bar["data-until"]) - int(bar["data-since"]) == 12 * 3_600_000
