"""run.py check: one page that says whether a city's servers are usable, and the mend where not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis

from app.store.embedded import Server, free_port, start_broker, start_redis
from tests.living import ROOT

pytestmark = pytest.mark.slow


def run(command: str, var: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one command of run.py with these settings alone."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("CHENGYUN_")}
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), command],
        cwd=var,
        env=bare | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server, Server]]:
    """A folder with a prepared ledger, and the servers of a demo."""
    var = tmp_path_factory.mktemp("check")
    redis, broker = start_redis(var), start_broker(var)
    assert run("migrate", var, CHENGYUN_VAR=str(var)).returncode == 0
    yield var, redis, broker
    redis.stop()
    broker.stop()


def settings(var: Path, redis_url: str, broker: Server, port: int | None = None) -> dict[str, str]:
    """What a demo writes into its city.toml, as a file of settings."""
    mqtt = urlsplit(broker.url)
    path = var / "city.toml"
    path.write_text(
        f'var = "{var}"\nredis_url = "{redis_url}"\nmqtt_port = {port or mqtt.port}\n'
        f'mqtt_user = "{mqtt.username}"\nmqtt_password = "{mqtt.password}"\n'
        f'secret_key = "{"k" * 40}"\n'
    )
    return {"CHENGYUN_CONFIG": str(path)}


def test_all_is_usable(stores: tuple[Path, Server, Server]) -> None:
    var, redis, broker = stores
    done = run("check", var, **settings(var, redis.url, broker))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAULT" not in done.stdout
    for name in ("settings", "Redis", "MQTT broker", "ledger", "areas"):
        assert name in done.stdout


def test_without_redis_it_says_the_mend(stores: tuple[Path, Server, Server]) -> None:
    var, _, broker = stores
    away = f"redis://127.0.0.1:{free_port()}/0"
    done = run("check", var, **settings(var, away, broker))
    assert done.returncode == 1
    fault = next(line for line in done.stdout.splitlines() if line.startswith("FAULT"))
    assert "Redis" in fault
    assert "CHENGYUN_REDIS_URL" in fault


def test_without_a_broker_it_says_the_mend(stores: tuple[Path, Server, Server]) -> None:
    var, redis, broker = stores
    done = run("check", var, **settings(var, redis.url, broker, port=free_port()))
    assert done.returncode == 1
    fault = next(line for line in done.stdout.splitlines() if line.startswith("FAULT"))
    assert "MQTT broker" in fault
    assert "CHENGYUN_MQTT" in fault


def test_without_a_ledger_it_says_the_mend(
    stores: tuple[Path, Server, Server], tmp_path: Path
) -> None:
    _, redis, broker = stores
    done = run("check", tmp_path, **settings(tmp_path, redis.url, broker))
    assert done.returncode == 1
    assert "python run.py migrate" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_file_that_a_role_could_not_start_with_is_named(
    stores: tuple[Path, Server, Server],
) -> None:
    var, redis, broker = stores
    away = {"CHENGYUN_RULES": "/nowhere.yaml"}
    done = run("check", var, **settings(var, redis.url, broker), **away)
    assert done.returncode == 1
    assert "CHENGYUN_RULES=/nowhere.yaml: cannot be read" in done.stdout


def test_a_redis_that_answers_before_the_disk_has_it_is_named(
    stores: tuple[Path, Server, Server],
) -> None:
    var, redis, broker = stores
    with Redis.from_url(redis.url) as there:
        there.config_set("appendfsync", "everysec")
        try:
            done = run("check", var, **settings(var, redis.url, broker))
        finally:
            there.config_set("appendfsync", "always")
    assert done.returncode == 1
    assert "appendfsync is everysec" in done.stdout
