"""城市体征: the vital signs of the area, each with its unit, target, comparison and age."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import ids, parts, text, units

Tile = dict[str, Any]


def panel() -> html.Section:
    """The empty panel; the callback fills it."""
    body = html.Div(id=ids.TILES, className="b tiles")
    note = html.Span(id=ids.TILES_NOTE)
    return parts.panel(text.say("tiles"), body, note=note, name="vital")


def note(tiles: list[Tile]) -> str:
    """How many signs there are, and how many have no data."""
    missing = sum(tile["value"] is None for tile in tiles)
    stale = text.say("tiles.stale", n=missing) if missing else ""
    return text.say("tiles.note", n=len(tiles)) + stale


def tile(one: Tile) -> html.Div:
    """One sign; the live layer writes the newest text and ticks the age."""
    level = int(one["level"])
    head = [html.Span(text.say(f"tile.{one['key']}")), parts.age(one["at"], one["stale_after_s"])]
    number = parts.number(one["value"], one["digits"])
    value = [
        html.B(number, className="num live-number", **parts.attrs(data_tile_text="")),
        html.I(units.said(one["unit"]) if one["value"] is not None else ""),
        html.Em(text.say("stale")),
    ]
    marks = parts.attrs(data_tile=one["key"], data_fresh="", data_level=str(level))
    name = "tile" + (" empty" if one["value"] is None else "")
    return html.Div(
        [
            html.Div(head, className="tl"),
            html.Div(value, className="tv"),
            html.Div(_below(one), className="td num"),
        ],
        className=name,
        role="group",
        **marks,
    )


def _below(one: Tile) -> list[Any]:
    """The line below the value: the level, the comparison, the target, or why there is none."""
    if one["value"] is None:
        return [text.why(one["why"])]
    said: list[Any] = []
    if one["level"]:
        word = text.say("card.level", level=text.say(f"level.{int(one['level'])}"))
        said.append(html.Span(word, className=f"c-{parts.LEVELS[int(one['level'])]}"))
    if one["delta"]:
        said.append(_delta(one))
    if one["note"]:
        said.append(html.Span(units.said(one["note"])))
    if one["target"]:
        target = one["target"]
        words = text.say(
            f"target.{target['sense']}", value=parts.number(target["value"], one["digits"])
        )
        said.append(html.Span(words))
    return said


def _delta(one: Tile) -> html.Span:
    change = one["delta"]["value"]
    arrow = "▲" if change > 0 else "▼" if change < 0 else "＝"
    words = f"{arrow} {parts.number(abs(change), one['digits'])} "
    return html.Span(words + text.say(f"delta.{one['delta']['against']}"))


def tiles(all_of_them: list[Tile]) -> list[html.Div]:
    """All signs, in the order in which the view gives them."""
    return [tile(one) for one in all_of_them]
