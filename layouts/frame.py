"""What every page has: its address, who is signed in, the message slot and the banner."""

from __future__ import annotations

import json
from typing import Any

from dash import dcc, html

from app.domain.kinds import KINDS
from layouts import ids, parts, text

SHAPES = {
    "gas": "hexagon",
    "waterlogging": "drop",
    "rain": "drop",
    "river": "drop",
    "pump": "drop",
    "water_pressure": "drop",
    "bridge": "square",
    "smoke": "triangle",
    "electrical_fire": "triangle",
    "manhole": "diamond",
    "streetlight": "star",
    "traffic": "square",
    "crowd": "cross",
    "elevator": "square",
    "gateway": "diamond",
}


# An alert that is selected changes the address, but no figure: those listen to the rest of it.
SIGHT = """
function sight(search, seen) {
  const asked = new URLSearchParams(search || "");
  const kept = [...asked].filter(([name]) => ["area", "tab", "figure"].includes(name));
  const found = "?" + new URLSearchParams(kept).toString();
  return found === seen ? window.dash_clientside.no_update : found;
}
"""


def frame(page: dict[str, Any], *, on_map: bool, city: bool = True, view: str = "") -> list[Any]:
    """The invisible parts; `page` is views.page, `city` whether it shows anything of the city.

    `view` is what is looked at, where the layout knows it (data-view).
    """
    return [
        dcc.Location(id=ids.URL, refresh=False),
        dcc.Store(id=ids.ME, data=page),
        dcc.Store(id=ids.SIGHT),
        *(dcc.Store(id=name) for name in (*ids.PULSES, ids.SETTLED)),
        html.Div(
            id=ids.LIVE_CONFIG,
            hidden=True,
            **parts.attrs(data_config=config(page, on_map=on_map, city=city)),
        ),
        html.Div(id=ids.LIVE_VIEW, hidden=True, **parts.attrs(data_view=view)),
        html.Div(id=ids.BANNER, role="alert", hidden=True),
        html.Div(id=ids.MESSAGE, role="alert"),
        html.Div(id=ids.OUTSIDE, role="status"),
    ]


def config(page: dict[str, Any], *, on_map: bool, city: bool = True) -> str:
    """What the live layer must know once, as JSON (data-config)."""
    kinds = [
        {
            "code": kind.code,
            "name": text.kind(kind.code),
            "domain": kind.domain,
            "period_s": kind.period_s,
            "shape": SHAPES.get(kind.code, "circle"),
            "unit": kind.primary.unit,
            "digits": kind.primary.digits,
        }
        for kind in KINDS
    ]
    return json.dumps(
        {
            "map": on_map,
            "city": city,
            "locale": text.locale(),
            "user": page["me"]["id"],
            "scope": page["me"]["scope"],
            "kinds": kinds,
            "feeds": page["feeds"],
            "bases": page["bases"] if on_map else [],
            "role_dead_s": 10,
            "fly": on_map,
            "sound": on_map,
            "edition": page.get("edition"),
        },
        ensure_ascii=False,
    )


def light(name: str, words: str) -> html.Span:
    """A light of the title bar; the live layer sets its state and its words."""
    return html.Span(
        html.Span(words, **parts.attrs(data_light_text="")), id=name, className="light-dot"
    )


def account(page: dict[str, Any], *links: Any) -> html.Details:
    """The menu of who is signed in: other pages, and the way out."""
    me = page["me"]
    role = text.say(f"role.{me['role']}")
    leave = html.Form(
        html.Button(text.say("sign_out"), id=ids.SIGN_OUT, type="submit"),
        action="/logout",
        method="POST",
    )
    said = f"{text.say('user_menu')} {me['name']}"
    head = html.Summary(me["name"], **parts.attrs(aria_label=said))
    return html.Details([head, html.Div([html.Span(role), *links, leave])], className="account")


def outside(names: str | None) -> html.P | None:
    """What of a link lies outside the scope of whoever opened it; None when nothing does."""
    known = [name for name in (names or "").split(",") if f"outside.{name}" in text.WORDS]
    if not known:
        return None
    what = "、".join(text.say(f"outside.{name}") for name in known)
    return html.P(text.say("outside", what=what), className="outside")


def message(words: str, tone: str = "bad") -> html.Div:
    """One message for the slot; each new one starts its fading anew."""
    return html.Div(words, className=f"message {tone}")
