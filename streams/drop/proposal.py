"""A column mapping proposed by the names of a file's columns and the words in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from streams.dialects.table import fields_of
from streams.drop.tables import Table
from streams.orders import ANY_WORD, WORDS

FEW = 30  # different words of a column that is an enumeration
_NOISE = re.compile(r"[\s_\-()（）:：*]|必填")

# our field → names seen in exports of hotlines and grid systems, the surest first (own list)
NAMES: dict[str, tuple[str, ...]] = {
    "order_no": (
        *("工单编号", "工单号", "诉求编号", "留言编号", "受理编号", "案件编号", "业务编号"),
        *("编号", "order_no", "Unique Key", "service_request_id"),
    ),
    "id": ("上报编号", "案件编号", "案卷编号", "任务号", "编号", "id"),
    "ts": (
        *("受理时间", "来电时间", "诉求时间", "留言时间", "上报时间", "创建时间", "登记时间"),
        *("发生时间", "时间", "ts", "Created Date", "requested_datetime"),
    ),
    "channel": ("诉求渠道", "受理渠道", "来源渠道", "渠道", "诉求来源", "来源", "channel"),
    "type": ("诉求类型", "工单类型", "诉求性质", "类型", "type"),
    "urgency": ("紧急程度", "紧急级别", "缓急程度", "urgency"),
    "category": (
        *("一级分类", "一级标签", "诉求分类", "问题分类", "归口类别", "分类", "category"),
        *("Complaint Type",),
    ),
    "code": (
        *("事项代码", "小类编码", "小类代码", "小类名称", "小类", "事项名称", "案件小类", "code"),
        *("service_code",),
    ),
    "title": ("工单标题", "诉求标题", "留言主题", "标题", "主题", "title", "Descriptor"),
    "content": ("诉求内容", "工单内容", "留言详情", "问题描述", "内容", "描述", "content"),
    "description": ("案件描述", "问题描述", "上报描述", "描述", "内容", "description"),
    "address": (
        *("事发地址", "诉求地址", "发生地址", "案发位置", "地址描述", "地址", "位置", "address"),
        *("Incident Address",),
    ),
    "lon": ("经度", "lon", "lng", "long", "longitude", "X坐标"),
    "lat": ("纬度", "lat", "latitude", "Y坐标"),
    "caller_name": ("来电人", "诉求人", "市民姓名", "留言用户", "联系人", "姓名", "caller_name"),
    "caller_phone": ("联系电话", "来电号码", "手机号码", "手机号", "联系方式", "电话"),
    "id_no": ("身份证号码", "身份证号", "证件号码", "id_no"),
    "worker": ("监督员编号", "采集员编号", "上报人编号", "网格员编号", "worker"),
}


def columns(what: str, names: Sequence[str]) -> dict[str, str]:
    """Our field → their column; each column at most once, no field that nothing fits."""
    bare = {_bare(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for exact in (True, False):
        for field in fields_of(what):
            if field in found:
                continue
            free = {key: name for key, name in bare.items() if name not in found.values()}
            column = _fitting(NAMES.get(field, ()), free, exact)
            if column:
                found[field] = column
    return found


def values(mapped: dict[str, str], table: Table) -> dict[str, dict[str, str]]:
    """Their words → ours for the fields that have words of their own, where theirs differ."""
    found = {}
    for field, ours in WORDS.items():
        said = {str(row.cells.get(mapped.get(field, ""), "")) for row in table.rows} - {""}
        if said <= set(ours) or len(said) > FEW:
            continue
        words = {
            each: word for each in sorted(said) if (word := _word(each, ours)) and word != each
        }
        found[field] = words | {ANY_WORD: ours[-1]}
    return found


def _fitting(wanted: Iterable[str], free: dict[str, str], exact: bool) -> str:
    for name in map(_bare, wanted):
        if name in free:
            return free[name]
        if not exact and len(name) > 2:
            inside = next((column for key, column in free.items() if name in key), "")
            if inside:
                return inside
    return ""


def _word(theirs: str, ours: Iterable[str]) -> str:
    """Our word that stands in theirs: 咨询类 is 咨询."""
    return next((word for word in ours if word in theirs), "")


def _bare(name: str) -> str:
    return _NOISE.sub("", name).casefold()
