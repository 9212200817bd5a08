"""Accounts at the broker: mosquitto's password, ACL and TLS files from the file of sources.

Every source may publish to its own topics and hear nothing but what it is asked; only the city
hears all. See docs/deployment.md.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.domain.broker_passwords import hashed
from app.errors import BadConfiguration
from streams import filters
from streams.inbox import CODECS
from streams.sourcefile import filters_of
from streams.sources import Source

OWN = "city-senders"  # who speaks our own topics: gateways, the hotline, the phones' gateway
CONSUMER = "chengyun"  # the city itself, unless the settings name another
# what a dialect asks its devices, so that they may hear it and the city may say it
ASKS = {"sparkplug": ("spBv1.0/+/NCMD/+", "spBv1.0/+/DCMD/+/+", "spBv1.0/STATE/+")}
WORD = re.compile(r"[^\x00-\x1f\x7f]+")

LISTENER = """\
# The border of the city: TLS, a password and an ACL for everybody. Put the three files of this
# folder and the certificate where mosquitto may read them, and include this one.
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/acl
# no payload is larger than 1 MiB; a packet has a topic besides
max_packet_size 1052672

listener 8883
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
tls_version tlsv1.2
# with certificates instead of passwords:
# require_certificate true
# use_identity_as_username true
"""


class Account(NamedTuple):
    """One user at the broker: what it may say and what it may hear."""

    user: str
    says: tuple[str, ...]
    hears: tuple[str, ...]


def accounts(sources: Sequence[Source], consumer: str = "") -> list[Account]:
    """The accounts of the sources that come by MQTT, of our own topics, and of the city.

    Raises BadConfiguration when a topic cannot stand in an ACL.
    """
    own = tuple(template.subscription for template, _ in CODECS)
    says: dict[str, list[str]] = {OWN: list(own)}
    hears: dict[str, list[str]] = {}
    everything, asks = list(own), list[str]()
    for source in sources:
        topics = [filters.subscription(text) for text in filters_of(source)]
        if source.by != "mqtt" or not topics:  # HJ 212 comes by TCP alone
            continue
        user = source.user or source.name
        says.setdefault(user, []).extend(topics)
        hears.setdefault(user, []).extend(ASKS.get(source.dialect, ()))
        everything += topics
        asks += ASKS.get(source.dialect, ())
    city = consumer or CONSUMER
    if city in says:
        raise BadConfiguration([f"user {city} is the city itself; give the source another `user`"])
    found = [Account(city, _once(asks), _once(everything))]
    found += [Account(user, _once(said), _once(hears.get(user, []))) for user, said in says.items()]
    _plain(found)
    return found


def acl(every: Sequence[Account]) -> str:
    """The text of mosquitto's ACL file: what is not named is refused."""
    lines = ["# written by run.py feeds accounts; who is not named here may do nothing"]
    for account in every:
        lines += ["", f"user {account.user}"]
        lines += [f"topic write {topic}" for topic in account.says]
        lines += [f"topic read {topic}" for topic in account.hears]
    return "\n".join(lines) + "\n"


def write(folder: Path, every: Sequence[Account], renew: Sequence[str] = ()) -> dict[str, str]:
    """Write passwords, acl and, the first time, border.conf; returns new passwords by user.

    Who has a password keeps it, unless he is to `renew`; who is no account any more loses it.
    The passwords stand in no file: what is returned is shown once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "passwords"
    kept = _known(file)
    given: dict[str, str] = {}
    lines = []
    for user in (account.user for account in every):
        if user not in kept or user in renew:
            given[user] = secrets.token_urlsafe(24)
            kept[user] = hashed(given[user], secrets.token_bytes(12))
        lines.append(f"{user}:{kept[user]}\n")
    if not (folder / "border.conf").exists():  # it may have been changed for this broker
        _private(folder / "border.conf", LISTENER.format(folder=folder.absolute()))
    _private(folder / "acl", acl(every))
    _private(file, "".join(lines))
    return given


def _known(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition(":") for line in lines if line.strip())
    return {user: rest for user, _, rest in pairs}


def _private(file: Path, text: str) -> None:
    """Write for the owner alone, whole or not at all."""
    made = file.with_name(file.name + ".new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    if file.exists() and os.geteuid() == 0:  # the broker's own user keeps it
        os.chown(made, file.stat().st_uid, file.stat().st_gid)
    made.replace(file)


def _once(topics: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(topics))


def _plain(every: Sequence[Account]) -> None:
    """A line break in a topic would be a rule of its own."""
    odd = [t for account in every for t in account.says + account.hears if not WORD.fullmatch(t)]
    if odd:
        raise BadConfiguration([f"topic {topic!r} cannot stand in an ACL" for topic in odd])
