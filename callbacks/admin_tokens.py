"""令牌: the list, issuing and revoking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State

from app.city import City
from app.domain.people import User
from app.services import tokens, views_admin
from layouts import admin_tokens as page
from layouts import ids, text
from layouts.frame import message


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the list and the verbs."""

    @wall.callback(
        Output(ids.TOKENS_HEAD, "children"),
        Output(ids.TOKENS, "children"),
        Input(ids.ACT_AGAIN, "data"),
    )
    def show(_: Any) -> Any:
        rows = views_admin.listed_tokens(city, whoami())
        return page.head(rows), page.table(rows)

    _register_verbs(wall, city, whoami)


def _register_verbs(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.MESSAGE, "children", allow_duplicate=True),
        Output(ids.ACT_AGAIN, "data", allow_duplicate=True),
        Output(ids.TOKEN_SECRET, "children"),
        Input(ids.ACT_ISSUE, "data"),
        State(ids.TOKEN_SOURCE, "value"),
        State(ids.TOKEN_SCOPES, "value"),
        State(ids.TOKEN_RATE, "value"),
        State(ids.TOKEN_DAYS, "value"),
        prevent_initial_call=True,
    )
    def issue(done: Any, source: str, scopes: list[str], rate: int | None, days: int | None) -> Any:
        name, chosen = (source or "").strip(), page.asked(rate, days)
        token, secret = views_admin.issue_token(
            city, whoami(), source=name, scopes=page.scopes(scopes, name), **chosen
        )
        said = text.say("token.issued", source=token.source)
        return message(said, "good"), done, page.secret(secret)

    @wall.callback(
        Output(ids.MESSAGE, "children", allow_duplicate=True),
        Output(ids.ACT_AGAIN, "data", allow_duplicate=True),
        Input(ids.ACT_REVOKE, "data"),
        prevent_initial_call=True,
    )
    def revoke(done: dict[str, Any]) -> Any:
        token = tokens.revoke(city, whoami(), done["id"])
        return message(text.say("token.ended", source=token.source), "good"), done
