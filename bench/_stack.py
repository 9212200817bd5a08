"""A whole city of its own without the simulator: Redis, broker and every role, in one folder.

The same servers, settings and processes as `run.py demo`; only the readings come from elsewhere.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import requests

from app.city import City, open_city
from app.config import load_settings
from app.store import embedded
from app.supervisor import Child, Supervisor
from geodata.areas import AreaTree, open_areas

ROOT = Path(__file__).resolve().parents[1]
RUN = [sys.executable, str(ROOT / "run.py")]
ROLES = ("ingest", "watch", "clock", "archive", "web")
KNOWN_AREAS = ROOT / "var/areas"  # what an earlier `make run` has drawn saves some seconds
DISTRICT = "320404"
PASSWORD = "Bench-2026-cast"


def until(true: Callable[[], bool], timeout: float, what: str, every: float = 0.05) -> None:
    """Wait for a condition, asked every so many s; TimeoutError names it if it does not come."""
    end = time.monotonic() + timeout
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {timeout:g} s: {what}")
        time.sleep(every)


def generated_areas(folder: Path) -> None:
    """Put what was drawn earlier there, but nothing that was imported on this machine.

    The name of each tree says what it was drawn from, so one with imports is never taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in KNOWN_AREAS.glob(f"areas-{DISTRICT}-*.msgpack"):
        shutil.copy(file, folder)


def generated_tree() -> AreaTree:
    """The district's tree without what was imported on this machine."""
    with tempfile.TemporaryDirectory(prefix="chengyun-areas-") as folder:
        generated_areas(Path(folder))
        return open_areas(DISTRICT, Path(folder))


class Stack:
    """The running city: its address, its stores, its processes; `env` adds settings."""

    def __init__(self, var: Path, **env: str) -> None:
        self.var = var
        self._more = env
        self.port = embedded.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._supervisor = Supervisor(var / "log", print)
        self.children: dict[str, Child] = {}
        self.env = self._start_stores()

    def _start_stores(self) -> dict[str, str]:
        ports = embedded.free_port(), embedded.free_port()
        secrets = (
            embedded.kept_password(self.var / "redis"),
            embedded.kept_password(self.var / "broker"),
        )
        url = embedded.redis_url(ports[0], secrets[0])
        broker = embedded.broker_command(self.var, ports[1], embedded.BROKER_USER, secrets[1])
        redis = embedded.redis_command(self.var, ports[0], secrets[0])
        for name, command in (("redis", redis), ("broker", broker)):
            self.children[name] = Child(name, command, store=True)
            self._supervisor.start(self.children[name])
        until(lambda: embedded.redis_answers(url), 20, "Redis answers")
        until(lambda: embedded.port_answers(ports[1]), 20, "the broker answers")
        return {
            "CHENGYUN_VAR": str(self.var),
            "CHENGYUN_PORT": str(self.port),
            "CHENGYUN_CITY": DISTRICT,
            "CHENGYUN_POINTS_AT_MOST": "60000",  # every probe is to be seen as a point
            "CHENGYUN_REDIS_URL": url,
            "CHENGYUN_MQTT_HOST": embedded.LOOPBACK,
            "CHENGYUN_MQTT_PORT": str(ports[1]),
            "CHENGYUN_MQTT_USER": embedded.BROKER_USER,
            "CHENGYUN_MQTT_PASSWORD": secrets[1],
            "CHENGYUN_SECRET_KEY": embedded.kept_password(self.var / "session-key"),
            "CHENGYUN_DEMO_PASSWORD": PASSWORD,
            **self._more,
        }

    @property
    def mqtt(self) -> dict[str, Any]:
        """Where the broker is: host, port, user, password."""
        names = ("host", "port", "user", "password")
        found = {name: self.env[f"CHENGYUN_MQTT_{name.upper()}"] for name in names}
        return {**found, "port": int(found["port"])}

    def start_roles(self) -> None:
        """Prepare the ledger and start every role; `open` waits for them."""
        generated_areas(self.var / "areas")
        with (self.var / "log/prepare.log").open("ab") as log:
            env = {**os.environ, **self.env}
            subprocess.run([*RUN, "prepare"], env=env, check=True, stdout=log, stderr=log)
        for role in ROLES:
            child = Child(role, [*RUN, role], self.env)
            self._supervisor.start(child)
            self.children[role] = child

    def keep_alive(self, stop: Event) -> None:
        """Start again what dies, as `run.py demo` does, until told to stop; then stop all."""
        self._supervisor.run(stop)

    def open(self) -> City:
        """Wait until all roles are well, and open their stores."""
        until(self.healthy, 60, f"the city is healthy; logs in {self.var}/log")
        names = ("var", "redis_url", "city")
        return open_city(load_settings(**{n: self.env[f"CHENGYUN_{n.upper()}"] for n in names}))

    def healthy(self) -> bool:
        """Whether the web role answers and every role is alive."""
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def _signal(self, number: signal.Signals) -> None:
        for child in self._of_roles().values():
            if child.process and child.alive():
                os.killpg(child.process.pid, number)

    def _of_roles(self) -> dict[str, Child]:
        return {role: self.children[role] for role in ROLES if role in self.children}

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """All roles stand still, so that another system has the machine for itself."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def processor_seconds(self) -> dict[str, float]:
        """Processor time that each role has used since its start."""
        used = {}
        for role, child in self._of_roles().items():
            if child.process and child.alive():
                times = psutil.Process(child.process.pid).cpu_times()
                used[role] = times.user + times.system
        return used

    def stop(self) -> None:
        """End every process; what they keep is thrown away, so nobody is asked to tidy up."""
        self._signal(signal.SIGKILL)
        self._supervisor.stop()


@contextmanager
def stack(var: Path | None = None, **env: str) -> Iterator[Stack]:
    """A city in a temporary folder, gone afterwards; `env` are settings of its roles."""
    var = var or Path(tempfile.mkdtemp(prefix="chengyun-bench-"))
    city = None
    try:
        city = Stack(var, **env)
        yield city
    finally:
        if city:
            city.stop()
        shutil.rmtree(var, ignore_errors=True)
