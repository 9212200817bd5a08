"""Warnings of others (CAP, 预警信号): chains of messages, what is in force, and its alerts.

A chain is an alert with the updates and the cancel that refer to it. Its newest message says all
there is to say, so that the order of arrival and repeated delivery make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import msgspec

from app.domain.alert_life import change, fact_of, renew
from app.domain.alerts import Alert, AlertChange, AlertStep, alert_id
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.people import WARNING

RULE = WARNING  # the rule of all alerts of warnings: no rule file has it
KIND = "warning"

Ring = tuple[tuple[float, float], ...]  # (lon, lat) in WGS-84 degrees
Circle = tuple[float, float, float]  # lon, lat, radius in m
Place = tuple[float | None, float | None]  # lon, lat as an alert has them


TEXTS = frozenset(
    {"event", "title", "issuer", "headline", "description", "instruction", "language"}
)


class MessageType(StrEnum):
    """What a message does to its chain; Ack and Error never come this far."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


# of messages of one moment the later in this row wins
_RANK = {MessageType.ALERT: 0, MessageType.UPDATE: 1, MessageType.CANCEL: 2}


class Reference(msgspec.Struct, frozen=True):
    """An earlier message; its time of sending is not needed to find it."""

    sender: str
    identifier: str


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """Where a level holds: 行政区划 codes, shapes, or names from the widest to the narrowest."""

    level: Level
    codes: tuple[str, ...] = ()
    polygons: tuple[Ring, ...] = ()
    circles: tuple[Circle, ...] = ()
    names: tuple[str, ...] = ()


class Warning(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a warning as the border hands it in; moments are epoch ms.

    `source` is the feed it came by: nobody updates or cancels the warnings of another feed.
    `expires` is always given, by the sender or by the source's own limit.
    """

    source: str
    identifier: str
    sender: str
    sent: int
    msg_type: MessageType
    event: str
    title: str
    domain: str
    issuer: str
    headline: str
    description: str
    expires: int
    instruction: str = ""
    language: str = ""
    onset: int | None = None
    references: tuple[Reference, ...] = ()
    zones: tuple[Zone, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of the message itself, then those of the messages it refers to."""
        every = (Reference(self.sender, self.identifier), *self.references)
        return tuple(dict.fromkeys(_key(self.source, each) for each in every))

    @property
    def order(self) -> tuple[int, int, str]:
        """Where the message stands among those of its chain; the highest speaks for it."""
        return self.sent, _RANK[self.msg_type], self.identifier


class ChainStatus(StrEnum):
    """Where a chain stands."""

    IN_FORCE = "in_force"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    MERGED = "merged"  # found to be part of another chain


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """A warning as it stands: what its newest message says, and which areas of ours it warns.

    `areas` are (area code, level); `next_due` is when it runs out.
    """

    id: str
    source: str
    sender: str
    identifier: str
    sent: int
    rank: int
    status: ChainStatus
    event: str
    title: str
    domain: str
    issuer: str
    headline: str
    description: str
    instruction: str
    language: str
    onset: datetime | None
    expires: datetime
    areas: tuple[tuple[str, Level], ...]
    changed_at: datetime
    next_due: datetime | None = None
    version: int = 1

    @property
    def order(self) -> tuple[int, int, str]:
        """As of the message that speaks for it."""
        return self.sent, self.rank, self.identifier

    @property
    def standing(self) -> dict[str, Level]:
        """The areas that are warned now, with their levels."""
        return dict(self.areas) if self.status is ChainStatus.IN_FORCE else {}


def _key(source: str, message: Reference) -> str:
    said = "\0".join((source, message.sender, message.identifier))
    return blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def follow(
    chain: Chain | None, said: Warning, areas: tuple[tuple[str, Level], ...], *, at: datetime
) -> Chain | None:
    """The chain after a message about these areas; None when a newer one has spoken already."""
    if chain and said.order <= chain.order:
        return None
    expires = datetime.fromtimestamp(said.expires / 1000, UTC)
    status = ChainStatus.IN_FORCE if at < expires else ChainStatus.EXPIRED
    if said.msg_type is MessageType.CANCEL:
        status = ChainStatus.CANCELLED
    told = {n: getattr(said, n) for n in Chain.__struct_fields__ if n in Warning.__struct_fields__}
    told |= {
        "rank": _RANK[said.msg_type],
        "status": status,
        "onset": None if said.onset is None else datetime.fromtimestamp(said.onset / 1000, UTC),
        "expires": expires,
        "areas": areas,
        "changed_at": at,
        "next_due": expires if status is ChainStatus.IN_FORCE else None,
    }
    if chain and status is ChainStatus.CANCELLED:
        # most cancels say nothing but whom they cancel: what was said stays to be read
        told = {name: value for name, value in told.items() if name not in TEXTS or value}
    if chain:
        return msgspec.structs.replace(chain, **told)
    return Chain(id=said.keys[0], **told)


def merge(chains: Iterable[Chain], *, at: datetime) -> tuple[Chain, list[Chain]]:
    """One chain out of several that a message has joined, and the others, which end as merged.

    The one that began first goes on; the newest message of all speaks for it.
    """
    first, *others = sorted(chains, key=lambda chain: (chain.changed_at, chain.id))
    newest = max((first, *others), key=lambda chain: chain.order)
    own = {"id": first.id, "version": first.version, "changed_at": at}
    ended = [
        msgspec.structs.replace(each, status=ChainStatus.MERGED, changed_at=at, next_due=None)
        for each in others
    ]
    return msgspec.structs.replace(newest, **own), ended


def run_out(chain: Chain, *, at: datetime) -> Chain | None:
    """The chain after its time; None when that has not come."""
    if chain.next_due is None or at < chain.next_due:
        return None
    return msgspec.structs.replace(chain, status=ChainStatus.EXPIRED, changed_at=at, next_due=None)


def device_of(chain_id: str, area: str) -> str:
    """What stands for the device in the alert of a chain and an area."""
    return f"{chain_id}@{area}"


def chain_of(device: str) -> str:
    """The chain of an alert's device."""
    return device.partition("@")[0]


def told(chain: Chain, step: AlertStep, area: str, place: Place) -> AlertChange:
    """What a chain says of one of its areas, as the ledger takes it; `place` is lon, lat."""
    level = chain.standing.get(area, Level.NONE)
    device = device_of(chain.id, area)
    return AlertChange(
        step=step,
        id=alert_id(device, RULE, chain.sent),
        rule=RULE,
        title=chain.title,
        device=device,
        device_name=chain.issuer,
        kind=KIND,
        domain=chain.domain,
        area=area,
        lon=place[0],
        lat=place[1],
        level=level,
        metric=RULE,
        value=float(level),
        threshold=0.0,
        unit="",
        at=_spoken(chain),
    )


def _spoken(chain: Chain) -> datetime:
    """When it became so: at the end of its time, else when its newest message was sent."""
    if chain.status is ChainStatus.EXPIRED:
        return chain.expires
    return datetime.fromtimestamp(chain.sent / 1000, UTC)


def revise(alert: Alert, by: AlertChange, *, at: datetime) -> tuple[Alert, Fact]:
    """The alert with a new message's level, title and issuer, and "alert.changed".

    The text lies in the chain, so there is a fact for a new message of the same level too. A
    higher level calls again, also for whoever has confirmed the lower one.
    """
    rises = by.level > alert.level
    moved = change(alert, by, at=at)
    after = moved[0] if moved else msgspec.structs.replace(alert, changed_at=at)
    after = msgspec.structs.replace(after, title=by.title, device_name=by.device_name)
    if rises:
        after = renew(after, at=at)
    return after, fact_of(after, "changed", at=at, by="clock")


def public(chain: Chain) -> dict[str, Any]:
    """What screens and facts show of a chain."""
    shown = ("issuer", "headline", "description", "instruction", "language", "event", "status")
    body: dict[str, Any] = {name: getattr(chain, name) for name in shown}
    return body | {
        "id": chain.id,
        "sent": chain.sent,
        "onset": chain.onset.isoformat() if chain.onset else None,
        "expires": chain.expires.isoformat(),
    }
