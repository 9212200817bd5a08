"""Export: rows, Beijing times, what Excel needs, texts that nobody runs, sane refusals."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import cells
from app.domain.readings import Readings
from app.errors import Invalid
from app.services import history_export as service
from app.store import history_export
from app.store.history import History
from app.store.history_export import Wanted, export

DAY0 = int(datetime(2026, 11, 20, 16, 0, tzinfo=UTC).timestamp() * 1000)
HOUR, DAY = 3_600_000, 86_400_000
GRID = "320404001001001"
ALL = {"since": DAY0, "until": DAY0 + 2 * DAY}


def reading(at: int, device: str = "G1", area: str = GRID, value: float = 1.5) -> Readings:
    return Readings(0, device, "gas", area, at, at + 50, {"ch4": value}, 0, None)


@pytest.fixture
def history(tmp_path) -> History:
    history = History(tmp_path / "history")
    history.write([("1-0", reading(DAY0 + 1)), ("2-0", reading(DAY0 + HOUR, "G2", "320411001"))])
    history.write([("3-0", reading(DAY0 + 30, value=-2)), ("4-0", reading(DAY0 + DAY, "G2"))])
    return history


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_csv_has_the_mark_for_excel_beijing_times_and_headings(history, tmp_path) -> None:
    out = tmp_path / "out.csv"
    headings = {"device": "设备", "at": "时间(北京)"}
    assert export(history, out, Wanted(**ALL, device="G1"), headings) == 2
    assert out.read_bytes().startswith("\ufeff设备,kind,".encode())
    head, first, second = rows(out)
    assert head[4] == "时间(北京)"
    assert first == [
        *("G1", "gas", "ch4", GRID, "2026-11-21 00:00:00.001", "2026-11-21 00:00:00.051"),
        *("1.5", "0", "0"),
    ]
    assert second[6] == "-2.0"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"device": "G1"}, 2),
        ({"kind": "gas"}, 4),
        ({"kind": "air"}, 0),
        ({"area": "3204"}, 4),
        ({"area": "320411"}, 1),
        ({"area": "320404001", "device": "G2"}, 1),
        ({"area": "99"}, 0),
        ({"device": "G2", "until": DAY0 + DAY}, 1),
        ({"device": "G2", "since": DAY0 + DAY}, 1),
        ({"device": "G2", "since": DAY0 + 9 * DAY, "until": DAY0 + 10 * DAY}, 0),
        ({"device": "x'); drop table y; --"}, 0),
    ],
)
def test_what_is_wanted_comes_and_nothing_else(history, tmp_path, wanted, count: int) -> None:
    out = tmp_path / "out.parquet"
    assert export(history, out, Wanted(**(ALL | wanted))) == count
    assert out.exists() is (count > 0)
    if count:
        assert duckdb.sql(f"select count(*) from '{out}'").fetchall() == [(count,)]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("level", ["minute", "hour", "daily"])
def test_a_table_is_the_same_before_and_after_it_was_built(
    history, tmp_path, level: str, closed: bool
) -> None:
    if closed:
        history.close(DAY0 + 3 * DAY)
        history.build()
    out = tmp_path / "out.csv"
    assert export(history, out, Wanted(**ALL, device="G1", level=level)) == 1
    (_, row) = rows(out)
    assert row[4:9] == ["2026-11-21 00:00:00.000", "-2.0", "1.5", "-0.25", "-2.0"]
    assert row[10:] == ["2", "0", "0"]


def test_a_table_of_some_files_closed_and_some_not_has_each_stretch_once(history, tmp_path) -> None:
    history.close(DAY0 + 3 * DAY)
    history.build()
    history.write([("9-0", reading(DAY0 + 40, value=8))])
    assert export(history, tmp_path / "a.csv", Wanted(**ALL, device="G1", level="hour")) == 1
    assert rows(tmp_path / "a.csv")[1][5:7] == ["-2.0", "8.0"]


@given(
    st.text(min_size=0, max_size=12)
    | st.text("=+-@|%＝＠ \t\r\n1.e\u3000\x1f\ufeff\x85", max_size=6)
)
@settings(max_examples=300, deadline=None)
def test_the_database_makes_harmless_what_the_domain_does(text: str) -> None:
    if "\x00" in text:
        return
    question = f"select {history_export.harmless('t')} from (select $text as t)"
    assert duckdb.execute(question, {"text": text}).fetchall() == [(cells.harmless(text),)]


def test_a_hostile_device_is_a_text_in_the_spreadsheet(history, tmp_path) -> None:
    name = '=HYPERLINK("http://x","y")'
    history.write([("5-0", reading(DAY0, name))])
    assert export(history, tmp_path / "a.csv", Wanted(**ALL, device=name), {"kind": '"=x'}) == 1
    assert rows(tmp_path / "a.csv")[1][0] == f"'{name}"


def test_files_from_before_the_doubts_export_zero(history, tmp_path) -> None:
    for path in history.files(DAY0, DAY0 + DAY):
        duckdb.sql(f"copy (select * exclude doubts from '{path}') to '{path}.new' (format parquet)")
        Path(f"{path}.new").replace(path)
    assert export(history, tmp_path / "a.csv", Wanted(**ALL, device="G1")) == 2
    assert {row[8] for row in rows(tmp_path / "a.csv")[1:]} == {"0"}


def test_files_that_are_merged_away_are_found_again(history, tmp_path, monkeypatch) -> None:
    write = history_export.write
    tries = []

    def late(command: str, aside: Path) -> int:
        if not tries:
            tries.append(1)
            history.close(DAY0 + 3 * DAY)
        return write(command, aside)

    monkeypatch.setattr(history_export, "write", late)
    assert export(history, tmp_path / "a.parquet", Wanted(**ALL, kind="gas")) == 4


def test_a_full_disk_leaves_nothing_behind(history, tmp_path) -> None:
    out = tmp_path / "out.parquet"
    (tmp_path / ".out.parquet.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="cannot be written"):
        export(history, out, Wanted(**ALL, kind="gas"))
    assert not out.exists()


@pytest.mark.parametrize(
    ("wanted", "out", "field"),
    [
        ({}, "a.csv", "device"),
        ({"kind": "gass"}, "a.csv", "kind"),
        ({"area": "32;"}, "a.csv", "area"),
        ({"device": "x", "until": DAY0}, "a.csv", "until"),
        ({"device": "x", "level": "week"}, "a.csv", "level"),
        ({"device": "x"}, "a.xlsx", "out"),
        ({"device": "x"}, "none/a.csv", "out"),
        ({"device": "x"}, "there.csv", "out"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_the_reason(
    history, tmp_path, wanted, out: str, field: str
) -> None:
    (tmp_path / "there.csv").write_text("mine")
    with pytest.raises(Invalid) as refused:
        service.write(history, tmp_path / out, Wanted(**(ALL | wanted)))
    assert list(refused.value.fields) == [field]
    assert (tmp_path / "there.csv").read_text() == "mine"


def test_a_day_means_the_day_of_beijing() -> None:
    assert service.moment("2026-11-21") == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert service.moment("2026-11-21", end=True) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert service.moment("2026-11-21T08:00", end=True) == datetime(2026, 11, 21, tzinfo=UTC)
    assert service.moment("2026-11-21T08:00Z") == datetime(2026, 11, 21, 8, tzinfo=UTC)
    with pytest.raises(ValueError, match="Invalid"):
        service.moment("yesterday")
