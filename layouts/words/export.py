"""Words of exported files: key → (zh-CN, en)."""

from __future__ import annotations

COLUMNS: dict[str, tuple[str, str]] = {
    "device": ("设备", "Device"),
    "kind": ("类型", "Kind"),
    "metric": ("指标", "Metric"),
    "area": ("区域", "Area"),
    "at": ("时间(北京)", "Time (Beijing)"),
    "arrived": ("到达(北京)", "Arrived (Beijing)"),
    "value": ("数值", "Value"),
    "quality": ("质量(0良 1疑 2差 3迟)", "Quality (0 good 1 suspect 2 bad 3 late)"),
    "doubts": ("疑点", "Doubts"),
    "low": ("最小", "Least"),
    "high": ("最大", "Greatest"),
    "mean": ("平均", "Mean"),
    "last": ("最后", "Last"),
    "last_at": ("最后时间(北京)", "Last at (Beijing)"),
    "count": ("条数", "Readings"),
    "doubtful": ("存疑条数", "Doubtful readings"),
    "bad": ("差质量条数", "Bad readings"),
}
WORDS: dict[str, tuple[str, str]] = {
    **{f"export.{name}": words for name, words in COLUMNS.items()},
    "export_done": ("已导出 {n} 行:{out}", "{n} rows exported: {out}"),
    "export_nothing": ("没有这样的记录,未生成文件。", "Nothing of that is kept; no file was made."),
    "export_failed": ("导出失败:{why}", "The export failed: {why}"),
}
