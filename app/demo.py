"""The demo: every role, a private Redis, a private broker and a simulated city, on one machine.

Everything it keeps lies in one folder, so that the next start goes on where this one stopped.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import IO

from app.config import Settings
from app.errors import BadConfiguration
from app.store import embedded
from app.supervisor import Child, Supervisor

ROLES = ("ingest", "watch", "clock", "archive")
ROOM_NEEDED = 300_000_000

Waiter = Callable[[subprocess.Popen[bytes]], None]
RUN = [sys.executable, str(Path(__file__).resolve().parent.parent / "run.py")]


def run(settings: Settings, args: argparse.Namespace, stop: Event) -> int:
    """Start the whole city, say where to look, and keep it alive until `stop`."""
    var = settings.var.absolute()
    _room(var)
    lock = _lock(var)  # kept open: the lock goes with the process
    port = _web_port(settings, asked="port" in settings.model_fields_set)
    supervisor = Supervisor(var / "log", say)
    try:
        env = _start_stores(supervisor, var, settings, port)
        _prepare(env, var / "log/prepare.log", stop)
        for role in ROLES:
            supervisor.start(Child(role, [*RUN, role], env))
        supervisor.start(_web(settings.host, port, var, env, stop))
        supervisor.start(Child("simulator", [*RUN, "simulator", *_simulator_flags(args)], env))
        _welcome(settings, port, env, var)
        supervisor.run(stop, args.seconds)
    except _StoppedEarly:
        say("stopped before it was up.")
        return 0
    finally:
        supervisor.stop()
        lock.close()
    say("stopped; the next start goes on from here.")
    return 0


class _StoppedEarly(Exception):
    """Somebody wants the demo to stop while it starts."""


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence, flush=True)  # noqa: T201 - this is the demo's voice


def _room(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(var).free
    except OSError as why:
        raise BadConfiguration([f"var={var}: cannot be used ({why.strerror})"]) from why
    if free < ROOM_NEEDED:
        raise BadConfiguration(
            [f"var={var}: only {free // 1_000_000} MB free, 300 MB needed; make room or use --var"]
        )


def _lock(var: Path) -> IO[str]:
    path = var / "run.lock"
    try:
        lock = path.open("a+")
    except OSError as why:
        raise BadConfiguration([f"var={var}: cannot be written ({why.strerror})"]) from why
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as why:
        lock.seek(0)
        pid = lock.read().strip()
        raise BadConfiguration(
            [f"var={var}: in use by another run (process {pid}); stop it or use --var"]
        ) from why
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _web_port(settings: Settings, *, asked: bool) -> int:
    """The port of the screens: as asked, else the usual one, else a free one."""
    if _is_free(settings.host, settings.port):
        return settings.port
    if asked:
        raise BadConfiguration(
            [f"port {settings.port} on {settings.host} is in use; give another with --port"]
        )
    return embedded.free_port()


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _demo_password(var: Path) -> str:
    """The password of the demo cast: made at the first start, and good enough for the rules."""
    return "Cy-" + embedded.kept_password(var / "demo")[:9] + "7"


def _waiter(name: str, log: Path, ready: Callable[[], bool]) -> Waiter:
    return lambda process: embedded.wait_ready(name, process, log, ready, timeout=60)


def _start_stores(
    supervisor: Supervisor, var: Path, settings: Settings, port: int
) -> dict[str, str]:
    """Start Redis and the broker; return the environment of every role."""
    redis_secret = embedded.kept_password(var / "redis")
    broker_secret = embedded.kept_password(var / "broker")
    redis_port = embedded.free_port()
    broker_port = 1883 if _is_free(embedded.LOOPBACK, 1883) else embedded.free_port()
    redis_url = embedded.redis_url(redis_port, redis_secret)
    redis = embedded.redis_command(var, redis_port, redis_secret)
    answers = _waiter("Redis", var / "redis/redis.log", lambda: embedded.redis_answers(redis_url))
    supervisor.start(Child("redis", redis, ready=answers, store=True))
    broker = embedded.broker_command(var, broker_port, embedded.BROKER_USER, broker_secret)
    log = var / "log/broker.log"
    open_ = _waiter("MQTT broker", log, lambda: embedded.port_answers(broker_port))
    supervisor.start(Child("broker", broker, ready=open_, store=True))
    return {
        "CHENGYUN_VAR": str(var),
        "CHENGYUN_HOST": settings.host,
        "CHENGYUN_PORT": str(port),
        "CHENGYUN_CITY": settings.city,
        "CHENGYUN_REDIS_URL": redis_url,
        "CHENGYUN_MQTT_HOST": embedded.LOOPBACK,
        "CHENGYUN_MQTT_PORT": str(broker_port),
        "CHENGYUN_MQTT_USER": embedded.BROKER_USER,
        "CHENGYUN_MQTT_PASSWORD": broker_secret,
        "CHENGYUN_SECRET_KEY": settings.secret_key or embedded.kept_password(var / "session-key"),
        "CHENGYUN_DEMO_PASSWORD": settings.demo_password or _demo_password(var),
    }


def _prepare(env: dict[str, str], log: Path, stop: Event) -> None:
    """Make the ledger and enrol the cast; a Ctrl-C reaches that process too, and is no fault."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*RUN, "prepare"], env={**os.environ, **env}, stdout=out, stderr=out
        )
        while process.poll() is None and not stop.wait(0.05):
            pass
        if stop.is_set():
            process.terminate()
            process.wait(5)
            raise _StoppedEarly
    if process.returncode:
        why = log.read_text("utf-8", "replace").strip()[-2000:]
        # it has named its faults itself, each in a line
        faults = [line[4:] for line in why.splitlines() if line.startswith("  - ")]
        raise BadConfiguration(faults or [f"the ledger cannot be prepared: {why}"])


def _web(host: str, port: int, var: Path, env: dict[str, str], stop: Event) -> Child:
    """The web role, the only one that is waited for: the others catch up by themselves."""
    log = var / "log/web.log"
    ready = _waiter("web", log, lambda: stop.is_set() or not _is_free(host, port))
    return Child("web", [*RUN, "web"], env, ready)


def _simulator_flags(args: argparse.Namespace) -> list[str]:
    names = ("devices", "scenario", "seed", "speed")
    return [f"--{name}={getattr(args, name)}" for name in names]


def _welcome(settings: Settings, port: int, env: dict[str, str], var: Path) -> None:
    url = f"http://{settings.host}:{port}"
    connect = (
        f"-h 127.0.0.1 -p {env['CHENGYUN_MQTT_PORT']} -u {env['CHENGYUN_MQTT_USER']} "
        f"-P {env['CHENGYUN_MQTT_PASSWORD']}"
    )
    _write_config(var, env)
    lon, lat = _inside(settings.city, var)
    say(f"""
城运 is running (Ctrl-C stops it; everything it keeps is in {var})

  the wall      {url}/wall       user duty       值班员
  the cockpit   {url}/cockpit    user leader     区领导
  the phone     {url}/m/         user w001       网格员 (w001 … w040)
  the feeds     {url}/admin      user admin      系统管理员
  others        commander (whole city) · street05, street16 (街道派遣员) · wall (viewer)
  password      {env["CHENGYUN_DEMO_PASSWORD"]}       for all of them

  your own sensor:  for i in 1 2; do mosquitto_pub {connect} -q 1 \\
                      -t city/{settings.city}/waterlogging/MY-1/telemetry \\
                      -m '{{"ts":'$(date +%s000)',"metrics":{{"depth":18}},\
"lon":{lon},"lat":{lat}}}'; sleep 1; done
  its sources:      {settings.sources or "only our own topics; CHENGYUN_SOURCES=FILE adds others"}
  its servers:      {_check_command(var)}
""")


def _inside(code: str, var: Path) -> tuple[float, float]:
    """A place in the city shown, for the sensor of a newcomer; that of the README in its city."""
    if code == Settings.model_fields["city"].default:
        return 119.94, 31.78
    import numpy as np  # for other cities only: this process is to stay small

    from geodata.areas import open_areas

    tree = open_areas(code, var / "areas")
    lon, lat = tree.point_in(tree.home.code, np.random.default_rng(1))
    return round(lon, 5), round(lat, 5)


def _check_command(var: Path) -> str:
    """What a shell reads, also where a folder has a blank in its name."""
    config, *command = (shlex.quote(word) for word in (str(var / "city.toml"), *RUN, "check"))
    return " ".join((f"CHENGYUN_CONFIG={config}", *command))


def _inherited() -> dict[str, str]:
    """Settings of the environment that the roles have from us beside their own."""
    ours = {k: v for k, v in os.environ.items() if k.startswith("CHENGYUN_")}
    return {k: v for k, v in ours.items() if k != "CHENGYUN_CONFIG" and not k.endswith("_FILE")}


def _write_config(var: Path, env: dict[str, str]) -> None:
    """Keep the addresses of this run, so that check and a single role can be started beside it."""
    numbers = {"port", "mqtt_port"}
    lines = []
    for key, value in {**_inherited(), **env}.items():
        name = key.removeprefix("CHENGYUN_").lower()
        # a JSON string is a TOML string
        told = value if name in numbers else json.dumps(value, ensure_ascii=False)
        lines.append(f"{name} = {told}")
    embedded.write_private(var / "city.toml", "\n".join(lines) + "\n")
