"""run.py demo as one lives with it: start, kill, stop, start again, and the refusals."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests

from app import demo
from app.store.embedded import free_port
from app.store.ledger import Ledger
from geodata.areas import open_areas
from tests.journeys.field import sensor
from tests.living import ROOT, LivingCity, alive, demo_command, desk_of, living_city
from tests.running.test_check import run
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

STOPS_WITHIN_S = 10.0
CODE = "DEMO-1"


def _last_seq(var: Path) -> int:
    ledger = Ledger.open(f"sqlite:///{var / 'ledger.sqlite'}")
    try:
        assert ledger.verify() is None
        return ledger.last_seq()
    finally:
        ledger.close()


def _knows(there: LivingCity, code: str) -> Callable[[], bool]:
    commander = desk_of(there.url, "commander")

    def known() -> bool:
        try:
            return bool(commander.get(f"devices/{code}")["device"])
        except requests.HTTPError:
            return False

    return known


def _stops_without_orphans(there: LivingCity) -> None:
    """Ctrl-C: everything that was started is gone within 10 s, whatever session it is in."""
    family = [process.pid for process in there.family()]
    sessions = {os.getsid(pid) for pid in family}
    assert len(sessions) >= 8  # two servers and six roles, each in a session of its own
    began = time.monotonic()
    assert there.stop() == 0
    took = time.monotonic() - began
    print(f"\nstopped in {took:.1f} s")  # noqa: T201 - pytest -s shows it
    assert took <= STOPS_WITHIN_S
    assert [pid for pid in family if alive(pid)] == []
    assert _in_sessions(sessions) == []


def _in_sessions(sessions: set[int]) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in sessions and alive(process.pid):
                found.append(process.pid)
        except ProcessLookupError:
            continue
    return found


def _refused(var: Path, port: int) -> str:
    """What a demo that cannot start says; it is one sentence and no stack trace."""
    done = subprocess.run(
        demo_command(var, port),
        cwd=ROOT,
        env={**os.environ, "CHENGYUN_DEMO_PASSWORD": "Testing-2026-cast"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    faults = [line for line in done.stderr.splitlines() if line.startswith("  - ")]
    assert len(faults) == 1
    return faults[0]


def test_a_life_of_two_starts(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with living_city(var) as there:
        leak = sensor(there.settings, CODE)
        leak.be_born("演示井")
        leak.says(2.0)
        until(_knows(there, CODE), timeout=20, every=0.2)
        leak.__exit__(None, None, None)
        _comes_back_when_killed(there)
        check = run("check", tmp_path, CHENGYUN_CONFIG=str(var / "city.toml"))
        assert check.returncode == 0, check.stdout
        assert f"{var}: in use by another run (process {there.process.pid})" in _refused(
            var, free_port()
        )
        _stops_without_orphans(there)
    before = _last_seq(var)
    with living_city(var) as there:
        assert _knows(there, CODE)()
        assert desk_of(there.url, "commander").snapshot()["as_of"] >= before


def _comes_back_when_killed(there: LivingCity) -> None:
    old = there.pid_of("watch")
    there.kill("watch")

    def again() -> bool:
        try:
            return there.pid_of("watch") != old
        except LookupError:
            return False

    until(again)
    assert "watch died (exit -9); again in 0 s" in there.said()
    until(there.healthy, timeout=30, every=0.1)


def test_the_command_that_it_prints_is_one_for_a_shell() -> None:
    config, *command = shlex.split(demo._check_command(Path("/a city/var")))
    assert config == "CHENGYUN_CONFIG=/a city/var/city.toml"
    assert command == [*demo.RUN, "check"]


def test_the_sensor_that_it_prints_stands_in_the_city_shown(tmp_path: Path) -> None:
    assert demo._inside("320404", tmp_path) == (119.94, 31.78)
    lon, lat = demo._inside("540102", tmp_path)
    assert open_areas("540102", tmp_path / "areas").locate_one(lon, lat).startswith("540102")


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = _refused(tmp_path / "var", port)
    assert f"port {port} on 127.0.0.1 is in use; give another with --port" in said


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    assert "cannot be used" in _refused(tmp_path / "var", free_port())


def test_a_stop_while_it_starts_is_heard(tmp_path: Path) -> None:
    """Ctrl-C before the city is up: the children that were started go as well, in time."""
    process = subprocess.Popen(
        demo_command(tmp_path / "var", free_port()),
        cwd=ROOT,
        env={**os.environ, "CHENGYUN_DEMO_PASSWORD": "Testing-2026-cast"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # the ledger is being prepared: the longest step of all
    until(lambda: (tmp_path / "var/log/prepare.log").exists(), timeout=30)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=STOPS_WITHIN_S)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert [child.pid for child in children if alive(child.pid)] == []
