"""Imported boundaries of a city: one file, replaced in one step, read whenever a tree is opened."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from geodata.area import AreaLevel


class Border(msgspec.Struct, array_like=True, frozen=True):
    """One imported area as it was read: WGS-84 WKB, repaired, but not yet fitted to its parent."""

    code: str
    name: str
    level: AreaLevel
    parent: str
    polygon: bytes


class Taken(msgspec.Struct, frozen=True):
    """Where boundaries came from: `digest` is SHA-256 of the file, `at` ISO-8601 UTC."""

    level: AreaLevel
    file: str
    digest: str
    crs: str
    count: int
    at: str


class Edition(msgspec.Struct, frozen=True):
    """All that was imported for a city, newest last; borders in code order."""

    taken: tuple[Taken, ...] = ()
    borders: tuple[Border, ...] = ()

    def under(self, parent: str, level: AreaLevel) -> list[Border]:
        """The imported children of an area; empty where they are to be generated."""
        return [b for b in self.borders if b.parent == parent and b.level is level]

    def with_borders(self, taken: Taken, borders: list[Border]) -> Edition:
        """The edition after an import: all children of the parents it names are replaced."""
        parents = {border.parent for border in borders}
        kept = [b for b in self.borders if not (b.level is taken.level and b.parent in parents)]
        ordered = sorted([*kept, *borders], key=lambda border: border.code)
        return Edition((*self.taken, taken), tuple(ordered))

    @property
    def stamp(self) -> str:
        """A short hash of the borders, "" when there are none."""
        if not self.borders:
            return ""
        return hashlib.sha256(msgspec.msgpack.encode(self.borders)).hexdigest()[:12]


NONE = Edition()


def file_of(folder: Path, city: str, name: str = "") -> Path:
    """The one file that holds a city's imports: of areas, or of what has another name."""
    return folder / f"imported-{name and f'{name}-'}{city}.msgpack"


def before(file: Path) -> Path:
    """Where the imports stay that a file of them has replaced."""
    return file.with_suffix(".before")


def read(folder: Path | None, city: str, name: str = "") -> Edition:
    """What was imported for a city; an empty edition when nothing was.

    msgspec.DecodeError when the file is damaged: it is not ours to throw away.
    """
    if folder is None:
        return NONE
    try:
        raw = file_of(folder, city, name).read_bytes()
    except FileNotFoundError:
        return NONE
    return msgspec.msgpack.decode(raw, type=Edition)


def write(folder: Path, city: str, edition: Edition, name: str = "") -> Path:
    """Replace the file in one step; whoever reads it sees the old or the new one, whole.

    The one before stays beside it, to be put back by hand.
    """
    file = file_of(folder, city, name)
    folder.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as out:
        out.write(msgspec.msgpack.encode(edition))
        out.flush()
        os.fsync(out.fileno())
    if file.is_file():
        shutil.copyfile(file, before(file))
    draft.replace(file)
    return file
