"""The shape of the code: sizes, names, twins, and that nothing undocumented stands about."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from app.config import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "layouts", "callbacks", "streams", "geodata")
# files nobody of us writes by hand
MADE = ("migrations/versions",)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "handler", "base", "data", "info"}
CORE_CLOCKS = re.compile(r"\b(datetime\.now|datetime\.utcnow|time\.time|uuid4)\(")


def sources() -> list[Path]:
    files = [ROOT / "run.py"]
    for package in PACKAGES:
        files += sorted((ROOT / package).rglob("*.py"))
    return [f for f in files if not any(part in f.as_posix() for part in MADE)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked(*patterns: str) -> list[Path]:
    said = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / line for line in said.splitlines() if (ROOT / line).exists()]


def test_modules_are_at_most_300_lines() -> None:
    files = [*sources(), *tracked("layouts/assets/**", "app/web/phone/**", "tests/**/*.py")]
    text = {f for f in files if f.suffix in {".py", ".js", ".mjs", ".css"}}
    long = {name(f): n for f in text if (n := len(f.read_text().splitlines())) > 300}
    assert not long


def functions(path: Path) -> list[tuple[str, int]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            found.append((f"{name(path)}:{node.name}", node.end_lineno - node.lineno + 1))
    return found


def test_functions_are_at_most_40_lines_unless_they_only_register() -> None:
    sizes = [pair for path in sources() for pair in functions(path)]
    long = [(f, n) for f, n in sizes if n > 40 and not f.endswith((":register", ":_arguments"))]
    assert not long
    assert sorted(n for _, n in sizes)[len(sizes) // 2] <= 10


def test_dash_callbacks_are_doorways() -> None:
    long = []
    for path in sorted((ROOT / "callbacks").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(
                "callback" in ast.dump(d) for d in node.decorator_list
            ):
                body = (node.end_lineno or 0) - node.body[0].lineno + 1
                if body > 12:
                    long.append((name(path), node.name, body))
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [name(f) for f in sources() if f.stem in FORBIDDEN_NAMES or f.stem == "app"]


def test_the_core_asks_the_city_for_time_and_ids() -> None:
    core = [f for f in sources() if name(f).startswith(("app/domain/", "app/services/"))]
    assert not [name(f) for f in core if CORE_CLOCKS.search(f.read_text())]


def test_nothing_live_polls() -> None:
    assert not [name(f) for f in sources() if "dcc.Interval" in f.read_text()]


@pytest.mark.parametrize("module", sorted((ROOT / "callbacks").glob("[a-z]*.py")), ids=name)
def test_every_callback_module_has_its_layout_twin_and_its_test(module: Path) -> None:
    assert (ROOT / "layouts" / module.name).exists()
    assert (ROOT / "tests/callbacks" / f"test_{module.name}").exists()


@pytest.mark.parametrize("codec", sorted((ROOT / "streams/codecs").glob("[a-z]*.py")), ids=name)
def test_every_codec_is_documented_and_tested(codec: Path) -> None:
    assert (ROOT / "docs/protocols" / f"{codec.stem}.md").exists()
    assert list((ROOT / "tests/streams").rglob(f"test_{codec.stem}*.py"))


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs/settings.md").read_text()
    assert not [n for n in Settings.model_fields if f"`{PREFIX}{n.upper()}`" not in page]


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/dependencies.md").read_text().lower()
    wanted = []
    for file in ("base", "dev", "node"):
        lines = (ROOT / "requirements" / f"{file}.in").read_text().splitlines()
        named = (line.partition(";")[0].strip().lower() for line in lines)
        wanted += [name for name in named if name and name[0] not in "#-"]
    assert not [w for w in wanted if f"`{w}`" not in page]


def test_lock_files_carry_no_addresses() -> None:
    for path in [*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]:
        text = path.read_text()
        assert "resolved" not in text, path.name
        assert "index-url" not in text.replace("--no-emit-index-url", ""), path.name
