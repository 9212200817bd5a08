"""Who is measured by bench.ingest: each leaves a stored session, starts, and says how far it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Protocol

import psutil

from app.city import open_city
from app.config import load_settings
from app.domain.readings import DeviceStatus
from app.services import ingest
from app.store import embedded, keys
from bench import _ingest_naive as naive
from bench import _node_red
from bench._ingest_load import DISTRICT, KIND, TOPICS, device, leave_session
from bench._ingest_site import Site
from bench._stack import ROOT, RUN, generated_areas, until

AT_ONCE = 1_000
PLACE = (119.95, 31.78)


class Consumer(Protocol):
    """One that is measured; `durable` is the Redis it gets."""

    name: str
    durable: bool

    def leave_session(self, site: Site) -> None:
        """Have its session stored by the broker before it starts."""

    def start(self, site: Site) -> subprocess.Popen[bytes]:
        """Start it; it reads at once what waits in its session."""

    def count(self, site: Site) -> int:
        """How many messages it has written into Redis."""


class Ours:
    """The ingest role, with 10,000 registered devices."""

    name, durable = "ours", True

    def __init__(self, folder: Path) -> None:
        """Make a ledger with the devices once; each measurement gets a copy."""
        self._ledger = folder / "ledger.sqlite"
        var = Path(tempfile.mkdtemp(dir=folder))
        server = embedded.start_redis(var)
        try:
            generated_areas(var / "areas")
            city = open_city(load_settings(var=var, redis_url=server.url, city=DISTRICT))
            city.ledger.migrate()
            now = int(city.now().timestamp() * 1000)
            ingest.begin(city)
            for start in range(0, TOPICS, AT_ONCE):
                births = [_birth(device(i), now) for i in range(start, start + AT_ONCE)]
                ingest.status(city, births, now)
            city.ledger.engine.dispose()
            shutil.copy(var / "ledger.sqlite", self._ledger)
        finally:
            server.stop()

    def leave_session(self, site: Site) -> None:
        """As the lane of readings subscribes."""
        topics = [f"city/+/+/+/{what}" for what in ("telemetry", "status")]
        settings = load_settings(var=site.var, redis_url=site.url)
        leave_session(site.mqtt_port, settings.mqtt_client_id, [*topics, "city/+/grid/+/position"])

    def start(self, site: Site) -> subprocess.Popen[bytes]:
        """`run.py ingest`, as it is."""
        generated_areas(site.var / "areas")
        shutil.copy(self._ledger, site.var / "ledger.sqlite")
        env = {k: v for k, v in os.environ.items() if not k.startswith("CHENGYUN_")} | {
            "CHENGYUN_VAR": str(site.var),
            "CHENGYUN_CITY": DISTRICT,
            "CHENGYUN_REDIS_URL": site.url,
            "CHENGYUN_MQTT_PORT": str(site.mqtt_port),
        }
        return _start([*RUN, "ingest"], site.var / "consumer.out", env)

    def count(self, site: Site) -> int:
        """What the script has counted in the same step as it wrote."""
        return int(site.redis.hget(keys.COUNTS, "stored") or 0)


class Naive:
    """paho callback, json, two round trips."""

    name, durable = "naive", False

    def leave_session(self, site: Site) -> None:
        """Its one subscription."""
        leave_session(site.mqtt_port, naive.CLIENT_ID, [naive.TOPIC])

    def start(self, site: Site) -> subprocess.Popen[bytes]:
        """The module as a program."""
        ports = [str(site.mqtt_port), str(site.redis_port)]
        command = [sys.executable, "-m", "bench._ingest_naive", *ports]
        return _start(command, site.var / "consumer.out", dict(os.environ))

    def count(self, site: Site) -> int:
        """Its second round trip."""
        return int(site.redis.get(naive.COUNT) or 0)


class NodeRed:
    """MQTT in (JSON) → function → Redis, installed by npm."""

    name, durable = "node-red", False

    def __init__(self, folder: Path) -> None:
        """Install it there; RuntimeError with npm's words when that fails."""
        self._home = folder / "node-red"
        self._node = _node_red.install(self._home, "node-red-contrib-redis")
        self.version = _node_red.version(self._home, "node-red")

    def leave_session(self, site: Site) -> None:
        """Its one subscription."""
        leave_session(site.mqtt_port, self.name, [naive.TOPIC])

    def start(self, site: Site) -> subprocess.Popen[bytes]:
        """Node-RED without its editor."""
        flows = site.var / "flows.json"
        flows.write_text(json.dumps(self._flows(site)), "utf-8")
        words = {"console": {"level": "warn", "metrics": False, "audit": False}}
        settings = {"httpAdminRoot": False, "httpNodeRoot": False, "logging": words}
        settings |= {"uiHost": "127.0.0.1", "uiPort": embedded.free_port()}
        (self._home / "settings.js").write_text(f"module.exports = {json.dumps(settings)}", "utf-8")
        program = str(self._home / "node_modules/node-red/red.js")
        command = [self._node, program, "--userDir", str(self._home), str(flows)]
        return _start(command, site.var / "consumer.out", dict(os.environ))

    def _flows(self, site: Site) -> list[dict[str, object]]:
        """The four nodes and the two servers."""
        code = (
            'const device = msg.topic.split("/")[3];\n'
            'return {topic: "last", payload: [device, JSON.stringify(msg.payload)]};'
        )
        session = {"clientid": self.name, "cleansession": False, "autoConnect": True}
        broker = {"broker": "127.0.0.1", "port": site.mqtt_port, "protocolVersion": 4, **session}
        where = json.dumps({"host": "127.0.0.1", "port": site.redis_port})
        hears = {"topic": naive.TOPIC, "qos": "1", "datatype": "json", "broker": "b"}
        return [
            {"id": "t", "type": "tab", "label": "ingest"},
            {"id": "b", "type": "mqtt-broker", "keepalive": 60, **broker},
            {
                "id": "rc",
                "type": "redis-config",
                "options": where,
                "optionsType": "json",
                "name": "r",
            },
            {"id": "in", "type": "mqtt in", "z": "t", "wires": [["f"]], **hears},
            {"id": "f", "type": "function", "z": "t", "func": code, "outputs": 1, "wires": [["r"]]},
            {
                **{"id": "r", "type": "redis-command", "z": "t", "server": "rc", "command": "hset"},
                **{"name": "", "topic": "", "params": "[]", "block": False, "wires": [[]]},
            },
        ]

    def count(self, site: Site) -> int:
        """Redis itself counts its commands."""
        said = site.redis.info("commandstats").get("cmdstat_hset", {"calls": 0})
        return int(said["calls"])


def seconds_of(process: subprocess.Popen[bytes]) -> float:
    """Processor time, user and system, of a process since its start."""
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


def _birth(code: str, now: int) -> DeviceStatus:
    lon, lat = PLACE
    return DeviceStatus(device=code, kind=KIND, at=now, online=True, lon=lon, lat=lat)


def _start(command: list[str], out: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    with out.open("ab") as said:
        return subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End it at once."""
    process.kill()
    process.wait()


def wait_started(consumer: Consumer, site: Site, process: subprocess.Popen[bytes]) -> None:
    """Wait until it has written something; TimeoutError with its words when it does not."""

    def moved() -> bool:
        return consumer.count(site) > 0 or process.poll() is not None

    try:
        until(moved, 60, f"{consumer.name} writes")
        if process.poll() is not None:
            raise TimeoutError(f"{consumer.name} has ended")
    except TimeoutError as why:
        words = (site.var / "consumer.out").read_text("utf-8", "replace")[-2_000:]
        raise TimeoutError(f"{why}\n{words}") from why
