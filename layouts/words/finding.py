"""Words of the search, of the keyboard on the map and of links: key → (zh-CN, en)."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "search": ("搜索设备、案件、地址、人员", "Devices, cases, places, people"),
    "found": ("搜索结果", "Results"),
    "found.area": ("区域", "Areas"),
    "found.address": ("地址", "Addresses"),
    "found.device": ("设备", "Devices"),
    "found.case": ("案件", "Cases"),
    "found.alert": ("预警", "Alerts"),
    "found.worker": ("网格员", "Workers"),
    "found.component": ("部件", "Components"),
    "found.resource": ("资源", "Resources"),
    "found.heard": ("{name}（读音相同）", "{name} (sounding alike)"),
    "found.none": ("没有找到“{words}”", "Nothing found for “{words}”"),
    "found.about": ("约 ±{m} m · 可信度 {sure}", "about ±{m} m · {sure} sure"),
    "found.no_place": ("无实时位置", "no live position"),
    "pick": ("此处有 {n} 项", "{n} things here"),
    "copy_link": ("复制链接", "Copy link"),
    "copy_link.why": (
        "复制当前视图的链接：区域、图层、选中对象和位置都在里面",
        "Copy the link of this view: area, layers, selection and place",
    ),
    "outside": (
        "链接的一部分不在您的数据范围内，或已不存在：{what}。现在显示的是您能看到的部分。",
        "A part of this link lies outside your scope or is no longer there: {what}. "
        "What you see is the part that you may see.",
    ),
    "outside.area": ("区域", "area"),
    "outside.alert": ("预警", "alert"),
    "outside.case": ("案件", "case"),
    "outside.device": ("设备", "device"),
    "outside.what": ("列表", "list"),
    "map.keys": (
        "一张图：方向键选择下级区域，回车进入，Esc 返回上级；J 逐个查看图上的预警和案件",
        "The map: arrow keys choose an area below, Enter goes down, Esc goes up; "
        "J steps through alerts and cases in view",
    ),
    "alerts.around": (" · 上级预警 {n}", " · {n} from above"),
    "path": ("当前位置", "Where you are"),
    "rest.ground": ("未落到下级 {n}", "in none of them {n}"),
}
