"""审计: who has read what is masked, who took lists or tracks; nothing of what was read."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids, parts, text

Row = dict[str, Any]
COLUMNS = ("at", "who", "what", "case", "place")


def panel() -> list[Any]:
    """The empty page; the callback fills it."""
    search = dcc.Input(
        id=ids.AUDIT_SEARCH,
        type="text",
        value="",
        maxLength=64,
        debounce=True,
        placeholder=text.say("audit.search"),
        className="field",
    )
    again = parts.action("again", text.say("admin.again"), thing="audit", className="small")
    bar = html.Div([search, again], className="bar-line")
    table = html.Div([bar, html.Div(id=ids.AUDIT, className="scroll")], className="b grow")
    note = html.Span(id=ids.AUDIT_HEAD)
    return [parts.panel(text.say("audit.title"), table, note=note, name="audit-p")]


def head(found: Row) -> str:
    """How many there are, and how many are shown."""
    return text.say("audit.head", n=found["total"], shown=len(found["rows"]))


def table(found: Row) -> Any:
    """The readings, the newest first."""
    if not found["rows"]:
        return parts.nothing(text.say("audit.none"))
    names = html.Tr([html.Th(text.say(f"audit.col.{name}")) for name in COLUMNS])
    return html.Table([html.Thead(names), html.Tbody([_row(row) for row in found["rows"]])])


def _row(row: Row) -> html.Tr:
    who = [html.B(row["name"] or row["who"]), html.Small(row["who"], className="num")]
    cells = [
        html.Td(html.Span(parts.clock(row["at"], "%Y-%m-%d %H:%M:%S"), className="num")),
        html.Td(who, className="source"),
        html.Td(text.say(f"audit.{row['kind']}", n=row["n"])),
        html.Td(html.Span(row["case_id"], className="num")),
        html.Td(row["place"]),
    ]
    return html.Tr(cells)
