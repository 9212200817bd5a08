"""A broker and a Redis of their own for each measurement of bench.ingest."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import redis

from app.store import embedded
from bench._stack import until

# as our own, but open on loopback and without a disk: it is the consumers that are measured
BROKER = """\
listener {port} 127.0.0.1
{user}
allow_anonymous true
persistence false
max_queued_messages 1000000
max_queued_bytes 0
max_inflight_messages 4000
set_tcp_nodelay true
log_type error
"""


class Site(NamedTuple):
    """Where they are; `redis` is a client of that Redis, `url` its address."""

    var: Path
    mqtt_port: int
    redis_port: int
    url: str
    redis: redis.Redis


def mosquitto() -> str:
    """The broker's program; SystemExit with what to install when it is not there."""
    program = embedded.mosquitto_program()
    if program is None or shutil.which("mosquitto_sub") is None:
        raise SystemExit("mosquitto is needed: apt-get install mosquitto mosquitto-clients")
    return program


@contextmanager
def site(*, durable: bool) -> Iterator[Site]:
    """Start both; `durable` Redis is ours (a write per batch is on disk), else as it comes."""
    var = Path(tempfile.mkdtemp(prefix="chengyun-ingest-"))
    ports = embedded.free_port(), embedded.free_port()
    servers: list[subprocess.Popen[bytes]] = []
    try:
        servers.append(_broker(var, ports[0]))
        if durable:
            secret = embedded.kept_password(var / "redis")
            command, url = embedded.redis_command(var, ports[1], secret), ""
            url = embedded.redis_url(ports[1], secret)
        else:
            flags = [f"--port {ports[1]}", "--bind 127.0.0.1", '--save ""', f"--dir {var}"]
            command = [embedded.redis_program(), *" ".join(flags).split()]
            url = f"redis://127.0.0.1:{ports[1]}"
        servers.append(_start(command, var / "redis.out"))
        until(lambda: embedded.redis_answers(url), 20, "Redis answers")
        until(lambda: embedded.port_answers(ports[0]), 20, "the broker answers")
        yield Site(var, *ports, url, redis.Redis.from_url(url))
    finally:
        for server in servers:
            server.kill()
            server.wait()
        shutil.rmtree(var, ignore_errors=True)


def _broker(var: Path, port: int) -> subprocess.Popen[bytes]:
    import os

    user = "user root" if os.geteuid() == 0 else ""
    (var / "mosquitto.conf").write_text(BROKER.format(port=port, user=user), "utf-8")
    return _start([mosquitto(), "-c", str(var / "mosquitto.conf")], var / "broker.out")


def _start(command: list[str], out: Path) -> subprocess.Popen[bytes]:
    with out.open("ab") as said:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
