"""The `stream` key of a source: which Redis Stream of another system, and what of its entries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from redis.connection import parse_url

OWN = "cy:"  # the beginning of all keys of ours

Key = Annotated[str, Meta(min_length=1, max_length=200)]


class StreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the entries come from.

    `url` is redis:// or rediss://, or $NAME for one that stands in the environment; `group` is our
    consumer group; `field` holds the payload, "" makes the whole entry one JSON object.
    """

    url: Key
    stream: Key
    group: Key = "chengyun"
    field: Annotated[str, Meta(max_length=200)] = ""

    @property
    def address(self) -> str:
        """The URL itself; "" when the environment has none of this name."""
        return os.environ.get(self.url[1:], "") if self.url.startswith("$") else self.url

    @property
    def shown(self) -> str:
        """Server and stream for people, without user and password."""
        parts = urlsplit(self.address)
        place = parts.hostname or parts.path
        return f"{place}:{parts.port}/{self.stream}" if parts.port else f"{place}/{self.stream}"


def faults(given: StreamSettings | None, by: str) -> Iterator[str]:
    """What is wrong with it, and the mend; nothing is contacted."""
    if by != "stream":
        if given is not None:
            yield "`stream` is for a source with `by: stream`"
        return
    if given is None:
        yield "`stream` is missing: {url: redis://host:6379/0, stream: name}"
        return
    if given.stream.startswith(OWN):
        yield f"stream {given.stream!r} is one of ours; name the other system's"
    yield from _url(given)


def _url(given: StreamSettings) -> Iterator[str]:
    if not given.address:
        yield f"the environment has no {given.url[1:]}; set it to redis://user:password@host:6379/0"
        return
    try:
        found = parse_url(given.address)
        port = urlsplit(given.address).port
    except ValueError as why:
        yield f"`url` is no Redis address ({why}); write redis://user:password@host:6379/0"
        return
    if not found.get("host") and not found.get("path"):
        yield "`url` names no host; write redis://user:password@host:6379/0"
    if port == 0:
        yield "`url` has the port 0; Redis has 6379 by default"
