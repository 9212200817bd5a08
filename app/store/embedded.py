"""The embedded servers of `make run`: a private Redis and a private MQTT broker.

`redis_command` and `broker_command` are for a supervisor that owns the processes, `start_redis`
and `start_broker` for a test that wants one at once.
"""

from __future__ import annotations

from app.store.embedded_broker import (
    BROKER_USER,
    broker_command,
    broker_url,
    mosquitto_program,
    start_broker,
)
from app.store.embedded_redis import (
    redis_answers,
    redis_command,
    redis_program,
    redis_url,
    start_redis,
)
from app.store.embedded_server import (
    LOOPBACK,
    Server,
    free_port,
    kept_password,
    port_answers,
    private_folder,
    require_free,
    wait_ready,
    write_private,
)

__all__ = [
    "BROKER_USER",
    "LOOPBACK",
    "Server",
    "broker_command",
    "broker_url",
    "free_port",
    "kept_password",
    "mosquitto_program",
    "port_answers",
    "private_folder",
    "redis_answers",
    "redis_command",
    "redis_program",
    "redis_url",
    "require_free",
    "start_broker",
    "start_redis",
    "wait_ready",
    "write_private",
]
