"""12345 orders: how urgent an order is, how long it may take, and whose it is.

Limits are rows of `codes/limits.csv` (kind "hotline" and "urgency"); keyword groups are our own
list and a default. An order follows no table of moves of its own yet: its Case does.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import msgspec

from app.domain.levels import Level
from app.domain.people import Unit
from app.domain.reports import HotlineOrder
from app.domain.sla import DEFAULT, Limit, Sla


class Urgency(IntEnum):
    """Higher is more urgent, so that the worst of several is their max()."""

    NORMAL = 0
    URGENT = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """The word on the order: 一般, 紧急 or 特急."""
        return ("一般", "紧急", "特急")[self]

    @property
    def level(self) -> Level:
        """The level of the case that follows: blue, orange or red."""
        return (Level.BLUE, Level.ORANGE, Level.RED)[self]


class Group(msgspec.Struct, frozen=True):
    """Words that together mean one danger, and the skill it asks for: any word is enough."""

    name: str
    urgency: Urgency
    skill: str
    words: tuple[str, ...]


_HARMLESS = ("演练", "宣传", "咨询政策", "建议增设")
_CRITICAL, _URGENT = Urgency.CRITICAL, Urgency.URGENT

GROUPS: tuple[Group, ...] = (
    Group("燃气泄漏", _CRITICAL, "gas", ("燃气泄漏", "煤气味", "燃气味", "天然气味", "漏气")),
    Group("触电危险", _CRITICAL, "streetlight", ("漏电", "触电", "电线掉落", "电线垂落")),
    Group("井盖缺失", _CRITICAL, "manhole", ("井盖缺失", "井盖丢失", "井盖没了", "没有井盖")),
    Group("路面塌陷", _CRITICAL, "02", ("塌陷", "地陷", "路面下沉")),
    Group("消防隐患", _CRITICAL, "smoke", ("起火", "着火", "冒烟", "堵塞消防", "占用消防")),
    Group("房屋险情", _CRITICAL, "08", ("房屋开裂", "墙体倾斜", "墙体倒塌", "外墙脱落", "危房")),
    Group("电梯困人", _CRITICAL, "elevator", ("电梯困人", "困在电梯", "被困电梯", "电梯坠")),
    Group("溺水", _CRITICAL, "river", ("溺水", "落水", "掉进河")),
    Group("人员受伤", _CRITICAL, "crowd", ("受伤", "流血", "昏迷", "骨折", "砸到人")),
    Group("大面积停供", _URGENT, "water_pressure", ("大面积停", "整个小区停", "全小区停")),
    Group("管道爆裂", _URGENT, "water_pressure", ("爆管", "水管爆", "管道破裂", "水管破裂")),
    Group("环境污染", _URGENT, "river", ("排污", "偷排", "刺鼻", "污染河", "死鱼")),
    Group("信号灯故障", _URGENT, "traffic", ("红绿灯不亮", "红绿灯坏", "信号灯故障", "信号灯不亮")),
    Group("道路积水", _URGENT, "waterlogging", ("积水严重", "淹水", "内涝", "积水很深", "水淹")),
    Group("群体诉求", _URGENT, "crowd", ("集体投诉", "业主联名", "多人聚集", "群体上访")),
)

# Everyday subjects: the words that name them → the skill of the unit that answers; default.
TOPIC_SKILLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("noise", ("噪声", "噪音", "施工扰民", "音响", "广场舞")),
    ("dust", ("扬尘",)),
    ("smoke", ("消防通道", "楼道充电", "飞线充电", "电动车上楼")),
    ("parking", ("停车", "停放")),
    ("09", ("占道", "摊贩", "店外")),
    ("06", ("垃圾", "渣土", "不洁")),
    ("water_pressure", ("停水", "水压", "自来水")),
    ("streetlight", ("路灯", "停电", "跳闸")),
    ("waterlogging", ("积水",)),
    ("manhole", ("井盖",)),
    ("02", ("坑洼", "道路破损", "路面破损")),
)

# The hotline's first-level category → skills of a unit (matter majors and device kinds); default.
CATEGORY_SKILLS: dict[str, tuple[str, ...]] = {
    "城市管理": ("06", "07", "09"),
    "城乡建设": ("08", "01"),
    "生态环境": ("river", "air"),
    "交通运输": ("02", "traffic"),
    "公共服务": ("01", "water_pressure"),
    "公共安全": ("smoke", "gas"),
}


class Triage(msgspec.Struct, frozen=True):
    """How urgent an order is and by which keyword groups; `declared` is what the hotline said."""

    urgency: Urgency
    declared: Urgency
    groups: tuple[str, ...]


def triage(order: HotlineOrder) -> Triage:
    """The higher of what the hotline declared and what the text says; never lowers an order.

    Consultations (咨询), praise (表扬) and texts about drills are judged as declared.
    """
    declared = {"特急": Urgency.CRITICAL, "紧急": Urgency.URGENT}.get(order.urgency, Urgency.NORMAL)
    said = f"{order.title} {order.content}"
    if order.type in ("咨询", "表扬") or any(word in said for word in _HARMLESS):
        return Triage(declared, declared, ())
    found = [group for group in GROUPS if any(word in said for word in group.words)]
    worst = max((group.urgency for group in found), default=Urgency.NORMAL)
    return Triage(max(declared, worst), declared, tuple(group.name for group in found))


def limit(order: HotlineOrder, area: str = "", sla: Sla = DEFAULT) -> Limit:
    """The limit of an order: by urgency where it is urgent, else by its type."""
    return sla.limit_for("hotline", order.type, triage(order).urgency.word, area)


def skills(order: HotlineOrder) -> set[str]:
    """The skills (matter majors and device kinds) an order asks for, by its words and category."""
    return named(order) | set(CATEGORY_SKILLS.get(order.category, ()))


def named(order: HotlineOrder) -> set[str]:
    """The skills that the order's own words ask for."""
    said = f"{order.title} {order.content}"
    found = {group.skill for group in GROUPS if any(word in said for word in group.words)}
    return found | {skill for skill, words in TOPIC_SKILLS if any(word in said for word in words)}


class Route(msgspec.Struct, frozen=True):
    """Who answers for an order: the leading unit, helping units, and why.

    `reason` is "street" (属地), "district" (no street unit there) or "skill" (no place known).
    """

    main: str | None
    helpers: tuple[str, ...]
    reason: str


def route(order: HotlineOrder, area: str, units: Iterable[Unit]) -> Route:
    """属地 first: the unit of the narrowest area around the place leads, departments help.

    Departments are units whose skills the order asks for. `area` may be "" when the place is
    unknown.
    """
    units = list(units)
    wanted = skills(order)
    able = [u for u in units if wanted & set(u.skills)]
    skilled = [u.id for u in able]
    local = [u for u in units if area and len(u.area) >= 9 and area.startswith(u.area)]
    if local:
        lead = max(local, key=lambda unit: (len(unit.area), unit.id in skilled))
        return Route(lead.id, _without(skilled, lead.id), "street")
    if able:
        # what the words name comes before the hotline's broad category
        lead = min(able, key=lambda unit: not named(order) & set(unit.skills))
        return Route(lead.id, _without(skilled, lead.id), "skill")
    around = [u for u in units if area and area.startswith(u.area)]
    return Route(around[0].id if around else None, (), "district")


def _without(ids: list[str], lead: str) -> tuple[str, ...]:
    return tuple(i for i in ids if i != lead)
