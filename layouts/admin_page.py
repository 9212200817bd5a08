"""The administration pages: one page with a tab for each address below /admin/."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts import (
    admin_audit,
    admin_feeds,
    admin_letters,
    admin_strangers,
    admin_tokens,
    ids,
    parts,
    text,
)
from layouts.frame import account, frame, light

Data = dict[str, Any]
TABS = {
    "feeds": admin_feeds.panel,
    "letters": admin_letters.panel,
    "strangers": admin_strangers.panel,
    "tokens": admin_tokens.panel,
    "audit": admin_audit.panel,
}
DROP = "/admin/drop"  # a page of its own (streams/doors), for files that are brought by hand


def page(data: Data) -> html.Div:
    """The whole page for the administrator; `data` is views.page."""
    stores = [dcc.Store(id=name) for name in (ids.BEAT, *ids.ADMIN_ACTIONS)]
    inside = [
        *frame(data, on_map=False, city=False),
        *stores,
        title_bar(data),
        html.Main(id=ids.ADMIN_BODY),
    ]
    return html.Div(inside, className="admin")


def title_bar(data: Data) -> html.Header:
    """The name of the page, its tabs, whether it is live, and who is signed in."""
    name = html.H1(text.say("admin", city=data["city"]["name"]))
    tabs = html.Nav(id=ids.ADMIN_NAV, **parts.attrs(aria_label=text.say("to_admin")))
    clock = html.B("--:--:--", id=ids.CLOCK, className="num")
    lights = [clock, light(ids.LINK, text.say("link")), light(ids.FEED_AGE, text.say("feed_age"))]
    return html.Header([name, tabs, html.Div([*lights, account(data)], className="hr")])


def tab_of(path: str | None) -> str:
    """The tab of an address; feeds for one that we do not know."""
    name = (path or "").removeprefix("/admin").strip("/")
    return name if name in TABS else "feeds"


def tabs(path: str | None) -> list[Any]:
    """The way to each tab; the present one is marked."""
    return [*(_tab(name, tab_of(path)) for name in TABS), _way(text.say("admin.drop"), DROP)]


def _tab(name: str, here: str) -> dcc.Link:
    words = text.say(f"admin.{name}")
    return dcc.Link(words, href=f"/admin/{name}", className="on" if name == here else "")


def _way(words: str, href: str) -> html.A:
    return html.A(words, href=href)


def body(path: str | None) -> Any:
    """The empty tab of an address; its callbacks fill it."""
    return TABS[tab_of(path)]()


def served_by(path: str | None) -> bool:
    """Whether a Dash instance at this path shows the administration."""
    return (path or "").startswith("/admin")
