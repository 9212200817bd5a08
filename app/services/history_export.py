"""History for other people: what `run.py history export` asks is checked and written to a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.kinds import BY_CODE
from app.errors import Invalid
from app.store.history import BEIJING, History
from app.store.history_export import LEVELS, Wanted, export

FORMS = (".csv", ".parquet")


def moment(text: str, *, end: bool = False) -> datetime:
    """A moment from ISO-8601 text; without an offset it is Beijing time.

    A day alone is its beginning, with `end` the end of it. ValueError for anything else.
    """
    said = datetime.fromisoformat(text)
    if end and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        said += timedelta(days=1)
    return said if said.tzinfo else said.replace(tzinfo=BEIJING)


def write(
    history: History, out: Path, wanted: Wanted, headings: Mapping[str, str] | None = None
) -> int:
    """Write what is wanted to a new file; returns the number of rows, 0: no file.

    Invalid, with every fault, when it cannot be; OSError when the disk is full.
    """
    faults = _faults(wanted) | _out(out)
    if faults:
        raise Invalid("导出条件有误。", fields=faults)
    return export(history, out, wanted, headings)


def _faults(wanted: Wanted) -> dict[str, str]:
    faults = {}
    if not (wanted.device or wanted.kind or wanted.area):
        faults["device"] = "请给出设备、类型、区域之一"
    if wanted.since >= wanted.until:
        faults["until"] = "止须晚于起"
    if wanted.kind and wanted.kind not in BY_CODE:
        faults["kind"] = f"没有这种设备:{wanted.kind};可选:{'、'.join(BY_CODE)}"
    if wanted.area and not (wanted.area.isascii() and wanted.area.isdigit()):
        faults["area"] = f"区域代码只能是数字:{wanted.area}"
    if wanted.level not in LEVELS:
        faults["level"] = f"可选:{'、'.join(LEVELS)}"
    return faults


def _out(out: Path) -> dict[str, str]:
    if out.suffix not in FORMS:
        return {"out": f"文件名须以 {' 或 '.join(FORMS)} 结尾:{out.name}"}
    if not out.parent.is_dir():
        return {"out": f"没有这个文件夹:{out.parent}"}
    if out.exists():
        return {"out": f"文件已存在,不会覆盖:{out}"}
    return {}
