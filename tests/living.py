"""A whole living city of its own: run.py demo in a temporary folder, for journeys and faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from app.store.embedded import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[1]
PASSWORD = "Testing-2026-cast"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@dataclass
class LivingCity:
    """A running demo: where it listens, where it keeps things, and its processes."""

    process: subprocess.Popen[bytes]
    url: str
    var: Path

    @property
    def settings(self) -> dict[str, Any]:
        """What run.py demo wrote of its servers: redis_url, mqtt_port and so on."""
        return tomllib.loads((self.var / "city.toml").read_text())

    def healthy(self) -> bool:
        """Whether the web role answers and finds Redis, ledger and every role alive."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def pid_of(self, role: str) -> int:
        """The process id of a role, or of "redis" or "broker"."""
        for child in psutil.Process(self.process.pid).children():
            line = " ".join(child.cmdline())
            marks = {"redis": "redis-server", "broker": "broker"}
            if line.endswith(f"run.py {role}") or (role in marks and marks[role] in line):
                return child.pid
        raise LookupError(role)

    def kill(self, role: str) -> None:
        """kill -9 a role; the supervisor starts it again."""
        pid = self.pid_of(role)
        for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
            os.kill(process.pid, signal.SIGKILL)
        until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie")

    def stop(self) -> int:
        """Stop it as Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(15)


@contextmanager
def living_city(var: Path, *flags: str, **env: str) -> Iterator[LivingCity]:
    """Start a demo on free ports and wait until it is healthy; stop it at the end."""
    port = free_port()
    command = [sys.executable, str(ROOT / "run.py"), "demo", f"--port={port}", f"--var={var}"]
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.out").open("ab") as out:
        process = subprocess.Popen(
            [*command, *flags],
            env={**os.environ, "CHENGYUN_DEMO_PASSWORD": PASSWORD, **env},
            cwd=ROOT,
            stdout=out,
            stderr=out,
        )
    city = LivingCity(process, f"http://127.0.0.1:{port}", var)
    try:
        until(lambda: process.poll() is not None or city.healthy(), 60)
        assert process.poll() is None, (var / "demo.out").read_text()
        yield city
    finally:
        if process.poll() is None:
            city.stop()


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a screen; missing, it is an error that says what to install."""
    with sync_playwright() as playwright:
        yield _launch(playwright)


def _launch(playwright: Playwright) -> Browser:
    path = "/usr/bin/chromium"
    assert Path(path).exists(), "no browser: apt-get install chromium fonts-noto-cjk"
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


def sign_in(page: Page, url: str, user: str, to: str) -> None:
    """Sign a member of the demo cast in and open a page."""
    page.goto(f"{url}/login?next={to}")
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}{to}*")
