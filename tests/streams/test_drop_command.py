"""run.py feeds drop: a dry run unless it is told to take."""

from __future__ import annotations

import pytest

import run
from app.services.reports import open_waiting
from tests.streams.tables import HEAD, ORDERS, ROW, lines

BAD = ["G002", "昨天", *ROW[2:]]


@pytest.fixture
def drop(city, tmp_path, monkeypatch, capsys):
    """Run the verb on a file of these rows; its exit code and what it prints."""
    monkeypatch.setenv("CHENGYUN_REDIS_URL", city.settings.redis_url)
    monkeypatch.setenv("CHENGYUN_DATABASE_URL", city.settings.database_url)
    monkeypatch.setenv("CHENGYUN_VAR", str(city.settings.var))
    (tmp_path / "sources.yaml").write_text(ORDERS)

    def go(*rows, options=()):
        (tmp_path / "orders.csv").write_bytes(lines(HEAD, *rows).encode("gb18030"))
        done = run.main(["feeds", "drop", "sources.yaml", "orders.csv", *options])
        return done, capsys.readouterr().out

    return go


def test_a_dry_run_lists_the_bad_rows_and_takes_nothing(drop, city):
    done, said = drop(ROW, BAD)
    assert done == 1
    assert "1 good rows, 1 bad" in said
    assert "row 3  bad_time  ts: " in said
    assert open_waiting(city, "clock") == 0


def test_a_good_file_is_taken_when_it_is_asked(drop, city):
    assert drop(ROW)[0] == 0
    assert open_waiting(city, "clock") == 0
    done, said = drop(ROW, options=["--take"])
    assert (done, "taken: 1 rows" in said) == (0, True)
    assert open_waiting(city, "clock") == 1


def test_bad_rows_keep_the_file_from_being_taken(drop, city):
    done, said = drop(ROW, BAD, options=["--take"])
    assert (done, "nothing taken" in said) == (1, True)
    assert open_waiting(city, "clock") == 0
    done, said = drop(ROW, BAD, options=["--take-good"])
    assert (done, "taken: 1 rows" in said) == (0, True)
    assert open_waiting(city, "clock") == 1


def test_a_file_that_is_none(drop, tmp_path, capsys):
    (tmp_path / "x.csv").write_bytes(b"\x00\x01")
    (tmp_path / "sources.yaml").write_text(ORDERS)
    assert run.main(["feeds", "drop", "sources.yaml", "x.csv"]) == 1
    assert "not_table" in capsys.readouterr().out
    assert run.main(["feeds", "drop", "sources.yaml", "no.csv"]) == 2
