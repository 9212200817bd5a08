"""The private MQTT broker of a city that was given none: mosquitto, else the iotcore wheel."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from app.domain.broker_passwords import hashed
from app.errors import BadConfiguration
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

BROKER_USER = "chengyun"
MESSAGE_LIMIT = 1 << 20  # bytes of one payload

# With its defaults mosquitto drops acknowledged messages of a consumer that is away: it keeps
# 1,000 of them. autosave_interval is in seconds: what a killed broker may lose. In flight are some
# batches of ingest, so that it always has one at hand, and fewer than its inbox has room for: its
# line never waits and keeps the connection alive while Redis is away.
MOSQUITTO_SETTINGS = """\
listener {port} {host}
{user}
allow_anonymous false
password_file {folder}/users
persistence true
persistence_location {folder}/
autosave_interval 1
persistent_client_expiration 7d
max_queued_messages 1000000
max_queued_bytes 0
max_inflight_messages 4000
max_packet_size {packet}
set_tcp_nodelay true
log_dest file {folder}/broker.log
log_type error
log_type warning
"""

# rumqttd keeps everything in memory: ten segments of 100 MB are the backlog of a consumer that
# is away; what is older it forgets without a word.
IOTCORE_SETTINGS = """\
id = 0

[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10

[v4.1]
name = "city"
listen = "{host}:{port}"
next_connection_delay_ms = 1

[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = {limit}
max_inflight_count = 1000
dynamic_filters = true

[v4.1.connections.auth]
{user} = "{password}"
"""


def broker_command(var: Path, port: int, user: str, password: str) -> list[str]:
    """The command of the embedded broker; writes its settings (mode 0600) to var/broker."""
    mosquitto = mosquitto_program()
    if mosquitto:
        return mosquitto_command(mosquitto, var, port, user, password)
    return iotcore_command(var, port, user, password)


def mosquitto_program() -> str | None:
    """mosquitto on PATH or where Debian puts it, None when it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def mosquitto_command(program: str, var: Path, port: int, user: str, password: str) -> list[str]:
    """The command of mosquitto with our settings and a password file."""
    folder = private_folder(var / "broker")
    line = f"{user}:{hashed(password, secrets.token_bytes(12))}\n"
    write_private(folder / "users", line)
    # started as root it would become the user mosquitto, who may not enter our folder
    as_user = "user root" if os.geteuid() == 0 else ""
    settings = MOSQUITTO_SETTINGS.format(
        host=LOOPBACK, port=port, folder=folder, user=as_user, packet=MESSAGE_LIMIT + 4096
    )
    write_private(folder / "mosquitto.conf", settings)
    return [program, "-c", str(folder / "mosquitto.conf")]


def iotcore_command(var: Path, port: int, user: str, password: str) -> list[str]:
    """The command of the iotcore wheel with our settings; its log is silent but for the worst."""
    folder = private_folder(var / "broker")
    settings = IOTCORE_SETTINGS.format(
        host=LOOPBACK, port=port, user=user, password=password, limit=MESSAGE_LIMIT
    )
    write_private(folder / "iotcore.toml", settings)
    config = str(folder / "iotcore.toml")
    return [sys.executable, "-m", "iotcore", "--config", config, "--log-level", "CRITICAL"]


def broker_url(port: int, password: str) -> str:
    """The URL of the embedded broker, with the user it knows."""
    return f"mqtt://{BROKER_USER}:{password}@{LOOPBACK}:{port}"


def start_broker(var: Path, port: int | None = None) -> Server:
    """Start the embedded broker in var/broker and wait until it accepts connections.

    The URL is mqtt://user:password@127.0.0.1:port.
    """
    if port is not None:
        require_free(port, "MQTT broker")
    chosen = port if port is not None else free_port()
    password = kept_password(var / "broker")
    command = broker_command(var, chosen, BROKER_USER, password)
    log_file = private_folder(var / "broker") / "broker.log"
    with log_file.open("ab") as words:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT
        )
    try:
        wait_ready("MQTT broker", process, log_file, lambda: port_answers(chosen))
    except BadConfiguration:
        process.kill()
        process.wait()
        raise
    return Server("broker", broker_url(chosen, password), chosen, process, log_file)
