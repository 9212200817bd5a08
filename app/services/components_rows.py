"""Rows of a file of components, checked: what fits becomes columns, the rest is counted by reason.

Legacy marks (16 digits, GB/T 30428.2-2013) become marks of 2026 where the catalogue has a
successor. Everything works on whole chunks; a single row is looked at only when it is odd.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.catalogue import component
from app.domain.components import FIELDS, SAID
from app.errors import Invalid
from geodata.areas import AreaTree
from geodata.codes import component_fault
from geodata.components_file import Chunk, ComponentFile, in_wgs84

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = Callable[[int], str]  # what is said of a row

SHOWN = 5  # examples of each reason
SERIALS = 1_000_000
X_NAMES = ("lon", "lng", "longitude", "x", "经度", "jd")
Y_NAMES = ("lat", "latitude", "y", "纬度", "wd")
TEXT = tuple(f.name for f in FIELDS if f.name not in ("code", "state"))
NUMBER = r"^\s*[-+]?\d{1,12}(\.\d{1,18})?([eE][-+]?\d{1,2})?\s*$"


@dataclass
class Tally:
    """What was odd: rows that are not taken by reason, with examples, and notes on taken ones."""

    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    lost: list[tuple[Floats, Floats]] = field(default_factory=list)  # x, y outside the city

    def refuse(self, reason: str, which: Flags, said: Words) -> None:
        """Count the rows that are refused for a reason; `said` gives the words of row i."""
        at = np.flatnonzero(which)
        if not len(at):
            return
        self.refused[reason] += len(at)
        known = self.examples.setdefault(reason, [])
        known += [said(int(i)) for i in at[: SHOWN - len(known)]]


class Taken(NamedTuple):
    """Rows that fit: the mark as a number, kind, state, place, area index, and their text."""

    code: Ints
    kind: Ints
    state: Ints
    lon: Floats
    lat: Floats
    area: Ints
    table: Any


@dataclass(frozen=True)
class Reading:
    """How a file is read: our field names → its columns, the columns of a place, and its system."""

    fields: Mapping[str, str]
    x: str
    y: str
    crs: str


def reading(file: ComponentFile, crs: str, told: Mapping[str, str]) -> Reading:
    """Find the columns by their titles; `told` names others, by abbreviation, title, x or y.

    Invalid says what is missing.
    """
    by_word = {name.strip().lower(): name for name in file.columns}
    known = {word: f.name for f in FIELDS for word in (f.abbr.lower(), f.name, f.title)}
    for word, column in told.items():
        if column not in file.columns:
            raise Invalid(f"文件没有“{column}”这一列。", fields={"--mapping": ", ".join(by_word)})
        if word.lower() not in {**known, "x": "", "y": ""}:
            raise Invalid(f"没有“{word}”这个字段。", fields={"--mapping": ", ".join(known)})
    fields = {known[word]: name for word, name in by_word.items() if word in known}
    fields |= {known[w.lower()]: c for w, c in told.items() if w.lower() in known}
    if "code" not in fields:
        wanted = {"--code-field": ", ".join(file.columns)}
        raise Invalid("找不到管理部件标识码（GLBJBSM）一列。", fields=wanted)
    x = told.get("x") or next((by_word[n] for n in X_NAMES if n in by_word), "")
    y = told.get("y") or next((by_word[n] for n in Y_NAMES if n in by_word), "")
    if not file.shaped and not (x and y):
        raise Invalid("找不到坐标列。", fields={"--mapping": "x=…,y=…"})
    if not (crs or file.crs):
        systems = "wgs84, cgcs2000, gcj02, bd09, epsg:N"
        raise Invalid("文件没有说明坐标系。", fields={"--crs": systems})
    return Reading(fields, x, y, (crs or file.crs).lower())


def check(chunk: Chunk, how: Reading, tree: AreaTree, tally: Tally) -> Taken:
    """Take what fits of one chunk; everything else goes into the tally."""
    table = chunk.table
    text = _text(table, how.fields["code"])
    tally.rows += len(table)

    def row(i: int) -> str:
        return f"row {chunk.numbers[i]}: {text[i].as_py()!r}"

    code, kind, good = _marks(text, tally, row)
    state = _states(table, how.fields.get("state"), tally)
    tally.refuse("state", good & (state < 0), row)
    good &= state >= 0
    lon, lat, area = _places(chunk, how, tree, good, tally, row)
    good &= area >= 0
    _notes(code[good], area[good], tree, tally)
    kept = np.flatnonzero(good)
    own = _own(table, how.fields).take(kept)
    _missing(own, tally)
    return Taken(code[kept], kind[kept], state[kept], lon[kept], lat[kept], area[kept], own)


def _places(
    chunk: Chunk, how: Reading, tree: AreaTree, good: Flags, tally: Tally, row: Words
) -> tuple[Floats, Floats, Ints]:
    """Degrees and area of each good row; the area is -1 for what cannot be placed."""
    x, y = (chunk.x, chunk.y) if chunk.x is not None else _numbers(chunk.table, how)
    assert y is not None
    with np.errstate(over="ignore", invalid="ignore"):  # what is far from degrees is told below
        lon, lat = in_wgs84(x, y, how.crs)
    placed = good & np.isfinite(lon) & np.isfinite(lat)
    right = placed & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    area = np.full(len(lon), -1, np.int64)
    area[right] = located(tree, lon[right], lat[right])
    tally.refuse("place", good & ~placed, row)
    tally.refuse("degrees", placed & ~right, row)
    tally.refuse("outside", right & (area < 0), row)
    lost = placed & (area < 0)
    tally.lost.append((x[lost], y[lost]))
    return lon, lat, area


def located(tree: AreaTree, lon: Floats, lat: Floats) -> Ints:
    """The index of the finest area of each place, -1 outside the city."""
    codes = tree.locate(lon, lat) if len(lon) else []
    return np.fromiter((tree.grid_index(c) if c else -1 for c in codes), np.int64, len(codes))


def _text(table: Any, column: str) -> Any:
    from pyarrow import compute

    return compute.utf8_trim_whitespace(compute.fill_null(table[column], ""))


def _marks(text: Any, tally: Tally, row: Words) -> tuple[Ints, Ints, Flags]:
    """The marks of 2026 and kinds of all rows, and which rows have good ones."""
    import pyarrow as pa
    from pyarrow import compute

    right = compute.match_substring_regex(text, r"^\d{16,17}$").to_numpy()
    plain = compute.if_else(pa.chunked_array([right]), text, "0").cast(pa.int64()).to_numpy()
    old = right & (compute.utf8_length(text).to_numpy() == 16)
    serial = plain % SERIALS
    head = np.where(old, -(plain // SERIALS), plain // SERIALS)  # old heads are negative
    heads, where = np.unique(head, return_inverse=True)
    each = [_head(int(one)) for one in heads]
    kind = np.array([k for k, _ in each], np.int64)[where]
    valid = right & np.array([good for _, good in each], bool)[where] & (serial > 0)
    tally.refuse("code", ~valid, lambda i: f"{row(i)} {_why(text[i].as_py())}")
    known = valid & (kind > 0)
    tally.refuse("kind", valid & ~known, row)
    tally.notes["legacy"] += int((known & old).sum())
    district = np.where(old, plain // 10**10, plain // 10**11)
    return (district * 100_000 + kind) * SERIALS + serial, kind, known


def _head(head: int) -> tuple[int, bool]:
    """Kind (0: unknown) of district and type of a mark, and whether they are well formed."""
    old, digits = head < 0, abs(head)
    code = f"{digits:0{10 if old else 11}d}000001"
    found = component(code)
    return int(found.code5) if found else 0, component_fault(code) is None


def _why(code: str) -> str:
    fault = component_fault(code)
    return fault.value if fault else ""


def _states(table: Any, column: str | None, tally: Tally) -> Ints:
    """Indexes of the states, -1 for a word that is none; intact where nothing is said."""
    if column is None:
        tally.notes["state"] += len(table)
        return np.zeros(len(table), np.int64)
    coded = _text(table, column).combine_chunks().dictionary_encode()
    words = [str(word) for word in coded.dictionary.to_pylist()]
    index = coded.indices.to_numpy()
    found = np.array([SAID.get(word, -1) for word in words], np.int64)[index]
    tally.notes["state"] += int((np.array([w == "" for w in words], bool)[index]).sum())
    return found


def _numbers(table: Any, how: Reading) -> tuple[Floats, Floats]:
    """The columns of a place as numbers, NaN for what is none."""
    import pyarrow as pa
    from pyarrow import compute

    def column(name: str) -> Floats:
        text = compute.fill_null(table[name], "")
        fits = compute.match_substring_regex(text, NUMBER)
        plain = compute.if_else(fits, compute.utf8_trim_whitespace(text), "nan")
        found: Floats = plain.cast(pa.float64()).to_numpy()
        return found

    return column(how.x), column(how.y)


def _own(table: Any, fields: Mapping[str, str]) -> Any:
    """The text of our fields, "" for what the file does not have."""
    import pyarrow as pa

    none = pa.nulls(len(table), pa.string()).fill_null("")
    each = [_text(table, fields[name]) if name in fields else none for name in TEXT]
    return pa.table(each, names=list(TEXT))


def _missing(own: Any, tally: Tally) -> None:
    """Note the rows that lack what the standard demands (M)."""
    from pyarrow import compute

    for one in FIELDS:
        if one.duty == "M" and one.name in TEXT:
            empty = compute.sum(compute.equal(own[one.name], "")).as_py() or 0
            tally.notes[f"empty {one.abbr}"] += empty


def _notes(code: Ints, area: Ints, tree: AreaTree, tally: Tally) -> None:
    """Note the rows whose mark names another district than the one they lie in."""
    districts = np.array([int(grid.code[:6]) for grid in tree.grids], np.int64)
    if len(code):
        tally.notes["elsewhere"] += int((districts[area] != code // 10**11).sum())
