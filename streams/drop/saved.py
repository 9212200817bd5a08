"""Mappings that were saved on the page, and uploads that wait to be taken: files under var/drop."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import time
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import yaml

from app.config import Settings
from app.domain.people import User
from app.errors import BadConfiguration, Invalid, NotFound
from layouts import text
from streams.sourcefile import load, read
from streams.sources import Source

DIALECT = "table"
WAITS_S = 3600  # default: an upload that nobody takes is gone after an hour
UPLOADS = 5  # of one person
_TOKEN = re.compile(r"[0-9a-f]{32}")


def sources(settings: Settings) -> list[Source]:
    """All mappings: those of the city's file of sources first, then those saved on the page.

    A saved one that can no longer be read is left out; the page then proposes anew.
    """
    found = [each for each in _configured(settings) if each.dialect == DIALECT]
    taken = {each.name for each in _configured(settings)}
    for path in sorted(_folder(settings, "sources").glob("*.yaml")):
        try:
            found += [each for each in load(path) if each.name not in taken]
        except BadConfiguration:
            continue
    return found


def named(settings: Settings, name: str) -> Source:
    """One mapping; NotFound."""
    found = next((each for each in sources(settings) if each.name == name), None)
    if found is None:
        raise NotFound(text.say("drop.no_mapping"))
    return found


def save(settings: Settings, given: dict[str, Any]) -> Source:
    """Keep a mapping, in the form of a file of sources; Invalid with all that is wrong."""
    file = yaml.safe_dump({"sources": [given]}, allow_unicode=True, sort_keys=False)
    made, faults = read(file, "mapping")
    if any(each.name == given.get("name") for each in _configured(settings)):
        faults.append(f"`name`: {text.say('drop.name_taken')}")
    if faults:
        plain = {f"{n}": fault.partition(": ")[2] or fault for n, fault in enumerate(faults)}
        raise Invalid(text.say("drop.bad_mapping"), fields=plain)
    path = _folder(settings, "sources") / f"{made[0].name}.yaml"
    _write(path, file.encode())
    return made[0]


def keep(settings: Settings, user: User, content: bytes) -> str:
    """Keep an upload of a person until it is taken; the token that names it."""
    folder = _folder(settings, "uploads")
    _sweep(folder)
    own = sorted(folder.glob(f"{_owner(user)}-*"), key=lambda path: path.stat().st_mtime)
    for path in own[: max(0, len(own) - UPLOADS + 1)]:
        path.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    _write(folder / f"{_owner(user)}-{token}", content)
    return token


def upload(settings: Settings, user: User, token: str) -> bytes:
    """The bytes of a person's own upload; NotFound when it is no more."""
    path = _upload(settings, user, token)
    if not path.is_file() or time.time() - path.stat().st_mtime > WAITS_S:
        raise NotFound(text.say("drop.gone"))
    return path.read_bytes()


def forget(settings: Settings, user: User, token: str) -> None:
    """Remove an upload that was taken."""
    _upload(settings, user, token).unlink(missing_ok=True)


def _upload(settings: Settings, user: User, token: str) -> Path:
    if not _TOKEN.fullmatch(token):
        raise NotFound(text.say("drop.gone"))
    return _folder(settings, "uploads") / f"{_owner(user)}-{token}"


def _owner(user: User) -> str:
    return hashlib.sha256(user.id.encode()).hexdigest()[:16]


def _configured(settings: Settings) -> list[Source]:
    return load(settings.sources) if settings.sources else []


def _folder(settings: Settings, name: str) -> Path:
    folder = settings.var / "drop" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > WAITS_S:
            path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for our user alone (mkstemp makes it so)."""
    handle, name = mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    Path(name).replace(path)
