"""令牌: which other systems may come in, and what they may do; a secret is shown only once."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import ids, parts, text

Row = dict[str, Any]
PER_MINUTE, MOST_PER_MINUTE = 600, 60_000
MOST_SOURCE = 64
DAYS, MOST_DAYS = 365, 3_650


def panel() -> list[Any]:
    """The empty page: the tokens, and the form for a new one; the callbacks fill it."""
    table = html.Div(html.Div(id=ids.TOKENS, className="scroll"), className="b grow")
    note = html.Span(id=ids.TOKENS_HEAD)
    left = parts.panel(text.say("admin.tokens"), table, note=note, name="tokens-p")
    right = parts.panel(text.say("token.new"), html.Div(_form(), className="b grow"), name="new-p")
    return [html.Div([left, right], className="two")]


def _form() -> list[Any]:
    source = dcc.Input(
        id=ids.TOKEN_SOURCE, type="text", value="", maxLength=MOST_SOURCE, className="field"
    )
    scopes = dcc.Checklist(
        id=ids.TOKEN_SCOPES,
        options=[{"label": text.say(f"scope.{s}"), "value": s} for s in SCOPES],
        value=[],
        className="scopes",
    )
    rate = dcc.Input(
        id=ids.TOKEN_RATE,
        type="number",
        min=1,
        max=MOST_PER_MINUTE,
        value=PER_MINUTE,
        className="field",
    )
    days = dcc.Input(
        id=ids.TOKEN_DAYS, type="number", min=1, max=MOST_DAYS, value=DAYS, className="field"
    )
    issue = parts.action("issue", text.say("token.issue"), thing="token", className="btn go")
    return [
        _field("token.source", ids.TOKEN_SOURCE, source),
        _field("token.scopes", ids.TOKEN_SCOPES, scopes),
        _field("token.per_minute", ids.TOKEN_RATE, rate),
        _field("token.days", ids.TOKEN_DAYS, days),
        html.Div(issue, className="btns"),
        html.Div(id=ids.TOKEN_SECRET, role="status"),
    ]


SCOPES = ("webhook", "open311", "read")


def _field(words: str, name: str, field: Any) -> html.Div:
    return html.Div([html.Label(text.say(words), htmlFor=name), field], className="named")


def scopes(chosen: list[str] | None, source: str) -> tuple[str, ...]:
    """The scopes as they are asked for: a webhook is that of its source."""
    return tuple(f"webhook:{source}" if one == "webhook" else one for one in chosen or [])


def asked(rate: float | None, days: float | None) -> dict[str, int]:
    """The limits of a new token; a field that was emptied or is out of range is the default."""
    return {"per_minute": int(rate or PER_MINUTE), "days": int(days or DAYS)}


def head(rows: list[Row]) -> str:
    """How many are in force."""
    return text.say("tokens.valid", n=sum(row["valid"] for row in rows))


def table(rows: list[Row]) -> Any:
    """All tokens: in force first, then by the time of their issue, the newest first."""
    if not rows:
        return parts.nothing(text.say("tokens.none"))
    names = ("source", "scopes", "per_minute", "issued", "expires", "used", "state", "do")
    head = html.Tr([html.Th(text.say(f"tokens.col.{name}")) for name in names])
    return html.Table([html.Thead(head), html.Tbody([_row(row) for row in rows])])


def _row(row: Row) -> html.Tr:
    state = "in_force" if row["valid"] else "revoked" if row["revoked_at"] else "expired"
    words = html.Span(text.say(f"tokens.{state}"), className="c-good" if row["valid"] else "c-3")
    by = html.Small(text.say("tokens.by", who=row["issued_by"]))
    used = parts.milliseconds(row["used_at"]) if row["used_at"] else None
    end: Any = None
    if row["valid"]:
        end = parts.action("revoke", text.say("tokens.revoke"), thing=row["id"], className="small")
    cells = [
        html.Td(
            [html.B(row["source"]), html.Small(row["id"], className="num")], className="source"
        ),
        html.Td([_scope(scope) for scope in row["scopes"]]),
        html.Td(parts.number(row["per_minute"]), className="num"),
        html.Td([html.Span(_day(row["issued_at"]), className="num"), by]),
        html.Td(_day(row["expires_at"]), className="num"),
        html.Td(parts.age(used)),
        html.Td(words),
        html.Td(end),
    ]
    return html.Tr(cells, className="" if row["valid"] else "over")


def _scope(scope: str) -> html.Span:
    return html.Span(scope, className="chip plain")


def _day(moment: str | None) -> str:
    return parts.clock(moment, "%Y-%m-%d") if moment else text.say("none")


def secret(said: Row) -> html.Div:
    """The secret of a new token and the key it signs with: they are never shown again."""
    lines = [("token.secret", said["secret"])]
    if said["signing_key"]:
        lines.append(("token.signing_key", said["signing_key"]))
    shown = [html.Div([html.Dt(text.say(n)), html.Dd(html.Code(s))]) for n, s in lines]
    return html.Div([html.P(text.say("token.once")), html.Dl(shown)], className="secret")
