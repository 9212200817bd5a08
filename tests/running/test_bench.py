"""Benchmarks begin as `make bench` begins them, and what they have not measured is not met."""

from __future__ import annotations

import subprocess
from importlib import import_module
from pathlib import Path

import pytest

from bench import ingest
from bench import map as map_
from bench._verdict import verdict

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_each_knows_quick(name: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        import_module(f"bench.{name}").main(["--help"])
    assert ended.value.code == 0
    assert "--quick" in capsys.readouterr().out


def test_make_bench_goes_on_after_a_failure_and_names_it(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\necho "$2 $3" >> {tmp_path}/begun\n'
        "case $2 in bench.areas|bench.pixel) exit 1 ;; bench.map) exit 3 ;; esac\n"
    )
    python.chmod(0o755)
    made = ["make", "-s", "-C", str(ROOT), "-o", "setup-dev", "bench", f"BIN={tmp_path}"]
    done = subprocess.run(made, capture_output=True, text=True, check=False)
    begun = (tmp_path / "begun").read_text("utf-8").splitlines()
    assert sorted(begun) == [f"bench.{name} --quick" for name in NAMES]
    assert done.returncode
    assert "failed or missed a target: areas pixel" in done.stderr
    assert "not every target was measured: map" in done.stderr


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ({"a": True}, 0),
        ({"a": True, "b": None}, 3),
        ({"a": False, "b": None}, 1),
    ],
)
def test_the_exit_code_tells_missed_from_unmeasured(targets, code, capsys) -> None:
    assert verdict(targets) == code
    assert ("Not measured, so nothing is said of: b." in capsys.readouterr().out) == (
        "b" in targets
    )


def test_a_peer_that_is_missing_leaves_its_targets_unmeasured() -> None:
    ours = ingest.Figures()
    ours["drain_msg_s"], ours["p50_ms_10000"], ours["p99_ms_10000"] = [9.0], [1.0], [60.0]
    targets = ingest.summary({ingest.OURS: ours}, {ingest.NODE_RED: "no npm"}, {})["targets"]
    assert targets["live_node-red"] is None
    assert (targets["p50_10000"], targets["p99_10000"]) == (True, False)
    found = {"ours": {}, "peers": {}, "ratios": {"dl-geojson": {"update_50000_ours": 11.0}}}
    told = map_._targets(found, (50_000,))
    assert told["ours update beside dl-geojson"] is True
    assert told["ours update beside worldmap"] is None
    assert told["ours fps"] is None
