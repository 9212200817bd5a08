"""Webhooks: POST /in/<source> takes a message in any dialect, see docs/protocols/webhook.md."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, OrderedDict
from contextlib import ExitStack
from threading import Lock
from typing import Any

from flask import Blueprint, Response, current_app, request

from app.city import City
from app.domain.tokens import webhook as scope_of
from app.errors import NotFound, Rejected
from app.services.aside import aside
from app.web.errors import shape
from streams.dialects import Ask, Known
from streams.doors import bodies, callers
from streams.feeds import Feed, Feeds, Sorted, Told
from streams.inbox import Batch, write
from streams.sourcefile import load

KEPT = 200  # messages of which we wait for a second delivery, since a store was away
LARGE = 64 * 1024  # bytes; 1 MiB of XML would stop everybody else for most of a second
SHOWN = 100  # refusals in an answer; the dead letters have all
TAIL = re.compile(r"[\w.:@-]{1,64}(?:/[\w.:@-]{1,64}){0,7}")


def door(city: City) -> Blueprint:
    """The addresses of all sources with `by: webhook`; BadConfiguration when the file is wrong."""
    settings = city.settings
    takers = {
        source.name: Taker(city, Feeds([source]))
        for source in (load(settings.sources) if settings.sources else ())
        if source.by == "webhook"
    }
    pages = Blueprint("webhook", __name__)

    @pages.post("/in/<source>")
    @pages.post("/in/<source>/<path:tail>")
    def take(source: str, tail: str = "") -> Response:
        body, more = bodies.raw(), tail or request.args.get("event", "")
        with callers.admitted(city, scope_of(source), body, more):
            taker = takers.get(source)
            if taker is None:
                raise NotFound("没有这个来源，或它不以 webhook 接入。")
            told = taker.take(_topic(source, more), bodies.unpacked(body))
        return _answer(told)

    return pages


class Taker:
    """Reads and writes one source's messages, one after another: its reader knows one thread."""

    def __init__(self, city: City, feeds: Feeds) -> None:
        self._city = city
        self._feeds = feeds
        self._lock = Lock()
        self._unwritten: OrderedDict[bytes, Told] = OrderedDict()

    def take(self, topic: str, payload: bytes) -> Told:
        """What the message says, which is then safe; Unavailable when a store is away.

        A reader remembers what it has read, so a message that could not be written is not read
        again when its sender brings it again: it says what it said.
        """
        with self._lock:
            key = hashlib.sha256(f"{topic}\n".encode() + payload).digest()
            told = self._unwritten.pop(key, None) or self._read(topic, payload)
            with ExitStack() as broken_off:
                broken_off.callback(self._keep, key, told)
                _write(self._city, told)
                broken_off.pop_all()
            return told

    def _keep(self, key: bytes, told: Told) -> None:
        self._unwritten[key] = told
        if len(self._unwritten) > KEPT:
            self._unwritten.popitem(last=False)

    def _read(self, topic: str, payload: bytes) -> Told:
        arrived = int(self._city.now().timestamp() * 1000)
        feed: Feed | None = self._feeds.hearing(topic)
        if feed is None:
            raise NotFound("没有这个来源，或它不以 webhook 接入。")
        self._feeds.fresh()
        if len(payload) < LARGE:
            return feed.read(topic, payload, arrived)
        return aside(lambda: feed.read(topic, payload, arrived))


def _write(city: City, told: Told) -> None:
    batch = Batch([], [], [], [], [], [], Counter())
    pile = Sorted(
        batch.telemetry, batch.statuses, batch.refused, batch.asks, batch.counts, batch.reports
    )
    pile.take(told)
    write(city, batch, told.arrived)


def _topic(source: str, more: str) -> str:
    """What the dialect hears: webhook/<source>, then what the address or ?event= adds."""
    if more and not TAIL.fullmatch(more):
        raise NotFound("地址不正确。")
    return f"webhook/{source}/{more}" if more else f"webhook/{source}"


def _answer(told: Told) -> Response:
    refused = [thing for thing in told.things if isinstance(thing, Rejected)]
    known = sum(isinstance(thing, Known | Ask) for thing in told.things)
    taken = len(told.things) - known - len(refused)
    said: dict[str, Any] = {
        "taken": taken,
        "known": known,
        "refused": [{"reason": why.reason, "detail": why.detail} for why in refused[:SHOWN]],
    }
    nothing = bool(refused) and not taken and not known
    if nothing:
        said |= shape("refused", "内容未被接受，已存入死信。", {"reason": refused[0].reason})
    body = current_app.json.dumps(said)
    return Response(body, 422 if nothing else 202, mimetype="application/json")
