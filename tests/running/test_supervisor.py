"""The supervisor: restarts what dies, stops all, leaves no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import psutil
import pytest

from app import supervisor
from app.supervisor import Child, Supervisor
from tests.waiting import until

# writes its process id, then waits; "deaf" ignores SIGTERM, "social" ends when three were asked
CHILD = """
import os, signal, sys, pathlib, time
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
def together(*_):
    mine = pathlib.Path(sys.argv[1] + ".asked")
    mine.touch()
    while len(list(mine.parent.glob("*.asked"))) < 3:
        time.sleep(0.01)
    sys.exit(0)
if "social" in sys.argv:
    signal.signal(signal.SIGTERM, together)
with pathlib.Path(sys.argv[1]).open("a") as f:
    f.write(f"{os.getpid()}\\n")
signal.pause()
"""


class Running:
    """A supervisor in a thread, and what its children wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stop, self.said = folder, Event(), list[str]()
        self.supervisor = Supervisor(folder / "log", self.said.append)
        self.thread = Thread(target=self.supervisor.run, args=(self.stop,))

    def child(self, name: str, *flags: str, store: bool = False) -> Child:
        command = [sys.executable, "-c", CHILD, str(self.folder / name), *flags]
        child = Child(name, command, store=store)
        self.supervisor.start(child)
        return child

    def pids(self, name: str) -> list[int]:
        path = self.folder / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    it = Running(tmp_path)
    yield it
    it.stop.set()
    it.supervisor.stop()


def gone(pid: int) -> Callable[[], bool]:
    return lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"


def test_a_child_that_is_killed_is_started_again(running: Running) -> None:
    running.child("a")
    running.thread.start()
    until(lambda: running.pids("a"))
    os.kill(running.pids("a")[0], signal.SIGKILL)
    until(lambda: len(running.pids("a")) == 2)
    assert "a died" in running.said[0]


def test_the_log_of_a_child_that_lives_for_months_is_bounded(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.supervisor.LOG_LIMIT", 1000)
    monkeypatch.setattr("app.supervisor.LOG_EVERY_S", 0.0)
    running.child("a")
    log_file = running.folder / "log/a.log"
    with log_file.open("ab") as child:
        child.write(b"old " * 500)
        child.flush()
        running.thread.start()
        until(lambda: log_file.stat().st_size == 0)
        child.write(b"new")
    assert log_file.read_bytes() == b"new", "the same open file goes on"
    assert log_file.with_suffix(".log.1").read_bytes() == b"old " * 500


def test_stop_ends_every_child(running: Running) -> None:
    running.child("a")
    running.child("b")
    running.thread.start()
    until(lambda: running.pids("a") and running.pids("b"))
    running.stop.set()
    running.thread.join(10)
    assert not running.thread.is_alive()
    for name in "ab":
        until(gone(running.pids(name)[0]))


def test_all_are_asked_to_stop_at_once_and_the_stores_when_they_are_gone(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On a busy machine each role needs seconds: they do not wait for one another."""
    alive: dict[str, list[str]] = {}
    tell = supervisor._signal

    def note(child: Child, number: signal.Signals) -> None:
        alive.setdefault(child.name, [one.name for one in children if one.alive()])
        tell(child, number)

    monkeypatch.setattr(supervisor, "_signal", note)
    children = [running.child("redis", store=True), running.child("broker", store=True)]
    children += [running.child(name, "social") for name in "abc"]
    until(lambda: all(running.pids(child.name) for child in children))
    running.supervisor.stop()
    assert alive["broker"] == ["redis", "broker"]
    assert alive["redis"] == ["redis"]
    assert not any(child.alive() for child in children)
    assert "does not stop" not in caplog.text


def test_a_deaf_child_is_killed_in_time(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.supervisor.STOP_WITHIN_S", 1.5)
    running.child("a", "deaf")
    until(lambda: running.pids("a"))
    running.supervisor.stop()
    until(gone(running.pids("a")[0]))


def test_a_killed_supervisor_takes_its_children_with_it(tmp_path: Path) -> None:
    script = f"""
from pathlib import Path
from threading import Event
from app.supervisor import Child, Supervisor
import sys
s = Supervisor(Path({str(tmp_path)!r}) / "log", print)
s.start(Child("a", [sys.executable, "-c", {CHILD!r}, {str(tmp_path / "a")!r}]))
s.run(Event())
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    written = tmp_path / "a"
    until(lambda: written.exists() and written.read_text().strip())
    parent.kill()
    parent.wait()
    until(gone(int(written.read_text())))
