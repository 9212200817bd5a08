"""run.py history export: a file, or one sentence that says why not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.readings import Readings
from app.store.history import History
from tests.living import ROOT

pytestmark = pytest.mark.slow

NOON = 1_795_190_400_000 + 12 * 3_600_000  # 2026-11-21 in Beijing


def run(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    bare = {k: v for k, v in os.environ.items() if not k.startswith("CHENGYUN_")}
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "history", "export", *words],
        cwd=var,
        env=bare | {"CHENGYUN_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_day_of_a_device_for_a_spreadsheet_and_what_is_refused(tmp_path) -> None:
    readings = [Readings(0, "G1", "gas", "320404", NOON + i, NOON, {"ch4": 1.5}) for i in range(3)]
    History(tmp_path / "history").write([(f"{i}-0", r) for i, r in enumerate(readings)])
    wanted = ("--device", "G1", "--since", "2026-11-21", "--until", "2026-11-21")

    done = run(tmp_path, *wanted, "--out", "a.csv")
    assert (done.returncode, done.stdout) == (0, "已导出 3 行:a.csv\n"), done.stderr
    text = (tmp_path / "a.csv").read_text("utf-8")
    assert text.startswith("\ufeff设备,类型,指标,区域,时间(北京)")
    assert "G1,gas,ch4,320404,2026-11-21 12:00:00.000," in text

    again = run(tmp_path, *wanted, "--out", "a.csv")
    assert again.returncode == 2
    assert "文件已存在" in again.stderr
    wrong = run(tmp_path, "--device", "G1", "--since", "gestern", "--out", "b.csv")
    assert wrong.returncode == 2
    assert "'gestern' is no moment" in wrong.stderr
    none = run(tmp_path, "--device", "G2", "--since", "2026-11-21", "--out", "c.csv")
    assert (none.returncode, none.stdout) == (0, "没有这样的记录,未生成文件。\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "history"]
