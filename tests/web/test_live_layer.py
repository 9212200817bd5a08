"""The modules of the live layer as one."""

from __future__ import annotations

import re

import pytest

from app.web import live_layer


def write(folder, **modules: str) -> None:
    for name, text in modules.items():
        (folder / f"{name}.mjs").write_text(text, encoding="utf-8")


def test_a_module_stands_after_what_it_needs(tmp_path) -> None:
    write(
        tmp_path,
        main='import { two as zwei } from "./b.mjs";\nexport async function start() {}\n',
        b='import { one } from "./a.mjs"; // why\nexport const two = 2 * one;\nexport class B {}\n',
        a="export const one = 1;\n",
    )
    text = live_layer.text(tmp_path)
    assert re.findall(r"^const \$(\w+)", text, re.M) == ["a", "b", "main"]
    assert "const { two: zwei } = $b;" in text
    assert "return { two, B };" in text
    assert text.endswith("export const start = $main.start;\n")


def test_another_text_has_another_address_and_is_read_anew(tmp_path) -> None:
    write(tmp_path, main="export function start() {}\n")
    before = live_layer.text(tmp_path)
    write(tmp_path, main="export function start() { return 1; }\n")
    assert live_layer.text(tmp_path) != before


@pytest.mark.parametrize(
    "odd", ["export default 1;", "export let x = 1;", 'import * as x from "./a.mjs";']
)
def test_what_cannot_be_joined_is_named(tmp_path, odd) -> None:
    write(tmp_path, main=f"{odd}\nexport function start() {{}}\n", a="")
    with pytest.raises(ValueError, match=r"main\.mjs: cannot be joined"):
        live_layer.text(tmp_path)


def test_modules_in_a_circle_are_named(tmp_path) -> None:
    write(
        tmp_path,
        main='import { a } from "./a.mjs";\nexport function start() {}\n',
        a='import { start } from "./main.mjs";\nexport const a = 1;\n',
    )
    with pytest.raises(ValueError, match="main > a > main"):
        live_layer.text(tmp_path)


def test_ours_are_joined_each_once() -> None:
    text = live_layer.text()
    names = re.findall(r"^const \$(\w+) = \(\(\) =>", text, re.M)
    assert sorted(names) == sorted(path.stem for path in live_layer.FOLDER.glob("*.mjs"))
