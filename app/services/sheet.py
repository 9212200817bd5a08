"""A table that a person has written (CSV, UTF-8 or GBK): its rows by our columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from app.errors import Invalid
from geodata import csv_rows

ENCODINGS = ("utf-8-sig", "gb18030")
MOST_BYTES = 20_000_000


def rows(
    file: Path, named: Callable[[list[str]], dict[str, str]], needed: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows by our columns, each with its number in the file (the heading is row 1).

    `named` gives our column of each heading; Invalid when the file cannot be read or a `needed`
    column is not there.
    """
    try:
        heads, rows = csv_rows.read(_text(file))
        columns = named(heads)
        missing = [name for name in needed if name not in columns.values()]
        if missing:
            raise Invalid("表头缺少必填列。", fields=dict.fromkeys(missing, "缺少此列"))
        for number, row in rows:
            said = {ours: row[theirs] for theirs, ours in columns.items()}
            if any(said.values()):
                yield number, said
    except csv_rows.TornTable as why:
        raise Invalid("表格无法读取，请检查引号是否成对。", fields={str(file): str(why)}) from why


def _text(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as why:
        raise Invalid("文件无法读取。", fields={str(file): str(why.strerror)}) from why
    if len(raw) > MOST_BYTES:
        raise Invalid("文件太大。", fields={str(file): f"最多 {MOST_BYTES // 1_000_000} MB"})
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("文件编码无法识别。", fields={str(file): "UTF-8 或 GBK"})
