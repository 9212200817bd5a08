"""The very rows behind a figure of the cockpit; which ones, stands in the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from dash import dcc, html

from layouts import ids, parts, text

KEYS = ("area", "domain", "status", "day", "overdue", "level", "source", "rest")
Query = dict[str, Any]


def read(query: str | None) -> tuple[str | None, Query]:
    """Return what rows an address asks for ("cases", "alerts", "tasks" or None) and which."""
    found = dict(parse_qsl((query or "").lstrip("?")))
    what = found.get("what")
    known: Query = {key: found[key] for key in KEYS if found.get(key)}
    for flag in {"overdue", "rest"} & known.keys():
        known[flag] = known[flag] == "true"
    if "level" in known:
        known["level"] = int(known["level"]) if known["level"] in "01234" else 0
    return (what if what in ("cases", "alerts", "tasks") else None), known


def href(rows: Query) -> str:
    """Return the address that leads to the rows of a figure."""
    said = {k: str(v).lower() if isinstance(v, bool) else v for k, v in rows.items()}
    return "/cockpit/?" + urlencode({k: v for k, v in said.items() if v not in (None, "")})


def link(words: Any, rows: Query | None, **more: Any) -> Any:
    """A figure that leads to its rows, or only the figure when it has none."""
    if rows is None:
        return html.Span(words, **more)
    return dcc.Link(words, href=href(rows), **more)


def table(data: dict[str, Any]) -> html.Section:
    """The rows as a table, newest first as the view gives them; it says when it is cut."""
    head = [html.Tr([html.Th(text.say(f"col.{key}")) for key in _columns(data["what"])])]
    shown = data["rows"]
    body: list[Any] = [html.Tr([html.Td(cell) for cell in _cells(data["what"], r)]) for r in shown]
    cut = text.say("rows.cut", n=len(shown)) if len(shown) < data["total"] else ""
    close = dcc.Link(text.say("close"), href="/cockpit/")
    title = text.say("rows", n=parts.number(data["total"])) + cut
    inside = html.Table([html.Thead(head), html.Tbody(body)])
    if not shown:
        return parts.panel(title, parts.nothing(text.say("rows.none")), note=close, name="rows")
    return parts.panel(title, html.Div(inside, className="scroll"), note=close, name="rows")


def _columns(what: str) -> tuple[str, ...]:
    if what == "alerts":
        return ("level", "title", "place", "status", "at")
    if what == "tasks":
        return ("id", "title", "place", "who", "status", "at", "due")
    return ("id", "title", "source", "place", "who", "status", "at", "due")


def _cells(what: str, row: dict[str, Any]) -> list[Any]:
    day = "%m-%d %H:%M"
    place = row["place"]
    if what == "alerts":
        level = html.Span(
            [parts.level_mark(row["level"]), " ", text.say(f"level.{int(row['level'])}")]
        )
        status = text.say(f"alert.{row['status']}")
        return [level, row["title"], place, status, parts.clock(row["raised_at"], day)]
    if what == "tasks":
        status = text.say(f"task.{row['status']}")
        times = [parts.clock(row["sent_at"], day), parts.clock(row["due_at"], day)]
        return [row["case_id"], row["title"], place, row["who"], status, *times]
    status = text.say(f"case.{row['status']}")
    late = "c-red" if row["overdue"] else ""
    due = html.Span(parts.clock(row["due_at"], day), className=late)
    source = text.say(f"source.{row['source']}")
    opened = parts.clock(row["opened_at"], day)
    number = html.A(row["id"], href=f"/wall/?case={row['id']}")
    return [number, row["title"], source, place, row["who"], status, opened, due]


def panel() -> html.Div:
    """The place for the rows."""
    return html.Div(id=ids.ROWS)
