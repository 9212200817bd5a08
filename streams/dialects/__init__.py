"""The dialects of other systems: one module each, the same shape, opened by name.

A dialect module has

* `TOPICS`: the MQTT filters it is spoken on; empty when each source must name its own;
* `NEEDS_TOPICS = False` when it does not come by MQTT;
* `SAYS_REPORTS = True` when it brings reports, orders or warnings: they never wait behind readings,
  and its sources need no `kind`;
* `PERSONAL_PATHS` when it knows what is personal in its messages; else, with SAYS_REPORTS, the
  fields of a citizen (app/domain/personal.py) are, and in a message that is no JSON everything;
* `EVENT` when the end of its topics says what a message is: what `feeds try` takes without one;
* `reader(source) -> Reader`, one for the life of the process, called from one thread;
* where it takes settings of its own, `Options`, a frozen msgspec struct with
  forbid_unknown_fields, and `faults(source) -> list[str]` for what a type cannot say;
* where we speak it too, `write(...) -> (topic, payload)`.

`read` raises Rejected and nothing else. After a redelivery it may get a message again, or a run of
them: it must say the same readings again, which then have no effect.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar, cast

from app.domain.readings import DeviceStatus, Telemetry
from app.domain.reports import HotlineOrder, Report
from app.domain.warnings import Warning
from app.errors import Rejected
from app.services.ingest import Filed

if TYPE_CHECKING:
    from streams.sources import Source

NAMES = (
    "profile",
    "chirpstack",
    "thethings",
    "senml",
    "sparkplug",
    "ngsi",
    "sensorthings",
    "homeassistant",
    "tasmota",
    "zigbee2mqtt",
    "shelly",
    "hj212",
    "orders",
    "table",
    "cap",
    "cnwarning",
)


class Known(NamedTuple):
    """A message that is understood and is no reading: counted as "known:<what>"."""

    what: str


class Ask(NamedTuple):
    """A message that the dialect wants sent, e.g. a request for a rebirth."""

    topic: str
    payload: bytes


# a Rejected among the things is one bad record of a message whose others are good
T = TypeVar("T")
Thing = Telemetry | DeviceStatus | Known | Ask | Rejected | Filed | Report | HotlineOrder | Warning


class Reader(Protocol):
    """Translates one source's messages; may remember what it has read."""

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things, at least one; raises Rejected. `arrived` is epoch ms."""


class Dialect(Protocol):
    """What a dialect module offers."""

    TOPICS: tuple[str, ...]

    def reader(self, source: Source) -> Reader:
        """A reader of this source's messages."""


def dialect(name: str) -> Dialect:
    """The module of a dialect, imported when it is first used; KeyError when there is none."""
    if name not in NAMES:
        raise KeyError(name)
    return cast(Dialect, importlib.import_module(f"streams.dialects.{name}"))


def says_reports(name: str) -> bool:
    """Whether a dialect brings reports, orders or warnings instead of readings."""
    return bool(getattr(dialect(name), "SAYS_REPORTS", False))


def one_by_one(records: Sequence[T], read: Callable[[T], list[Thing]]) -> list[Thing]:
    """All records of one message: a bad one stands among the others; alone it is raised."""
    things: list[Thing] = []
    for record in records:
        try:
            things += read(record)
        except Rejected as why:
            if len(records) == 1:
                raise
            things.append(why)
    return things
