"""Files for the tests of the drop: workbooks as Excel writes them, and as nobody should."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

from streams.sourcefile import read
from streams.sources import Source

HEAD = ["工单编号", "受理时间", "诉求类型", "标题", "内容", "事发地址", "来电人", "联系电话"]
ROW = [
    *("G001", "2026-11-20 16:30:00", "投诉", "夜间施工噪声", "工地半夜打桩"),
    *("五星街道某路 12 号", "张小明", "13812345678"),
]
ORDERS = """
sources:
  - name: hotline-export
    by: drop
    dialect: table
    owner: 12345 热线中心
    crs: gcj02
    zone: Asia/Shanghai
    personal: [来电人, 联系电话]
    options:
      what: order
      columns:
        order_no: 工单编号
        ts: 受理时间
        type: 诉求类型
        title: 标题
        content: 内容
        address: 事发地址
        caller_name: 来电人
        caller_phone: 联系电话
      values:
        type: {投诉举报: 投诉, 咨询类: 咨询}
      defaults: {channel: 电话}
"""
REPORTS = """
sources:
  - name: grid-export
    by: drop
    dialect: table
    owner: 区城管局
    crs: wgs84
    zone: Asia/Shanghai
    options:
      what: report
      columns: {id: 编号, ts: 时间, code: 小类, description: 描述, lon: 经度, lat: 纬度}
"""


def source(text: str = ORDERS) -> Source:
    """The one source of a YAML text."""
    (made,), faults = read(text, "sources.yaml")
    assert not faults
    return made


def book(*rows: Sequence[Any], sheet: str = "Sheet") -> bytes:
    """A workbook with one sheet."""
    made = openpyxl.Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def lines(*rows: Sequence[Any], separator: str = ",") -> str:
    """Rows as CSV."""
    return "\r\n".join(separator.join(str(cell) for cell in row) for row in rows) + "\r\n"


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """The workbook with another content of one part (or one part more)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, content)
    return out.getvalue()
