"""Which files of the history count, and how many small ones become one large one.

A folder (one day, one district) has four kinds of files: `part-…` as the archive has flushed it,
`merged-1-…` made of parts, `merged-2-…` made of those, and `closed-…` made of all that there is
once no more is expected; so each row is written four times at most.

Merging: 1. write the rows as a draft; 2. write the list of what it is made of; 3. rename the
draft; 4. delete what it is made of; 5. delete the list. A merged file hides what its list names,
so the third step is the moment at which readers change over. Whoever is killed in between leaves
a list: it is carried through when the merged file is there, else forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FAN_IN = 32  # so many files of one kind become one of the next
PART, CLOSED = "part-", "closed-"
KINDS = (PART, "merged-1-", "merged-2-")

Merge = Callable[[Sequence[Path], Path], None]  # reads the files, writes the draft


@dataclass(frozen=True)
class Merging:
    """How files are merged: `merge` writes the rows, `forget` is told of each file that goes.

    `settled` is held while files are looked for: within it no file may be one that is going to
    be written again.
    """

    merge: Merge
    forget: Callable[[Path], None] = lambda _: None
    settled: Callable[[], AbstractContextManager[None]] = nullcontext


def visible(folder: Path) -> list[Path]:
    """The files that together hold every row once, by name."""
    names = {path.name for path in folder.glob("*.parquet")}
    hidden: set[str] = set()
    for name in names:
        if not name.startswith(PART):
            hidden.update(_made_of(_list_of(folder / name)))
    return sorted(folder / name for name in names - hidden)


def compact(folder: Path, merging: Merging) -> int:
    """Finish what a killed process has begun, then merge what is many; returns how many files.

    For the one process that writes the history. OSError when the disk is full.
    """
    finish(folder, merging)
    merged = 0
    for kind, larger in zip(KINDS, KINDS[1:], strict=False):
        with merging.settled():
            small = sorted(folder.glob(f"{kind}*.parquet"), key=_age)
        while len(small) >= FAN_IN:
            _merge(folder, small[:FAN_IN], larger, merging)
            merged += FAN_IN
            small = small[FAN_IN:]
    return merged


def close(folder: Path, merging: Merging, *, apart: bool = False) -> int:
    """Make one file of all there is; returns of how many, 0 when it is one already.

    What still comes later is merged with it by closing the folder again; `apart` makes a closed
    file of its own of that, for folders whose closed files no longer hold all of their rows.
    """
    finish(folder, merging)
    with merging.settled():
        found = visible(folder)
    if apart:
        found = [path for path in found if not path.name.startswith(CLOSED)]
    if not found or (len(found) == 1 and found[0].name.startswith(CLOSED)):
        return 0
    _merge(folder, found, CLOSED, merging)
    return len(found)


def put(draft: Path, path: Path) -> None:
    """Give a written draft its name, lasting on return."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def finish(folder: Path, merging: Merging) -> None:
    """Carry through or forget what a killed process has begun to merge."""
    for draft in (*folder.glob(f"{CLOSED}*.tmp"), *folder.glob("merged-*.tmp")):
        draft.unlink(missing_ok=True)
    for listed in folder.glob("*.listed"):
        listed.unlink(missing_ok=True)
    for listed in folder.glob("*.parts"):
        path = listed.with_suffix(".parquet")
        if path.exists():
            _forget(folder, path, merging)
        else:
            listed.unlink(missing_ok=True)


def _merge(folder: Path, small: Sequence[Path], larger: str, merging: Merging) -> None:
    names = [path.name for path in small]
    key = sha256("\n".join(names).encode()).hexdigest()[:16]
    path = folder / f"{larger}{key}.parquet"
    draft = path.with_suffix(".tmp")
    try:
        merging.merge(small, draft)
        listed = _list_of(path).with_suffix(".listed")
        listed.write_text("\n".join(names), encoding="utf-8")
        put(listed, _list_of(path))
        put(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)  # a full disk is not helped by what is half done
        raise
    _forget(folder, path, merging)


def _forget(folder: Path, path: Path, merging: Merging) -> None:
    """Delete what a merged file is made of, then the list of it."""
    for name in _made_of(_list_of(path)):
        merging.forget(folder / name)
        (folder / name).unlink(missing_ok=True)
    _sync(folder)
    _list_of(path).unlink(missing_ok=True)


def _list_of(path: Path) -> Path:
    return path.with_suffix(".parts")


def _made_of(listed: Path) -> Iterable[str]:
    try:
        return listed.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
