"""What a warning of others says, on the card: headline, issuer and time, text, what to do."""

from __future__ import annotations

from typing import Any

from dash import html

from layouts import parts, text

Row = dict[str, Any]
DAY = "%m-%d %H:%M"


def said(one: Row) -> list[Any]:
    """The lines of an alert whose `warning` is known; plain text, since others have written it."""
    warning = one["warning"]
    return [
        html.Div(html.B(warning["headline"] or one["title"]), className="kv"),
        _who_and_where(one, warning),
        _when(warning),
        html.Div(warning["description"], className="kv warning-text", tabIndex=0),
        _duties(warning),
    ]


def _who_and_where(one: Row, warning: Row) -> html.Div:
    words = " · ".join(filter(None, (warning["issuer"], one["place"])))
    sent = text.say("warning.sent", at=parts.clock(warning["sent"], DAY))
    return html.Div([html.Span(words), html.Span(sent, className="num c-2")], className="kv")


def _when(warning: Row) -> html.Div:
    """How long it holds, and from when where that is not the moment of its sending."""
    onset = parts.milliseconds(warning["onset"])
    words = [text.say("warning.until", at=parts.clock(warning["expires"], DAY))]
    if onset is not None and onset > warning["sent"]:
        words.insert(0, text.say("warning.from", at=parts.clock(onset, DAY)))
    return html.Div(" · ".join(words), className="kv num")


def _duties(warning: Row) -> html.Div | None:
    if not warning["instruction"]:
        return None
    words = text.say("warning.duties", duties=warning["instruction"])
    return html.Div(words, className="kv advice warning-text", tabIndex=0)
