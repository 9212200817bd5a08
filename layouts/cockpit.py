"""The cockpit: today in figures, what is not all right, who is slow; figures lead to rows."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids, parts, rows, text, trend, units
from layouts.frame import account, frame

Data = dict[str, Any]
TALLIES = ("opened", "closed", "open", "overdue")


def page(data: Data) -> html.Div:
    """The whole page for the user who asks; `data` is views.page."""
    columns = [_column(ids.EXCEPTIONS, ids.DOMAINS), _column(ids.STREETS)]
    main = html.Main(
        [
            html.Div(id=ids.FIGURES, className="figures"),
            rows.panel(),
            html.Div(columns, className="sections"),
            trend.panel(),
        ]
    )
    inside = [*frame(data, on_map=False), title_bar(data), main]
    return html.Div(inside, className="cockpit light")


def _column(*places: str) -> html.Div:
    return html.Div([html.Div(id=place) for place in places], className="side")


def title_bar(data: Data) -> html.Header:
    """The name of the page, the way to the wall, how fresh it is."""
    today = html.Span(text.say("cockpit.today"), className="on", **parts.attrs(aria_current="page"))
    way = html.Nav([today, html.A(text.say("to_wall"), href="/wall/")])
    name = html.H1(text.say("cockpit", city=data["city"]["name"]))
    at = html.Span(id=ids.COCKPIT_AT, className="num")
    return html.Header([name, way, html.Div([at, account(data)], className="r")])


def figures(data: Data) -> list[html.Div]:
    """The key figures of today."""
    return [_figure(one) for one in data["figures"]]


def _figure(one: Data) -> html.Div:
    number = parts.number(one["value"], one["digits"])
    unit = html.I(units.said(one["unit"]) if one["value"] is not None else "")
    value = html.B([rows.link(number, one["rows"]), unit], className="num")
    name = html.Span(text.say(f"figure.{one['key']}"))
    return html.Div([name, value, html.Em(_below(one))], className="k")


def _below(one: Data) -> Any:
    if one["value"] is None:
        return text.why(one["why"])
    said: list[Any] = []
    if one["target"] is not None:
        missed = one["value"] < one["target"]
        words = text.say("figure.target", n=f"{one['target']:g}")
        said.append(html.Span(words, className="c-orange" if missed else "c-good"))
    if one["before"] is not None:
        said.append(text.say("figure.before", n=parts.number(one["before"], one["digits"])))
    return said or "\u200b"


def exceptions(data: Data) -> html.Section:
    """Only what is not all right, worst first."""
    found = sorted(data["exceptions"], key=lambda one: -one["level"])
    note = text.say("exceptions.note", n=len(found)) if found else None
    body: list[Any] = [_exception(one) for one in found] or [
        parts.nothing(text.say("exceptions.none"))
    ]
    return parts.panel(text.say("exceptions"), html.Div(body), note=note, name="exceptions")


def _exception(one: Data) -> html.Div:
    name = text.feed(one["name"]) if one["kind"] == "feed_silent" else one["name"]
    words = text.say(f"exception.{one['kind']}", name=name, value=one["value"], limit=one["limit"])
    see = rows.link(text.say("see.rows"), one["rows"]) if one["rows"] else None
    return html.Div([parts.level_mark(one["level"]), html.B(words), see], className="ex")


def domains(data: Data) -> html.Section:
    """Each domain with its counts; every count leads to its rows."""
    names = ("domain", *TALLIES, "alerts")
    head = html.Tr([html.Th(text.say(f"col.{name}")) for name in names])
    body = [_domain(one, data["area"]["code"]) for one in data["domains"]]
    table = html.Table([html.Thead(head), html.Tbody(body)])
    return parts.panel(text.say("domains"), table, name="domains")


def _domain(one: Data, area: str) -> html.Tr:
    name = text.say(f"domain.{one['domain']}")
    where = {"area": area, "domain": one["domain"]}
    alerts = rows.link(parts.number(one["alerts"]), {"what": "alerts", **where})
    cells = [html.Td(_tally(one, key, where), className="num") for key in TALLIES]
    return html.Tr([html.Td(name), *cells, html.Td(alerts, className="num")])


def _tally(one: Data, key: str, where: Data) -> Any:
    narrow: dict[str, Data] = {
        "opened": {"day": "opened"},
        "closed": {"day": "closed"},
        "open": {"status": "open"},
        "overdue": {"status": "open", "overdue": True},
    }
    return rows.link(parts.number(one[key]), {"what": "cases", **where, **narrow[key]})


def streets(data: Data) -> html.Section:
    """The areas below this one in order of their score, with the formula shown."""
    names = ("rank", "street", *TALLIES, "on_time", "solved", "score")
    head = html.Tr([html.Th(text.say(f"col.{name}")) for name in names])
    order = sorted(data["streets"], key=lambda one: 1 if one["score"] is None else -one["score"])
    body = [_street(i, one) for i, one in enumerate(order, start=1)]
    table = html.Table([html.Thead(head), html.Tbody(body)])
    formula = text.say("streets.formula")
    early = None if _ranked(order) else html.P(text.say("streets.early"), className="early")
    return parts.panel(text.say("streets"), table, early, note=formula, name="streets")


def _ranked(streets: list[Data]) -> bool:
    """Whether anything was due today, without which there is nothing to judge anybody by."""
    return not streets or any(one["score"] is not None for one in streets)


def _street(rank: int, one: Data) -> html.Tr:
    where: Data = {"area": one["code"]} | ({"rest": True} if one["rest"] else {})
    cells = [html.Td(_tally(one, key, where), className="num") for key in TALLIES]
    judged = one["score"] is not None  # before anything is due, 0 % solved would be no verdict
    shares = [_share(one["on_time"]), _share(one["solved"] if judged else None)]
    score = html.B(parts.number(one["score"], 1))
    place = str(rank) if one["score"] is not None else text.say("none")
    name = _way_down(one)
    last = [html.Td(cell, className="num") for cell in (*shares, score)]
    return html.Tr([html.Td(place, className="num"), html.Td(name), *cells, *last])


def _way_down(one: Data) -> Any:
    """The way into an area; to what lies in none of them there is no way."""
    said = units.said(one["name"])
    return said if one["rest"] else dcc.Link(said, href=f"/cockpit/?area={one['code']}")


def _share(share: float | None) -> Any:
    if share is None:
        return html.Span(text.say("none"), title=text.why("nothing_due"))
    return f"{share:.1f}%"


def at(data: Data) -> str:
    """When the figures were taken."""
    return text.say("cockpit.at", at=parts.clock(data["at"], "%m-%d %H:%M:%S"))


def served_by(path: str | None) -> bool:
    """Whether a Dash instance at this path shows the cockpit, not the wall."""
    return "cockpit" in (path or "")
