"""The address of a page is its state: what is looked at stands in the query of the URL."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from app.domain import ground
from app.domain.kinds import ECONOMY, GOVERN, SAFETY, SOCIAL

DOMAINS = (GOVERN, SOCIAL, SAFETY, ECONOMY)


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """What the wall looks at; `tab` is a domain or None for all of them."""

    area: str | None = None
    tab: str | None = None
    alert: str | None = None
    case: str | None = None
    device: str | None = None
    figure: str | None = None  # what the areas are coloured by; None is the first
    outside: str | None = None  # what of a link that was sent the user may not see (app/web/links)

    def query(self) -> str:
        """Return the query that stands for this address, "" when nothing is chosen."""
        chosen = {k: v for k, v in msgspec.structs.asdict(self).items() if v}
        return f"?{urlencode(chosen)}" if chosen else ""

    def to(self, **changes: Any) -> Address:
        """Return the address with some parts replaced; what was outside is told once."""
        return msgspec.structs.replace(self, **{"outside": None, **changes})


def read(query: str | None) -> Address:
    """Read the query of a URL; what is unknown or of no sense is left out."""
    found = dict(parse_qsl((query or "").lstrip("?")))
    known = {name: found.get(name) or None for name in Address.__struct_fields__}
    if known["tab"] not in DOMAINS:
        known["tab"] = None
    if known["area"] is not None and not known["area"].isdigit():
        known["area"] = None
    if known["figure"] not in ground.BY_CODE:
        known["figure"] = None
    return Address(**known)


def map_view(query: str | None) -> tuple[float, float, float] | None:
    """Return where a link puts the map (lon, lat, zoom), None when it does not say."""
    said = dict(parse_qsl((query or "").lstrip("?"))).get("view", "").split(",")
    try:
        lon, lat, zoom = (float(part) for part in said)
    except ValueError:
        return None
    real = abs(lon) <= 180 and abs(lat) <= 90 and 0 <= zoom <= 24  # noqa: PLR2004
    return (lon, lat, zoom) if real else None


def choose(here: Address, action: str, done: dict[str, Any]) -> Address:
    """Return where an action of the live layer leads: `done` is what its store holds."""
    thing = done.get("id")
    if action in ("act-tab", "act-figure", "act-area"):
        return here.to(**_sight(action, thing))
    if action == "act-select-alert" and done.get("value") == "auto" and here.case:
        return here  # a new alert does not take the officer away from the case he works on
    if action == "act-select-alert":
        return here.to(alert=thing, case=None, device=None)
    if action == "act-select-case":
        return here.to(case=thing, alert=None, device=None)
    if action == "act-device":
        return here.to(device=thing, alert=None, case=None)
    if action == "act-found":
        return _found(here, done)
    return here


def _sight(action: str, thing: Any) -> dict[str, Any]:
    """Return what changes of the place and of its figures."""
    if action == "act-tab":
        return {"tab": thing if thing in DOMAINS else None}
    if action == "act-figure":
        return {"figure": None if thing == ground.FIRST else thing}
    return {"area": thing}


def _found(here: Address, done: dict[str, Any]) -> Address:
    """Return the address of something that the search has found."""
    kind = str(done.get("value"))
    if kind not in ("area", "alert", "case", "device"):
        return here
    bare = here.to(alert=None, case=None, device=None)
    return bare.to(**{kind: done.get("id")})


def up(here: Address, what: str | None, parent: str | None) -> Address:
    """Return the address after Esc: first the card closes, then the area goes up."""
    if what == "card" or here.alert or here.case or here.device:
        return here.to(alert=None, case=None, device=None)
    return here.to(area=parent)


def hit(here: Address, click: dict[str, Any]) -> Address:
    """Return the address after a click on the map that hit exactly one mark."""
    hits = click.get("hits") or []
    if len(hits) != 1:
        return here
    one = hits[0]
    if one["type"] == "alert":
        return here.to(alert=one["id"], case=None, device=None)
    if one["type"] == "case":
        return here.to(case=one["id"], alert=None, device=None)
    if one["type"] == "device":
        return here.to(device=f"n:{one['n']}", alert=None, case=None)
    return here
