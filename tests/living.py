"""A whole living city of its own: run.py demo in a temporary folder, for journeys and faults."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from app.store.embedded import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[1]
PASSWORD = "Testing-2026-cast"
SMALL = ("--devices=120", "--scenario=calm")
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
MARKS = {"redis": ("redis-server", "valkey-server"), "broker": ("mosquitto", "iotcore", "broker")}


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
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def said(self) -> str:
        """What the demo has told the person at its terminal."""
        return (self.var / "demo.out").read_text()

    def family(self) -> list[psutil.Process]:
        """The supervisor's children and theirs, as of now."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def pid_of(self, role: str) -> int:
        """The process id of a role, or of "redis" or "broker"; LookupError when it is dead."""
        for child in psutil.Process(self.process.pid).children():
            try:
                command = child.cmdline()
            except psutil.Error:  # it has died meanwhile
                continue
            if role in MARKS:
                found = any(mark in " ".join(command[:3]) for mark in MARKS[role])
            else:
                found = [Path(part).name for part in command[1:3]] == ["run.py", role]
            if found:
                return child.pid
        raise LookupError(role)

    def pause(self, role: str) -> None:
        """Hold a role still (SIGSTOP): its process is there and does nothing."""
        os.kill(self.pid_of(role), signal.SIGSTOP)

    def resume(self, role: str) -> None:
        """Let a role go on."""
        os.kill(self.pid_of(role), signal.SIGCONT)

    def hold_supervisor(self) -> None:
        """Hold the supervisor still, so that what dies stays dead for a while."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def release_supervisor(self) -> None:
        """Let the supervisor go on."""
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self, role: str) -> None:
        """kill -9 a role with its children; the supervisor starts it again."""
        pid = self.pid_of(role)
        for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
            os.kill(process.pid, signal.SIGKILL)
        until(lambda: not alive(pid))

    def stop(self) -> int:
        """Stop it as Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead but not yet waited for does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def demo_command(var: Path, port: int, *flags: str) -> list[str]:
    """The command line of a small demo in a folder."""
    command = [sys.executable, str(ROOT / "run.py"), "demo", f"--port={port}", f"--var={var}"]
    return [*command, *SMALL, *flags]


@contextmanager
def living_city(var: Path, *flags: str, **env: str) -> Iterator[LivingCity]:
    """Start a demo on free ports and wait until it is healthy; stop it at the end."""
    port = free_port()
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.out").open("ab") as out:
        process = subprocess.Popen(
            demo_command(var, port, *flags),
            env={**os.environ, "CHENGYUN_DEMO_PASSWORD": PASSWORD, **env},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    city = LivingCity(process, f"http://127.0.0.1:{port}", var)
    try:
        until(lambda: process.poll() is not None or city.healthy(), 180, every=0.1)
        assert process.poll() is None, city.said()
        yield city
    finally:
        if process.poll() is None:
            city.stop()


@dataclass
class Desk:
    """A signed-in user of the API, without a browser."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def get(self, path: str, **query: Any) -> Any:
        """GET /api/v1/path as JSON; HTTPError when it is refused."""
        answer = self.session.get(f"{self.url}/api/v1/{path}", params=query, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """POST JSON to /api/v1/path; HTTPError when it is refused."""
        answer = self.session.post(
            f"{self.url}/api/v1/{path}",
            json=body or {},
            headers={"X-CSRFToken": self.csrf},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()

    def snapshot(self) -> dict[str, Any]:
        """Everything open that this user may see."""
        found: dict[str, Any] = self.get("snapshot")
        return found

    def alert(self, device: str) -> dict[str, Any] | None:
        """The open alert of a device."""
        alerts = self.snapshot()["alerts"]
        return next((one for one in alerts if one["device"] == device), None)

    def trail(self, case_id: str) -> list[str]:
        """The kinds of the facts of a case, in their order."""
        return [fact["kind"] for fact in self.get(f"cases/{case_id}")["trail"]]


def desk_of(url: str, user: str) -> Desk:
    """Sign a member of the demo cast in, without a browser; his other sessions end."""
    desk = Desk(url)
    form = desk.session.get(f"{url}/login", timeout=30).text
    token = form.split('name="csrf_token" value="')[1].split('"')[0]
    said = {"user": user, "password": PASSWORD, "csrf_token": token}
    desk.session.post(f"{url}/login", data=said, timeout=30).raise_for_status()
    desk.csrf = desk.get("me")["csrf"]
    return desk


@contextmanager
def browser(*flags: str) -> Iterator[Browser]:
    """Debian's Chromium without a screen; missing, it is an error that says what to install."""
    with sync_playwright() as playwright:
        yield _launch(playwright, *flags)


def _launch(playwright: Playwright, *flags: str) -> Browser:
    path = "/usr/bin/chromium"
    assert Path(path).exists(), "no browser: apt-get install chromium fonts-noto-cjk"
    return playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_FLAGS, *flags])


def sign_in(page: Page, url: str, user: str, to: str) -> None:
    """Sign a member of the demo cast in and open a page; his other sessions end."""
    page.goto(f"{url}/login?next={to}")
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"{url}{to}*")
