"""run.py resources: a dry run first, bad rows by row, --take writes, list shows."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from app import resources_command
from app.config import Settings
from app.store.ledger import Ledger

GOOD = "编号,名称,类型,人数,联系电话,经度,纬度\nT1,一队,消防,12,13812345678,119.95,31.78\n"


def run(settings: Settings, *words: str) -> int:
    parser = argparse.ArgumentParser()
    resources_command.arguments(parser)
    return resources_command.run(settings, parser.parse_args(words))


@pytest.fixture
def table(settings: Settings, ledger: Ledger, tmp_path: Path):
    """Write a table of teams; the ledger of the settings is there."""

    def write(text: str = GOOD) -> str:
        file = tmp_path / "teams.csv"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_a_dry_run_changes_nothing(settings, table, capsys) -> None:
    assert run(settings, "import", table(), "--sort", "team", "--crs", "wgs84") == 0
    assert "1 new" in capsys.readouterr().out
    assert run(settings, "list") == 0
    assert capsys.readouterr().out == ""


def test_what_is_taken_is_listed(settings, table, capsys) -> None:
    assert run(settings, "import", table(), "--sort", "team", "--crs", "wgs84", "--take") == 0
    capsys.readouterr()
    run(settings, "list", "--sort", "team", "--area", "320404")
    said = capsys.readouterr().out
    assert said.startswith("team\tT1\t一队\t消防\t119.95000,31.78000\t320404")
    assert "13812345678" not in said
    run(settings, "list", "--area", "320404116")
    assert capsys.readouterr().out == ""


def test_a_changed_row_says_what_changed(settings, table, capsys) -> None:
    run(settings, "import", table(), "--sort", "team", "--crs", "wgs84", "--take")
    run(settings, "import", table(GOOD.replace(",12,", ",15,")), "--sort", "team", "--crs", "wgs84")
    said = capsys.readouterr().out
    assert "1 changed" in said
    assert "T1: body" in said


def test_bad_rows_are_told_and_the_others_are_taken(settings, table, capsys) -> None:
    bad = "T2,二队,消防,viele,,119.95,31.78\nT3,三队,消防,3,,119.95,x\n"
    command = ("import", table(GOOD + bad), "--sort", "team", "--crs", "wgs84", "--take")
    assert run(settings, *command) == 1
    said = capsys.readouterr().out
    assert "row 3: members" in said
    assert "row 4: lon and lat" in said
    assert "taken: 1" in said


@pytest.mark.parametrize(
    "words", [("import", "none.csv", "--crs", "wgs84"), ("import", "none.csv", "--crs", "mars")]
)
def test_a_file_that_cannot_be_read_is_no_trace(settings, table, capsys, words) -> None:
    assert run(settings, *words, "--sort", "team") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_that_does_not_say_its_coordinates_asks_for_them(settings, table, capsys) -> None:
    assert run(settings, "import", table(), "--sort", "team") == 2
    assert "--crs" in capsys.readouterr().err
