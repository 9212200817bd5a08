"""死信: what was refused, by source and reason; one letter as text; replay and drop."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from dash import dcc, html

from layouts import ids, parts, text
from layouts.admin_feeds import letters_of, megabytes, reason

Row = dict[str, Any]
KEYS = ("source", "reason", "before")
MOST_NOTE = 200  # characters of the reason why letters are dropped
AT_ONCE = 50  # letters in the list


def panel() -> list[Any]:
    """The empty page: piles, list, one letter; the callbacks fill it."""
    search = _field(ids.LETTERS_SEARCH, "letters.search", 100, debounce=True)
    note = _field(ids.LETTERS_NOTE, "letters.note", MOST_NOTE)
    again = parts.action("again", text.say("admin.again"), thing="letters", className="small")
    above = [search, again, html.Div(id=ids.LETTERS_TOOLS, className="tools")]
    below = [note, html.Div(id=ids.LETTERS_DROPS, className="tools")]
    middle = [
        html.Div(above, className="bar-line"),
        dcc.Store(id=ids.LETTERS_CHOSEN, data=[]),
        html.Div(id=ids.LETTERS, className="letters-list"),
        html.Div(id=ids.LETTERS_FOOT, className="foot"),
        html.Div(below, className="bar-line below"),
    ]
    piles = html.Div(id=ids.PILES, className="b piles")
    letter = html.Div(html.Div(one(None), id=ids.LETTER, className="letter"), className="b grow")
    listed = html.Div(middle, className="b grow")
    note_at_title = html.Span(id=ids.LETTERS_HEAD)
    columns = [
        parts.panel(text.say("letters.piles"), piles, name="piles-p"),
        parts.panel(text.say("admin.letters"), listed, note=note_at_title, name="letters-p"),
        parts.panel(text.say("letters.one"), letter, name="letter-p"),
    ]
    return [html.Div(columns, className="three")]


def _field(name: str, words: str, most: int, **more: Any) -> dcc.Input:
    look: Any = {"className": "field", "placeholder": text.say(words), **more}
    return dcc.Input(id=name, type="text", value="", maxLength=most, **look)


def read(query: str | None) -> Row:
    """Which letters an address asks for: source, reason, before ("" for any)."""
    found = dict(parse_qsl((query or "").lstrip("?")))
    return {key: found.get(key, "") for key in KEYS}


def head(totals: Row) -> list[Any]:
    """How many letters there are, how heavy, how fast they grow, how many wait for a replay."""
    said = [
        text.say("letters.kept", n=parts.number(totals["kept"]), size=megabytes(totals["bytes"])),
        text.say("letters.hour", n=parts.number(totals["last_hour"])),
    ]
    if totals["queued"]:
        said.append(text.say("letters.queued", n=parts.number(totals["queued"])))
    if totals["trimmed"]:
        said.append(text.say("letters.trimmed", n=parts.number(totals["trimmed"])))
    return [" · ".join(said)]


def piles(totals: Row, asked: Row) -> list[Any]:
    """The way to each pile; under every source its reasons, the largest first."""
    by_source: dict[str, list[Row]] = {}
    for pile in totals["by_source_reason"]:
        by_source.setdefault(pile["source"], []).append(pile)
    every = _pile(text.say("letters.all"), totals["kept"], "", "", asked)
    found: list[Any] = [every]
    for source, some in sorted(by_source.items()):
        found.append(_pile(source, sum(p["kept"] for p in some), source, "", asked))
        found += [_pile(reason(p["reason"]), p["kept"], source, p["reason"], asked) for p in some]
    if not by_source:
        found.append(parts.nothing(text.say("letters.none")))
    return found


def _pile(words: str, kept: int, source: str, why: str, asked: Row) -> dcc.Link:
    here = (source, why) == (asked["source"], asked["reason"])
    name = "reason" if why else "source"
    inside = [html.Span(words), html.B(parts.number(kept), className="num")]
    return dcc.Link(
        inside, href=letters_of(source, why), title=why, className=f"{name} on" if here else name
    )


def listed(rows: list[Row], chosen: list[str]) -> list[Any]:
    """The letters, newest first; whoever is chosen has its box ticked."""
    return [_line(row, row["id"] in chosen) for row in rows]


def _line(row: Row, on: bool) -> html.Div:
    look = parts.action("letter", text.say("letters.look"), thing=row["id"], className="small")
    cells = [
        _box(row["id"], on),
        html.Span(parts.clock(row["at"], "%m-%d %H:%M:%S"), className="num when"),
        html.Span(row["source"], className="from"),
        html.Span(reason(row["reason"]), className="reason", title=row["reason"]),
        html.Span(row["topic"], className="topic num", title=row["topic"]),
        html.Span(_marks(row), className="marks"),
        look,
    ]
    detail = html.Em(row["detail"], title=row["detail"])
    return html.Div([*cells, detail], className="letter-line on" if on else "letter-line")


def _box(letter: str, on: bool) -> Any:
    state: Any = parts.attrs(
        aria_checked=str(on).lower(), aria_label=text.say("letters.choose.one")
    )
    return parts.action(
        "choose", "✓" if on else "", thing=letter, role="checkbox", className="box", **state
    )


def _marks(row: Row) -> list[Any]:
    marks: list[Any] = []
    if row["tries"]:
        marks.append(parts.badge(text.say("letters.tries", n=row["tries"]), "ack"))
    if row["queued"]:
        marks.append(parts.badge(text.say("letters.waits"), "go"))
    if not row["replayable"]:
        marks.append(parts.badge(text.say("letters.cut"), "stale"))
    return marks


def toggled(chosen: list[str] | None, letter: str) -> list[str]:
    """Who is chosen after a click on a box."""
    before = chosen or []
    return [i for i in before if i != letter] if letter in before else [*before, letter]


def foot(rows: list[Row], asked: Row) -> Any:
    """The way to older letters, or that there are none."""
    if not rows:
        return parts.nothing(text.say("letters.none"))
    if len(rows) < AT_ONCE:
        return None
    older = letters_of(asked["source"], asked["reason"], before=rows[-1]["id"])
    return dcc.Link(text.say("letters.older"), href=older)


def tools(what: str, asked: Row, rows: list[Row]) -> list[Any]:
    """What can be done ("replay", "drop") with the chosen letters, and with the pile looked at."""
    look = "btn-small go" if what == "replay" else "btn-small"
    which = ["chosen", *(["pile"] if asked["source"] and asked["reason"] else [])]
    return [_tool(what, each, look) for each in which] if rows else []


def _tool(what: str, which: str, look: str) -> Any:
    words = text.say(f"letters.{what}.{which}")
    return parts.action("letters", words, thing=which, value=what, className=look)


def painted(rows: list[Row], asked: Row, chosen: list[str]) -> tuple[Any, ...]:
    """Everything that follows from the list: its lines, the buttons, the way on."""
    buttons = tools("replay", asked, rows), tools("drop", asked, rows)
    return listed(rows, chosen), *buttons, foot(rows, asked)


def one(letter: Row | None) -> list[Any]:
    """One letter in full: its bytes stand there as text, whatever is in them."""
    if letter is None:
        return [parts.nothing(text.say("letters.choose"))]
    facts = [
        ("feeds.col.source", letter["source"]),
        ("letters.topic", letter["topic"]),
        ("col.at", parts.clock(letter["at"], "%Y-%m-%d %H:%M:%S")),
        ("letters.reason", f"{reason(letter['reason'])} ({letter['reason']})"),
        ("letters.detail", letter["detail"]),
        ("letters.size", text.say("letters.bytes", n=parts.number(letter["size"]))),
        ("letters.replayed", parts.number(letter["tries"])),
    ]
    rows = [html.Div([html.Dt(text.say(name)), html.Dd(said)]) for name, said in facts]
    preview = html.Pre(letter["preview"] or text.say("letters.empty"), className="payload")
    return [html.Dl(rows), html.H3(text.say("letters.preview")), preview]


def told(what: str, n: int) -> str:
    """Say what became of the letters."""
    return text.say(f"letters.done.{what}", n=parts.number(n))
