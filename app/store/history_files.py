"""Which files of the history count, and how many small ones become one large one.

A folder (one day, one district) has three kinds of files: `part-…` as the archive has flushed it,
`merged-1-…` made of parts, `merged-2-…` made of those; so each row is written three times at most.

Merging: 1. write the rows as a draft; 2. write the list of what it is made of; 3. rename the
draft; 4. delete what it is made of; 5. delete the list. A merged file hides what its list names,
so the third step is the moment at which readers change over. Whoever is killed in between leaves
a list: it is carried through when the merged file is there, else forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

FAN_IN = 32  # so many files of one kind become one of the next
KINDS = ("part-", "merged-1-", "merged-2-")

Merge = Callable[[Sequence[Path], Path], None]  # reads the files, writes the draft


def visible(folder: Path) -> list[Path]:
    """The files that together hold every row once, by name."""
    names = {path.name for path in folder.glob("*.parquet")}
    hidden: set[str] = set()
    for name in names:
        if not name.startswith(KINDS[0]):
            hidden.update(_made_of(_list_of(folder / name)))
    return sorted(folder / name for name in names - hidden)


def compact(folder: Path, merge: Merge) -> int:
    """Finish what a killed process has begun, then merge what is many; returns how many files.

    For the one process that writes the history. OSError when the disk is full.
    """
    _finish(folder)
    merged = 0
    for kind, larger in zip(KINDS, KINDS[1:], strict=False):
        small = sorted(folder.glob(f"{kind}*.parquet"), key=_age)
        while len(small) >= FAN_IN:
            _merge(folder, small[:FAN_IN], larger, merge)
            merged += FAN_IN
            small = small[FAN_IN:]
    return merged


def put(draft: Path, path: Path) -> None:
    """Give a written draft its name, lasting on return."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _merge(folder: Path, small: Sequence[Path], larger: str, merge: Merge) -> None:
    names = [path.name for path in small]
    key = sha256("\n".join(names).encode()).hexdigest()[:16]
    path = folder / f"{larger}{key}.parquet"
    draft = path.with_suffix(".tmp")
    merge(small, draft)
    listed = _list_of(path).with_suffix(".listed")
    listed.write_text("\n".join(names), encoding="utf-8")
    put(listed, _list_of(path))
    put(draft, path)
    _forget(folder, path)


def _forget(folder: Path, path: Path) -> None:
    """Delete what a merged file is made of, then the list of it."""
    for name in _made_of(_list_of(path)):
        (folder / name).unlink(missing_ok=True)
    _sync(folder)
    _list_of(path).unlink(missing_ok=True)


def _finish(folder: Path) -> None:
    for draft in (*folder.glob("*.tmp"), *folder.glob("*.listed")):
        draft.unlink(missing_ok=True)
    for listed in folder.glob("*.parts"):
        path = listed.with_suffix(".parquet")
        if path.exists():
            _forget(folder, path)
        else:
            listed.unlink(missing_ok=True)


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
