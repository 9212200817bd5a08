"""One module per panel: a click or a pulse comes in, one service or view, one layout goes out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from dash import Dash, set_props

from app.city import City
from app.domain.people import User
from app.errors import Refused
from app.web.front import Front
from callbacks import (
    address,
    admin_audit,
    admin_feeds,
    admin_letters,
    admin_page,
    admin_strangers,
    admin_tokens,
    alert_list,
    card,
    cockpit,
    component_card,
    dispatch_panel,
    due_cases,
    frame,
    hotline,
    nearby,
    one_map,
    resource_card,
    rows,
    search,
    selection,
    strip,
    tiles,
    trend,
)
from layouts import admin_page as administration
from layouts import cockpit as page
from layouts import ids, text
from layouts import wall as wall_page
from layouts.frame import message

log = logging.getLogger(__name__)

WALL = (
    address,
    alert_list,
    card,
    component_card,
    dispatch_panel,
    due_cases,
    frame,
    hotline,
    nearby,
    one_map,
    resource_card,
    search,
    selection,
    strip,
    tiles,
    trend,
)
COCKPIT = (cockpit, frame, rows, trend)
ADMIN = (admin_page, admin_feeds, admin_letters, admin_strangers, admin_tokens, admin_audit)


def screens() -> Front:
    """The city's own screens, for the web role."""
    return Front(
        pages={
            "wall": ("page.wall", wall_page.page),
            "cockpit": ("page.cockpit", page.page),
            "admin": ("page.admin", administration.page),
        },
        register=register,
        on_error=on_error,
        refresh_only=frozenset(
            f"{name}.{prop}"
            for name, prop in (
                *((pulse, "data") for pulse in (*ids.PULSES, ids.BEAT, ids.SETTLED)),
                (ids.LIVE_VIEW, "data-view"),
            )
        ),
        speak=text.speak,
        say=text.say,
    )


def register(wall: Dash, city: City, whoami: Callable[[], User]) -> None:
    """Register the panels of the page that is served at this Dash instance's address."""
    path = wall.config.routes_pathname_prefix
    panels = ADMIN if administration.served_by(path) else COCKPIT if page.served_by(path) else WALL
    for module in panels:
        module.register(wall, city, whoami)


def on_error(error: Exception) -> Any:
    """Say in the message slot what went wrong; what nobody expected is logged with its trace."""
    if isinstance(error, Refused):
        words = " ".join([error.message, *error.fields.values()])
    else:
        log.error("a callback failed", exc_info=error)
        words = text.say("error.unknown")
    set_props(ids.MESSAGE, {"children": message(words)})
