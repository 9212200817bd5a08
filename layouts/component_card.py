"""The card of a component (部件): its kind, state and the fields of the standard, and 上报."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import nearby, parts, text

Row = dict[str, Any]
TONES = {"完好": "go", "破损": "new", "丢失": "new"}
PROBLEMS = ("broken", "missing", "other")
HIDDEN = ("name", "unit_grid")  # stand elsewhere on the card


def card(one: Row, *, go: str = "") -> html.Article:
    """The card as the live layer knows it (data-thing, data-place: live/things.mjs)."""
    close = parts.action("thing", "×", thing="", className="close", title=text.say("close"))
    state = text.say(f"component.state.{one['state']}")
    head = [
        html.Span(className=f"sym sym-components sym-components-{one['major']}"),
        html.Span(one["name"]),
        parts.badge(state, TONES.get(one["state"], "stale")),
        close,
    ]
    body: list[Any] = [_line("component.kind", f"{one['major_name']} · {one['what']}")]
    body += [_line("component.code", one["id"]), _line("component.place", _place(one))]
    body += [_fields(one), _report(one), html.Div(nearby.button(one["lon"], one["lat"]))]
    marks = parts.attrs(
        data_thing=f"component:{one['id']}",
        data_place=f"{one['lon']},{one['lat']}",
        data_go=go,
    )
    inside = [html.H3(head), html.Div([row for row in body if row], className="cb")]
    return html.Article(inside, className="card thing component-card", **marks)


def _line(key: str, value: str) -> html.Div:
    return html.Div([html.Span(text.say(key)), html.B(value, className="num")], className="kv")


def _place(one: Row) -> str:
    """The community, and the unit grid when the file says it."""
    grid = next((f["value"] for f in one["fields"] if f["name"] == "unit_grid"), "")
    return " · ".join(filter(None, (one["place"], grid)))


def _fields(one: Row) -> html.Dl | None:
    """What the file said, under the standard's titles."""
    shown = [f for f in one["fields"] if f["name"] not in HIDDEN]
    pairs = [(html.Dt(f["title"], title=f["abbr"]), html.Dd(f["value"])) for f in shown]
    return html.Dl([each for pair in pairs for each in pair], className="fields") if pairs else None


def _report(one: Row) -> html.Details | None:
    """What can be reported of it: each choice opens a case."""
    if not one["may_report"]:
        return None
    choices = [
        parts.action(
            "component-report",
            text.say(f"component.report.{problem}"),
            thing=one["id"],
            value=problem,
            className="btn go" if problem == PROBLEMS[0] else "btn",
        )
        for problem in PROBLEMS
    ]
    said = html.Div(text.say("component.report.what"), className="c-3 more")
    summary = html.Summary(text.say("component.report"), className="btn")
    return html.Details([summary, said, html.Div(choices, className="kinds")])
