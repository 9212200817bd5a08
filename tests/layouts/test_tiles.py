"""城市体征."""

from layouts import tiles
from tests.layouts import reading, samples


def test_a_tile_says_value_unit_target_comparison_and_age():
    words = reading.words(tiles.tiles(samples.tiles()))
    for said in (
        "河道水位",
        "3.86",
        "m",
        "目标 ≤ 4.30",
        "▲ 6 较昨日",
        "黄色",
        "▲ 0.8 较上周",
        "红色",
    ):
        assert said in words


def test_a_sign_without_data_says_so_and_shows_no_number():
    words = reading.words(tiles.tile(samples.tile("transformer", None, unit="%")))
    assert "—" in words
    assert "本区域无此类设备" in words
    assert "0" not in words
    assert "%" not in words


def test_the_live_layer_finds_text_and_age_of_a_tile():
    found = list(reading.nodes(tiles.tile(samples.tile("aqi", 78))))
    assert any(node.get("data-tile") == "aqi" for node in found)
    assert any("data-tile-text" in node for node in found)
    assert any(node.get("data-stale-after") == "180" for node in found)


def test_the_note_counts_what_is_missing():
    assert tiles.note(samples.tiles()) == "8 项 · 1 项无数据"
    assert tiles.note([]) == "0 项"
