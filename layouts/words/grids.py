"""Words of the ground: unit grids, responsibility grids and who answers for them."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "grid.unit": ("单元网格", "Unit grid"),
    "grid.duty": ("责任网格", "Responsibility grid"),
    "grid.worker": ("网格员 {name}", "Worker {name}"),
    "grid.officer": ("民警 {name} {phone}", "Officer {name} {phone}"),
    "grid.units": ("{n} 个单元网格", "{n} unit grids"),
    "grid.nobody": ("未绑定网格员和民警", "nobody is bound to it"),
    "grid.simulated": ("示意", "simulated"),
}
