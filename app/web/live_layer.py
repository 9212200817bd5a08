"""The live layer as one file: its ES modules, joined in the order in which they need each other.

Some 85 small modules are good to read and slow to fetch one by one. Each becomes a function that
gives what it exports; no tool is needed, since ours import and export in one way each.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "layouts/assets/live"
FIRST, STARTS = "main", "start"
_IMPORT = re.compile(r'^import \{ (.+) \} from "\./(\w+)\.mjs";', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|class|function) (\w+))", re.M)
_ODD = re.compile(r"^(?:import|export)\b.*", re.M)


def address() -> str:
    """Return where the file is: another address as soon as it is another file."""
    return f"/live/{sha256(text().encode()).hexdigest()[:12]}.mjs"


def text(folder: Path = FOLDER) -> str:
    """Return the file; ValueError names what cannot be joined."""
    changed = sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.mjs"))
    return _joined(folder, tuple(changed))


@lru_cache(maxsize=1)
def _joined(folder: Path, _changed: tuple[tuple[str, int], ...]) -> str:
    done: dict[str, str] = {}
    _join(folder, FIRST, done, ())
    return "\n".join([*done.values(), f"export const {STARTS} = ${FIRST}.{STARTS};\n"])


def _join(folder: Path, name: str, done: dict[str, str], within: tuple[str, ...]) -> None:
    """Add a module after all that it imports."""
    if name in within:
        raise ValueError(f"modules import each other: {' > '.join((*within, name))}")
    if name in done:
        return
    text = (folder / f"{name}.mjs").read_text(encoding="utf-8")
    for _, other in _IMPORT.findall(text):
        _join(folder, other, done, (*within, name))
    done[name] = _as_function(name, text)


def _as_function(name: str, text: str) -> str:
    gives = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub(_taken, text))
    if odd := _ODD.search(body):
        raise ValueError(f"{name}.mjs: cannot be joined with the others: {odd[0]}")
    return f"const ${name} = (() => {{ // {name}.mjs\n{body}return {{ {gives} }};\n}})();\n"


def _taken(found: re.Match[str]) -> str:
    """`import { a, b as c } from "./x.mjs"` as what it means here."""
    names = found[1].replace(" as ", ": ")
    return f"const {{ {names} }} = ${found[2]};"
