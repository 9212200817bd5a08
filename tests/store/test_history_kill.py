"""The writer of the history is killed -9 again and again: nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow.parquet import ParquetFile

from app.store.history import History
from tests.living import ROOT

pytestmark = pytest.mark.slow

DAY0 = 1_795_190_400_000  # 2026-11-21 00:00 in Beijing
HOUR, BATCHES, KILLS = 3_600_000, 30, 3
WRITER = f"""
import sys
from pathlib import Path
from app.domain.readings import Readings
from app.store import history_files
from app.store.history import History

history_files.FAN_IN = 3
history = History(Path(sys.argv[1]))
with history.alone():
    for i in range(int(sys.argv[2]), {BATCHES}):
        at = {DAY0} + i * 60_000
        readings = [Readings(0, d, "gas", "320404001", at, at, {{"ch4": float(i)}}) for d in "AB"]
        history.write([(f"{{i:04d}}-{{n}}", r) for n, r in enumerate(readings)])
        print(i, flush=True)  # acknowledged: what was not is written again under its old name
        history.compact()
        history.build()
        if i % 7 == 6:
            history.close({DAY0} + 24 * {HOUR})
            history.build()
"""


def writer(path: Path, first: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(first)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def test_killed_while_merging_again_and_again(tmp_path) -> None:
    chance, history = random.Random(7), History(tmp_path / "history")
    done = -1
    for kill in range(KILLS):
        process = writer(history.path, done + 1)
        assert process.stdout is not None
        for line in process.stdout:
            done = int(line)
            if done >= BATCHES * (kill + 1) // (KILLS + 1):
                break
        try:
            process.wait(chance.random() * 0.08)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait(10)
        done = int((process.stdout.read().split() or [done])[-1])
        process.stdout.close()
        _is_whole(history, done + 1)
    last = writer(history.path, done + 1)
    last.communicate(timeout=60)
    assert last.returncode == 0
    _is_whole(history, BATCHES)
    history.close(DAY0 + 24 * HOUR)
    history.build()
    _is_whole(history, BATCHES)
    assert not list(history.path.rglob("*.tmp"))


def _is_whole(history: History, at_least: int) -> None:
    rows = sum(ParquetFile(f).metadata.num_rows for f in history.files(DAY0, DAY0))
    assert rows % 2 == 0
    for device in "AB":
        values = history.curve(device, "ch4", DAY0, DAY0 + HOUR)
        assert values == [(DAY0 + i * 60_000, float(i)) for i in range(len(values))]
        assert len(values) == rows // 2 >= at_least
        hours = history.envelope(device, "ch4", DAY0, DAY0 + HOUR - 1, HOUR)
        assert hours == [(DAY0, 0.0, len(values) - 1)]
        minutes = history.envelope(device, "ch4", DAY0, DAY0 + HOUR - 1, 60_000)
        assert [(at, high) for at, _, high in minutes] == values
