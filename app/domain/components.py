"""What a component (部件) is: its 18 fields and five states after GB/T 47678.5-2026, table 2."""

from __future__ import annotations

from typing import NamedTuple

from app.domain.catalogue import CATALOGUE, Kind, component


class Field(NamedTuple):
    """One field: the standard's abbreviation, our name, its title, length, and M, C or O."""

    abbr: str
    name: str
    title: str
    length: int
    duty: str


FIELDS = (
    Field("GLBJBSM", "code", "管理部件标识码", 17, "M"),
    Field("GLBJMC", "name", "管理部件名称", 30, "M"),
    Field("ZGBMDM", "charge_code", "主管部门代码", 18, "M"),
    Field("ZGBMMC", "charge", "主管部门名称", 100, "M"),
    Field("QSDWDM", "owner_code", "权属单位代码", 18, "O"),
    Field("QSDWMC", "owner", "权属单位名称", 100, "O"),
    Field("YHDWDM", "upkeep_code", "养护单位代码", 18, "O"),
    Field("YHDWMC", "upkeep", "养护单位名称", 100, "O"),
    Field("SZDYWGBSM", "unit_grid", "所在单元网格标识码", 15, "M"),
    Field("GLBJZT", "state", "管理部件状态", 10, "M"),
    Field("CSRQ", "since", "初始日期", 8, "M"),
    Field("BGRQ", "changed", "变更日期", 8, "C"),
    Field("SJLY", "source", "数据来源", 30, "O"),
    Field("BZ", "note", "备注", 1000, "O"),
    Field("SZJDDM", "street_code", "所在街道代码", 9, "O"),
    Field("SZJDMC", "street", "所在街道名称", 50, "O"),
    Field("SZSQDM", "community_code", "所在社区代码", 12, "O"),
    Field("SZSQMC", "community", "所在社区名称", 50, "O"),
)
# the index stands in the packed columns: append only
STATES = ("完好", "破损", "丢失", "废弃", "移除")
INTACT, REMOVED = 0, 4
# words that files use for the states (default)
SAID = {word: i for i, word in enumerate(STATES)}
SAID |= {"": 0, "正常": 0, "良好": 0, "在用": 0, "损坏": 1, "缺失": 2, "遗失": 2, "停用": 3}
SAID |= {"拆除": 4, "已拆除": 4, "已移除": 4}

MAJORS = ("01", "02", "03", "04", "05")


def mark(code: str) -> int | None:
    """The mark of 17 digits as a number, also of an old one of 16; None when there is none."""
    found = component(code) if len(code) in (16, 17) else None
    return int(f"{code[:6]}{found.code5}{code[-6:]}") if found else None


def kind_name(kind: int) -> str:
    """The name of a kind by its five digits as a number, or the digits."""
    found = component(f"{kind:05d}")
    return found.name if found else f"{kind:05d}"


def kinds() -> dict[str, str]:
    """The kinds of components of the catalogue: five-digit code → name."""
    return {code: entry.name for (kind, code), entry in CATALOGUE.items() if kind is Kind.COMPONENT}
