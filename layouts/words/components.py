"""Words of components (部件): key → (zh-CN, en). Names of kinds and fields are the standard's."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "found.component": ("部件", "Component"),
    "component.code": ("标识码", "Mark"),
    "component.kind": ("类别", "Kind"),
    "component.place": ("位置", "Place"),
    "component.state.完好": ("完好", "Intact"),
    "component.state.破损": ("破损", "Broken"),
    "component.state.丢失": ("丢失", "Missing"),
    "component.state.废弃": ("废弃", "Abandoned"),
    "component.state.移除": ("移除", "Removed"),
    "component.report": ("上报此部件", "Report this one"),
    "component.report.broken": ("破损", "Broken"),
    "component.report.missing": ("丢失", "Missing"),
    "component.report.other": ("其他异常", "Something else"),
    "component.report.what": ("选择问题，立即生成案件", "Choose what is wrong; a case is opened"),
}
