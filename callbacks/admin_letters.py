"""死信: looking, replaying, dropping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State, ctx

from app.city import City
from app.domain.people import User, Verb, require
from app.errors import Invalid
from app.services import letters, views_admin
from layouts import admin_letters as page
from layouts import ids, text
from layouts.frame import message


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the piles, the list, one letter and the verbs."""
    _register_sights(wall, city, whoami)
    _register_choice(wall, city, whoami)
    _register_verbs(wall, city, whoami)


def _register_sights(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.LETTERS_HEAD, "children"),
        Output(ids.PILES, "children"),
        Input(ids.BEAT, "data"),
        Input(ids.URL, "search"),
    )
    def count(_: Any, query: str) -> Any:
        require(whoami(), Verb.ADMINISTER)
        totals = letters.totals(city)
        return page.head(totals), page.piles(totals, page.read(query))

    @wall.callback(
        Output(ids.LETTERS, "children"),
        Output(ids.LETTERS_TOOLS, "children"),
        Output(ids.LETTERS_DROPS, "children"),
        Output(ids.LETTERS_FOOT, "children"),
        Input(ids.URL, "search"),
        Input(ids.LETTERS_SEARCH, "value"),
        Input(ids.LETTERS_CHOSEN, "data"),
        Input(ids.ACT_AGAIN, "data"),
    )
    def show(query: str, words: str | None, chosen: list[str] | None, _: Any) -> Any:
        asked = page.read(query)
        found = letters.search(city, whoami(), **asked, text=words or "", limit=page.AT_ONCE)
        return page.painted(found, asked, chosen or [])


def _register_choice(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.LETTERS_CHOSEN, "data"),
        Input(ids.ACT_CHOOSE, "data"),
        Input(ids.URL, "search"),
        Input(ids.ACT_AGAIN, "data"),
        State(ids.LETTERS_CHOSEN, "data"),
        prevent_initial_call=True,
    )
    def choose(done: dict[str, Any], _: str, __: Any, chosen: list[str] | None) -> list[str]:
        return page.toggled(chosen, done["id"]) if ctx.triggered_id == ids.ACT_CHOOSE else []

    @wall.callback(
        Output(ids.LETTER, "children"), Input(ids.ACT_LETTER, "data"), prevent_initial_call=True
    )
    def see(done: dict[str, Any]) -> Any:
        return page.one(views_admin.letter(city, whoami(), done["id"]))


def _register_verbs(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.MESSAGE, "children", allow_duplicate=True),
        Output(ids.ACT_AGAIN, "data", allow_duplicate=True),
        Output(ids.LETTERS_NOTE, "value"),
        Input(ids.ACT_LETTERS, "data"),
        State(ids.URL, "search"),
        State(ids.LETTERS_CHOSEN, "data"),
        State(ids.LETTERS_NOTE, "value"),
        prevent_initial_call=True,
    )
    def act(done: dict[str, Any], query: str, chosen: list[str] | None, note: str | None) -> Any:
        do = VERBS[done["value"], done["id"]]
        n = do(city, whoami(), page.read(query), chosen or [], note or "")
        return message(page.told(done["value"], n), "good"), done, ""


Asked = dict[str, Any]


def _replay_chosen(city: City, by: User, _: Asked, chosen: list[str], note: str) -> int:
    return letters.replay(city, by, _some(chosen))


def _drop_chosen(city: City, by: User, _: Asked, chosen: list[str], note: str) -> int:
    return letters.drop(city, by, _some(chosen), note)


def _replay_pile(city: City, by: User, asked: Asked, _: list[str], note: str) -> int:
    return views_admin.replay_pile(city, by, asked["source"], asked["reason"])


def _drop_pile(city: City, by: User, asked: Asked, _: list[str], note: str) -> int:
    return views_admin.drop_pile(city, by, asked["source"], asked["reason"], note)


def _some(chosen: list[str]) -> list[str]:
    if not chosen:
        raise Invalid(text.say("letters.nobody"))
    return chosen


VERBS: dict[tuple[str, str], Callable[[City, User, Asked, list[str], str], int]] = {
    ("replay", "chosen"): _replay_chosen,
    ("drop", "chosen"): _drop_chosen,
    ("replay", "pile"): _replay_pile,
    ("drop", "pile"): _drop_pile,
}
