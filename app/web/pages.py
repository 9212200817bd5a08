"""The Dash pages on our Flask server, and the few files that we serve from disk.

The Dash instances share one set of callbacks: each page then has its own layout and its own
address, and neither needs a router.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dash
from dash import html
from flask import (
    Blueprint,
    Flask,
    Response,
    has_request_context,
    redirect,
    request,
    send_from_directory,
)
from flask_login import current_user

from app.city import City
from app.domain.people import Role, User, Verb, may
from app.errors import NotFound, Refused
from app.services import views
from app.web import live_layer
from app.web.auth import whoami
from app.web.front import Front, Say

ROOT = Path(__file__).resolve().parents[2]
PHONE = Path(__file__).parent / "phone"
VENDOR = {
    "socket.io.min.js": ROOT / "node_modules/socket.io-client/dist/socket.io.min.js",
    "protomaps-leaflet.js": ROOT / "node_modules/protomaps-leaflet/dist/protomaps-leaflet.js",
    "idb.js": ROOT / "node_modules/idb/build/index.js",
}
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<rect width="16" height="16" rx="3" fill="#0b2a4a"/>'
    '<path d="M3 12V7h3v5m1 0V3h3v9m1 0V9h2v3" fill="#3cc8e8"/></svg>'
)
# what a page would ask for only when Dash's scripts have run; layouts/assets/boot.js reads the id
EARLY = (
    '<meta name="edition" content="{edition}">'
    '<link rel="modulepreload" id="live-layer" href="{live_layer}">'
    '<link rel="preload" as="script" href="/vendor/socket.io.min.js">'
    '<link rel="preload" as="fetch" crossorigin href="/{page}/_dash-layout">'
    '<link rel="preload" as="fetch" crossorigin href="/{page}/_dash-dependencies">'
)
WITH_MAP = "wall"
NEEDS = {"admin": Verb.ADMINISTER}  # all others show the city and need VIEW
NOT_INSTALLED = "前端依赖尚未安装:请在项目目录运行 npm ci(make run 会自动完成)。"


def mount(server: Flask, city: City, front: Front) -> list[str]:
    """Mount every page at its path; return the hashes of Dash's inline scripts for the CSP."""
    hashes: set[str] = set()
    for name, (title, page) in front.pages.items():
        wall = _dash(server, front, name, front.say(title))
        wall.page, wall.edition = name, edition(city)
        wall.index_string = wall.index_string.replace("<html>", f'<html lang="{lang(city)}">')
        wall.layout = _layout(city, name, page, front.say)
        front.register(wall, city, whoami)
        hashes |= set(wall.csp_hashes())
    return sorted(hashes)


def lang(city: City) -> str:
    """Return the language of the pages, as screen readers take it."""
    return "en" if city.settings.locale.startswith("en") else "zh-CN"


class Screen(dash.Dash):
    """A page whose live layer and layout come while Dash's own scripts still do."""

    page = edition = ""

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]
        """Return the page's HTML; nothing is live for one who may not look at it."""
        if _may_look(whoami(), self.page):
            parts["metas"] += EARLY.format(
                live_layer=live_layer.address(), page=self.page, edition=self.edition
            )
        return str(super().interpolate_index(**parts))


def _dash(server: Flask, front: Front, name: str, title: str) -> Screen:
    return Screen(
        f"chengyun-{name}",
        server=server,  # type: ignore[arg-type]  # Dash names its own type too narrowly
        url_base_pathname=f"/{name}/",
        assets_folder=str(ROOT / "layouts" / "assets"),
        assets_path_ignore=["^live$"],  # boot.js imports them as one (app/web/live_layer.py)
        title=title,
        update_title="",
        suppress_callback_exceptions=True,
        on_error=front.on_error,
        compress=False,
    )


def _layout(city: City, name: str, page: Any, say: Say) -> Any:
    """A layout is built for each load, for the user who asks; Dash itself asks once as nobody."""

    def build() -> Any:
        if not has_request_context() or not current_user.is_authenticated:
            return html.Div()
        user = whoami()
        if not _may_look(user, name):
            return turned_away(user, name, say)
        here = _here(city, user, request.referrer) if name == WITH_MAP else {}
        return page(views.page(city, user) | here | {"edition": edition(city)})

    return build


def _here(city: City, user: User, address: str | None) -> dict[str, Any]:
    """What is looked at, by the address of the page that asks for its layout: query and ground.

    The callbacks read the address themselves and mend what a browser has not told here.
    """
    try:
        query = urlsplit(address or "").query
        asked = parse_qs(query).get("area", [None])[0]
        ground = views.ground(city, user, asked)
    except (Refused, ValueError):  # not his area, or no address at all
        query, ground = "", views.ground(city, user)
    return {"query": query, "ground": ground}


def _may_look(user: User, name: str) -> bool:
    return may(user, NEEDS.get(name, Verb.VIEW)) and user.role is not Role.GRID_WORKER


def turned_away(user: User, name: str, say: Say) -> html.Main:
    """The page of whom the screens are not for; it has no live-config, so nothing live starts."""
    administers = name in NEEDS
    todo: list[Any] = [html.P(say("away.use_admin" if administers else "away.use_another"))]
    if user.role is Role.GRID_WORKER:
        todo = [html.P(html.A(say("away.to_phone"), href="/m/"))]
    elif may(user, Verb.ADMINISTER):
        todo.append(html.P(html.A(say("away.to_admin"), href="/admin/feeds")))
    leave = html.Form(
        html.Button(say("away.sign_out"), type="submit"), action="/logout", method="POST"
    )
    said = say("away.not_admin" if administers else "away.not_for_you")
    return html.Main([html.H1(said), *todo, leave], className="turned-away")


def edition(city: City) -> str:
    """Return what tells whether an open page is old: of the screens and of the boundaries."""
    return f"{_screens()}-{city.areas.fingerprint[:8]}"


@cache
def _screens() -> str:
    """Return a short hash of what the screens are made of."""
    places = (ROOT / folder for folder in ("layouts", "callbacks"))
    made_of = (path for place in places for path in sorted(place.rglob("*.*")))
    kinds = {".py", ".js", ".mjs", ".css"}
    text = b"".join(path.read_bytes() for path in made_of if path.suffix in kinds)
    return sha256(text).hexdigest()[:12]


def files() -> Blueprint:
    """Return the blueprint of the phone's shell, the live layer and the npm packages' files."""
    shelf = Blueprint("files", __name__)
    _phone(shelf)
    _scripts(shelf)

    @shelf.get("/favicon.ico")
    def icon() -> Any:
        return Response(ICON, mimetype="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    return shelf


def _phone(shelf: Blueprint) -> None:
    @shelf.get("/m")
    def to_phone() -> Any:
        query = request.query_string.decode()
        return redirect("/m/" + (f"?{query}" if query else ""))

    @shelf.get("/m/")
    def phone() -> Any:
        return send_from_directory(PHONE, "index.html", max_age=0)

    @shelf.get("/m/<path:name>")
    def phone_file(name: str) -> Any:
        return send_from_directory(PHONE, name, max_age=0)


def _scripts(shelf: Blueprint) -> None:
    @shelf.get("/live/<name>")
    def live(name: str) -> Any:
        if f"/live/{name}" != live_layer.address():  # a page from before an upgrade
            return redirect(live_layer.address())
        kept = {"Cache-Control": "max-age=31536000, immutable"}
        return Response(live_layer.text(), mimetype="text/javascript", headers=kept)

    @shelf.get("/vendor/<name>")
    def vendor(name: str) -> Any:
        path = VENDOR.get(name)
        if path is None:
            raise NotFound("没有这个文件。")
        if not path.is_file():
            raise NotFound(NOT_INSTALLED)
        return send_from_directory(path.parent, path.name, mimetype="text/javascript")
