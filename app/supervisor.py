"""One supervisor keeps the children of a machine alive and stops all of them together.

Children are whole processes in sessions of their own. A child that dies is started again, at
once the first time and then with a growing pause; a supervisor that is killed takes its children
with it (PR_SET_PDEATHSIG, Linux). Nothing else is supervised here: under systemd or a container
platform each role is started alone, and this module is not used.
"""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

log = logging.getLogger(__name__)

STOP_WITHIN_S = 15.0  # SIGTERM first, SIGKILL after this
STORES_WITHIN_S = 8.0  # then these, the last started first
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_S = 30.0  # alive for longer: the next death counts as the first
LOG_LIMIT = 20_000_000  # bytes; a log and its predecessor are at most twice that
LOG_EVERY_S = 60.0
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One child: its command, what to wait for before the next is started, and its history.

    A store is what the others write to: it is stopped when they are gone.
    """

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    ready: Callable[[subprocess.Popen[bytes]], None] | None = None
    store: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float | None = None

    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children in order, restarts what dies, stops the stores last."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self._logs = logs
        self._say = say
        self._children: list[Child] = []
        self._logs_due = 0.0
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, child: Child) -> None:
        """Start a child and wait until it is ready; it is kept alive from now on."""
        self._children.append(child)
        self._spawn(child)
        if child.ready and child.process:
            child.ready(child.process)

    def run(self, stop: Event, seconds: float | None = None) -> None:
        """Keep the children alive until `stop` is set or `seconds` have passed, then stop all."""
        end = time.monotonic() + seconds if seconds else None
        try:
            while not stop.wait(0.2) and (end is None or time.monotonic() < end):
                for child in self._children:
                    self._tend(child)
                self._mind_the_logs()
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop every child, the stores one by one at the end; kill what has not gone in time."""
        _end([child for child in self._children if not child.store], STOP_WITHIN_S)
        for store in reversed([child for child in self._children if child.store]):
            _end([store], STORES_WITHIN_S)

    def _spawn(self, child: Child) -> None:
        out = self._logs / f"{child.name}.log"
        with out.open("ab") as sink:
            child.process = subprocess.Popen(
                child.command,
                env={**os.environ, **child.env},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        child.started, child.again_at = time.monotonic(), None

    def _mind_the_logs(self) -> None:
        if time.monotonic() < self._logs_due:
            return
        self._logs_due = time.monotonic() + LOG_EVERY_S
        for log_file in self._logs.glob("*.log"):
            try:
                _shorten(log_file)
            except OSError as why:
                log.warning("%s cannot be shortened: %s", log_file, why)

    def _tend(self, child: Child) -> None:
        if child.alive():
            return
        now = time.monotonic()
        if child.again_at is None:
            child.deaths = 1 if now - child.started > STEADY_S else child.deaths + 1
            pause = PAUSES_S[min(child.deaths, len(PAUSES_S)) - 1]
            child.again_at = now + pause
            code = child.process.returncode if child.process else None
            where = self._logs / f"{child.name}.log"
            self._say(f"{child.name} died (exit {code}); again in {pause:g} s. See {where}")
        if now >= child.again_at:
            try:
                self._spawn(child)
            except OSError as why:
                # no memory or no disk at this moment: the other children go on
                child.again_at = now + PAUSES_S[-1]
                self._say(f"{child.name} cannot be started ({why}); again in {PAUSES_S[-1]:g} s")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _shorten(path: Path) -> None:
    """Copy a long log aside and empty it in place: its writer appends and need not know.

    What is written between the copy and the emptying is lost.
    """
    if path.stat().st_size > LOG_LIMIT:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def _end(children: list[Child], seconds: float) -> None:
    """Ask some children at once to stop; after so many seconds they are killed."""
    deadline = time.monotonic() + seconds
    for child in children:
        _signal(child, signal.SIGTERM)
    for child in children:
        _wait(child, deadline)
        _signal(child, signal.SIGKILL)


def _signal(child: Child, number: signal.Signals) -> None:
    """Signal the child's whole session, so that its own children go too."""
    if child.process is None or (number == signal.SIGTERM and not child.alive()):
        return
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return


def _wait(child: Child, deadline: float) -> None:
    if child.process is None:
        return
    try:
        child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        log.warning("%s does not stop by itself", child.name)
