"""圈选: the tools that draw on the map, and the list of what and who lies inside."""

from __future__ import annotations

from typing import Any

from dash import dcc, html, no_update

from app.domain import cells
from layouts import ids, parts, text

Row = dict[str, Any]
GROUPS = ("alerts", "cases", "devices", "resources")  # workers have boxes of their own
TOOLS = (("circle", "O"), ("box", "B"), ("ring", "P"), ("line", "L"), ("area", "K"))
WAYS = {"alert": "alert", "case": "case", "device": "device"}  # as the search's
DRILL = "drill"
NAMED = 60  # characters of an exercise's name


def panel() -> html.Div:
    """The tools, and the empty list; the callbacks fill it."""
    tools = [_tool(name, key) for name, key in TOOLS]
    bar = html.Div(
        tools, className="map-tools", role="toolbar", **parts.attrs(aria_label=text.say("draw"))
    )
    return html.Div([bar, _list(), dcc.Store(id=ids.SELECTION), dcc.Download(id=ids.INSIDE_FILE)])


def _tool(name: str, key: str) -> Any:
    words = f"{text.say(f'draw.{name}')} ({key})"
    marks = parts.attrs(aria_pressed="false", aria_label=words)
    return parts.action("draw", html.I(className=f"tool-{name}"), thing=name, title=words, **marks)


def _list() -> html.Section:
    close = parts.action("undraw", "×", thing="", className="close", title=text.say("close"))
    where = dcc.RadioItems(id=ids.INSIDE_WHERE, options=[], value=DRILL, className="boxes")
    workers = dcc.Checklist(id=ids.INSIDE_WORKERS, options=[], value=[], className="boxes")
    note = dcc.Input(
        id=ids.INSIDE_NOTE,
        type="text",
        value="",
        maxLength=NAMED,
        placeholder=text.say("inside.note"),
        className="field",
    )
    verbs = [
        parts.action("muster", text.say("inside.send"), thing="", className="btn go"),
        parts.action("export-inside", text.say("inside.export"), thing="", className="btn"),
    ]
    send = [
        html.H4(text.say("inside.workers"), id=ids.INSIDE_COUNT),
        workers,
        html.H4(text.say("inside.where")),
        where,
        note,
        html.Div(verbs, className="btns"),
        html.Div(id=ids.INSIDE_SAID, role="status"),
    ]
    return html.Section(
        [
            html.H3([html.Span(text.say("inside")), close]),
            html.Div(id=ids.INSIDE_BODY, className="near-list"),
            html.Div(send, className="inside-send"),
        ],
        id=ids.INSIDE,
        className="card near inside",
        hidden=True,
        **parts.attrs(aria_label=text.say("inside")),
    )


def shown(
    data: Row | None, chosen: list[str] | None, where: str | None, before: list[Row] | None = None
) -> tuple[Any, ...]:
    """What the list shows: hidden, body, heading of workers, their boxes and choice, the cases'.

    `data` is services.inside, `before` the boxes so far. Who was chosen stays chosen, also when he
    walks out; a choice that stays is not written again, which would be taken for a new one.
    """
    if data is None:
        return True, [], "", [], [], [], DRILL
    workers = [{"label": _worker(row), "value": row["id"]} for row in data["workers"]]
    there = {row["id"] for row in data["workers"]}
    workers += [_gone(box) for box in before or [] if box["value"] in set(chosen or []) - there]
    listed = {box["value"] for box in workers}
    picked = [one for one in chosen or [] if one in listed]
    cases = [{"label": _case(row), "value": row["id"]} for row in data["cases"]]
    drill = {"label": text.say("inside.drill"), "value": DRILL}
    kept = where if where in {row["id"] for row in data["cases"]} else DRILL
    choice = no_update if picked == (chosen or []) else picked
    return False, _body(data), _heading(data), workers, choice, [drill, *cases], kept


def _gone(box: Row) -> Row:
    """The box of somebody who was chosen and has walked out."""
    name = str(box["label"]).split(" · ", maxsplit=1)[0]
    return {"label": f"{name} · {text.say('inside.gone')}", "value": box["value"]}


def _heading(data: Row) -> list[Any]:
    total, listed = data["totals"]["workers"], len(data["workers"])
    more = text.say("inside.first", n=listed) if total > listed else ""
    return [text.say("inside.workers"), html.Small(f"{total:,} {more}".strip(), className="num")]


def _body(data: Row) -> list[Any]:
    """How much is inside, then the groups that have something."""
    told: list[Any] = [_summary(data)]
    told += [_group(data, name) for name in GROUPS if data[name]]
    if data["components"]:
        words = {"n": parts.number(data["components"]), "bad": parts.number(data["faulty"])}
        told.append(html.P(text.say("inside.components", **words), className="c-2"))
    return told


def _summary(data: Row) -> html.P:
    totals = data["totals"]
    words = [
        text.say(f"inside.n.{name}", n=parts.number(totals[name]))
        for name in ("devices", "alerts", "cases", "workers", "resources")
    ]
    return html.P(" · ".join(words), className="c-2 num")


def _group(data: Row, name: str) -> html.Div:
    rows, total = data[name], data["totals"][name]
    of = text.say("near.more", n=total)
    head = html.H4([text.say(f"inside.{name}"), html.Small(of)])
    return html.Div([head, html.Ul([html.Li(_line(row)) for row in rows])])


def _line(row: Row) -> Any:
    level = int(row["level"])
    mark: Any = html.I(className=f"glyph glyph-{_sort(row)} tone-{parts.LEVELS[level]}")
    if row["type"] == "alert":
        mark = parts.level_mark(level)
    said = html.Small(f"{_what(row)} · {row['place']}")
    who = html.Span([html.B(row["name"]), said], className="who")
    if row["type"] in WAYS:
        return parts.action("found", mark, who, thing=row["id"], value=WAYS[row["type"]])
    return parts.action("thing", mark, who, thing=f"resource:{row['id']}")


def _sort(row: Row) -> str:
    return str(row["what"] if row["type"] == "resource" else row["type"])


def _what(row: Row) -> str:
    if row["type"] == "device":
        off = text.say("inside.offline") if row["offline"] else ""
        return " ".join(filter(None, (text.kind(row["what"]), off)))
    if row["type"] == "resource":
        return text.say(f"sort.{row['what']}")
    return text.say(f"{row['type']}.{row['what']}")


# Labels of boxes are plain text: Dash's renderer stops when a list of components as labels shrinks.


def _worker(row: Row) -> str:
    load = text.say("near.tasks", n=row["tasks"]) if row["tasks"] else text.say("near.free")
    return " · ".join((row["name"], row["what"], row["place"], load))


def _case(row: Row) -> str:
    late = text.say("inside.late") if row["overdue"] else ""
    return " · ".join(filter(None, (row["name"], _what(row), row["place"], late)))


def sent(names: list[str], *, drill: bool) -> html.P:
    """Who has been sent, to a case or to an exercise."""
    key = "inside.drilled" if drill else "dispatch.sent"
    return html.P(text.say(key, names="、".join(names)), className="c-good")


COLUMNS = ("type", "id", "name", "what", "level", "place")


def table(data: Row) -> str:
    """Everything inside as CSV with a BOM, so that spreadsheets read the Chinese of it."""
    lines = [[text.say(f"inside.col.{name}") for name in COLUMNS]]
    for group in ("alerts", "cases", "workers", "devices", "resources"):
        lines += [[_cell(row, name) for name in COLUMNS] for row in data[group]]
    return "\ufeff" + "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)


def _cell(row: Row, name: str) -> str:
    if name == "what":
        return str(row["what"]) if row["type"] == "worker" else _what(row)
    if name == "type":
        return text.say(f"found.{row['type']}")
    if name == "level":
        return text.say(f"level.{row['level']}") if row["level"] else ""
    return str(row[name])


def _quoted(cell: str) -> str:
    """One cell of CSV; what a spreadsheet would take for a formula is made text (OWASP)."""
    doubled = str(cells.harmless(cell)).replace('"', '""')
    return f'"{doubled}"'
