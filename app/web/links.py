"""Links that somebody has sent: whoever opens one sees the part of it that he may see."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request

from app.city import City
from app.domain.people import Role, User
from app.services import views_links
from app.web.auth import whoami

PAGES = ("/wall/", "/cockpit/")
SHAPES = ("view", "pin")  # where the map stands: no use to whom the area is not shown


def register(server: Flask, city: City) -> None:
    """Lead a page's address that says too much to the one that says what this user may see.

    Stands behind the guards: nobody comes here who is not signed in.
    """

    @server.before_request
    def narrow() -> Any:
        if request.path not in PAGES or request.method != "GET" or not request.args:
            return None
        asked = request.args.to_dict()
        there = narrowed(city, whoami(), asked)
        return None if there == asked else redirect(f"{request.path}?{urlencode(there)}")


def narrowed(city: City, user: User, asked: dict[str, str]) -> dict[str, str]:
    """Return a link's query without what lies outside the user's scope; "outside" names that."""
    if user.role in (Role.GRID_WORKER, Role.SYS_ADMIN):
        return asked  # these pages are not for them, and say so
    lost = views_links.outside(city, user, _readable(asked))
    if "area" not in asked and not _near(city, user, asked.get("view", "")):
        lost = ["area", *lost]
    if not lost:
        return asked
    hidden = {*lost, *(SHAPES if "area" in lost else ())}
    return {k: v for k, v in asked.items() if k not in hidden} | {"outside": ",".join(lost)}


def _readable(asked: dict[str, str]) -> dict[str, str]:
    """Without an area that is no code: the page reads it as none."""
    return {k: v for k, v in asked.items() if k != "area" or v.isdigit()}


def _near(city: City, user: User, view: str) -> bool:
    """Whether the map of a link shows something of the user's own area; one that says nothing does.

    `view` is "lon,lat,zoom".
    """
    try:
        lon, lat = (float(part) for part in view.split(",")[:2])
    except ValueError:
        return True
    return views_links.near_home(city, user, lon, lat)
