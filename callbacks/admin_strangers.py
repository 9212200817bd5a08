"""未知设备: who waits, and the form that makes one a device of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash, Input, Output, State

from app.city import City
from app.domain.people import User
from app.errors import Invalid
from app.services import strangers, views_admin
from layouts import admin_strangers as page
from layouts import ids, text
from layouts.frame import message


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the table, the form with its map, and the verbs."""
    _register_sights(wall, city, whoami)
    _register_map(wall, city, whoami)
    _register_verbs(wall, city, whoami)
    _register_way_back(wall, city, whoami)


def _register_sights(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.STRANGERS_HEAD, "children"),
        Output(ids.STRANGERS, "children"),
        Output(ids.STRANGERS_IGNORED, "children"),
        Input(ids.STRANGERS_SEARCH, "value"),
        Input(ids.ACT_AGAIN, "data"),
    )
    def show(words: str | None, _: Any) -> Any:
        found = strangers.waiting(city, whoami(), text=words or "")
        left_out = strangers.ignored(city, whoami())
        return page.head(found), page.table(found), page.ignored(left_out)

    @wall.callback(
        Output(ids.ADOPT, "children"),
        Output(ids.ADOPT_SEND, "children"),
        Output(ids.ADOPT_KIND, "value"),
        Output(ids.ADOPT_NAME, "value"),
        Output(ids.ADOPT_LON, "value"),
        Output(ids.ADOPT_LAT, "value"),
        Input(ids.ACT_STRANGER, "data"),
    )
    def choose(done: dict[str, Any] | None) -> Any:
        if not done or not done["id"]:
            return page.filled(None)
        found = strangers.waiting(city, whoami(), text=done["id"])
        return page.filled(next((row for row in found if row["device"] == done["id"]), None))


def _register_map(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.ADOPT_FORM, "data"),
        Output(ids.ADOPT_MAP, "viewport"),
        Input(ids.ADOPT_MAP, "id"),
    )
    def ground(_: str) -> Any:
        found = views_admin.ground(city, whoami())
        return found["streets"], page.viewport(found)

    @wall.callback(
        Output(ids.ADOPT_LON, "value", allow_duplicate=True),
        Output(ids.ADOPT_LAT, "value", allow_duplicate=True),
        Input(ids.ADOPT_MAP, "clickData"),
        prevent_initial_call=True,
    )
    def pick(click: dict[str, Any]) -> Any:
        at = click["latlng"]
        return round(at["lng"], 6), round(at["lat"], 6)

    @wall.callback(
        Output(ids.ADOPT_MARK, "center"),
        Output(ids.ADOPT_MARK, "radius"),
        Input(ids.ADOPT_LON, "value"),
        Input(ids.ADOPT_LAT, "value"),
    )
    def mark(lon: float | None, lat: float | None) -> Any:
        return page.mark(lon, lat)


def _register_verbs(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.MESSAGE, "children", allow_duplicate=True),
        Output(ids.ACT_AGAIN, "data", allow_duplicate=True),
        Output(ids.ACT_STRANGER, "data", allow_duplicate=True),
        Input(ids.ACT_ADOPT, "data"),
        State(ids.ADOPT_KIND, "value"),
        State(ids.ADOPT_NAME, "value"),
        State(ids.ADOPT_LON, "value"),
        State(ids.ADOPT_LAT, "value"),
        prevent_initial_call=True,
    )
    def adopt(done: dict[str, Any], kind: str, name: str, lon: float, lat: float) -> Any:
        if not kind or lon is None or lat is None:
            raise Invalid(text.say("adopt.missing"))
        known = strangers.adopt(
            city, whoami(), done["id"], kind=kind, name=(name or "").strip(), lon=lon, lat=lat
        )
        return message(text.say("adopt.done", name=known.name), "good"), done, None

    @wall.callback(
        Output(ids.MESSAGE, "children", allow_duplicate=True),
        Output(ids.ACT_AGAIN, "data", allow_duplicate=True),
        Output(ids.ACT_STRANGER, "data", allow_duplicate=True),
        Output(ids.ADOPT_NOTE, "value"),
        Input(ids.ACT_IGNORE, "data"),
        State(ids.ADOPT_NOTE, "value"),
        prevent_initial_call=True,
    )
    def ignore(done: dict[str, Any], note: str | None) -> Any:
        strangers.ignore(city, whoami(), done["id"], note or "")
        return message(text.say("adopt.ignored", name=done["id"]), "good"), done, None, ""


def _register_way_back(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    @wall.callback(
        Output(ids.MESSAGE, "children", allow_duplicate=True),
        Output(ids.ACT_AGAIN, "data", allow_duplicate=True),
        Input(ids.ACT_HEED, "data"),
        prevent_initial_call=True,
    )
    def heed(done: dict[str, Any]) -> Any:
        strangers.heed(city, whoami(), done["id"])
        return message(text.say("strangers.heeded", name=done["id"]), "good"), done
