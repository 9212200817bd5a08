"""What the administrator's other pages read: one letter, a whole pile, the tokens, the ground."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec

from app.city import City
from app.domain.people import User, Verb, require
from app.domain.tokens import Token
from app.errors import NotFound
from app.services import letters, tokens

Row = dict[str, Any]
AT_ONCE = letters.AT_ONCE


def letter(city: City, user: User, letter_id: str) -> Row:
    """Return one dead letter as a row of letters.search; NotFound when it has gone meanwhile."""
    require(user, Verb.ADMINISTER)
    found = city.live.abouts_of([letter_id])
    if not found:
        raise NotFound("这封死信已被重放或丢弃，请刷新列表。")
    told: Row = msgspec.structs.asdict(found[0])
    del told["payload"]  # the preview is what may be shown of it
    return told


def replay_pile(city: City, user: User, source: str, reason: str) -> int:
    """Ask for the replay of every letter of a source and reason; returns how many are queued."""
    every = list(_pile(city, user, source, reason))  # replayed ones lead to no older ones
    return sum(letters.replay(city, user, ids) for ids in every)


def drop_pile(city: City, user: User, source: str, reason: str, note: str) -> int:
    """Drop every letter of a source and reason; returns how many there were."""
    every = list(_pile(city, user, source, reason))  # dropped ones lead to no older ones
    return sum(letters.drop(city, user, ids, note) for ids in every)


def _pile(city: City, user: User, source: str, reason: str) -> Iterator[list[str]]:
    before = ""
    while True:
        rows = letters.search(
            city, user, source=source, reason=reason, before=before, limit=AT_ONCE
        )
        if rows:
            yield [row["id"] for row in rows]
        if len(rows) < AT_ONCE:
            return
        before = rows[-1]["id"]


def listed_tokens(city: City, user: User) -> list[Row]:
    """Return every token, those in force first, then the newest; `valid` says which are."""
    now = city.now()
    found = sorted(tokens.listed(city, user), key=lambda token: token.issued_at, reverse=True)
    rows = [{**msgspec.to_builtins(token), "valid": token.is_valid(now)} for token in found]
    return sorted(rows, key=lambda row: not row["valid"])


def issue_token(
    city: City, user: User, *, source: str, scopes: tuple[str, ...], per_minute: int, days: int
) -> tuple[Token, Row]:
    """Issue a token for so many days; returns it and {"secret", "signing_key"}, shown once.

    The key is for webhooks alone; "" when the token opens none.
    """
    expires = city.now() + timedelta(days=days)
    token, secret = tokens.issue(
        city, user, source=source, scopes=scopes, per_minute=per_minute, expires=expires
    )
    signs = any(scope.startswith("webhook:") for scope in scopes)
    key = tokens.signing_key(city, token.id) if signs else ""
    return token, {"secret": secret, "signing_key": key}


def ground(city: City, user: User) -> Row:
    """Return the streets of the city as GeoJSON with its bounds, to click a device's place on."""
    require(user, Verb.ADMINISTER)
    home = city.areas.home
    west, south, east, north = home.polygon.bounds
    streets: Row = city.areas.geojson(home.code)
    return {"streets": streets, "bounds": [[south, west], [north, east]]}
