"""What the embedded servers share: a process on loopback, a private folder, a kept password."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.errors import BadConfiguration

LOOPBACK = "127.0.0.1"
ROOM_NEEDED = 64 << 20  # bytes: below this an append-only file and a broker's store soon stop
START_S = 15.0


@dataclass(frozen=True)
class Server:
    """A started server: its URL with the password, its port, its process and its log."""

    name: str
    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self, timeout: float = 5.0) -> None:
        """End it with SIGTERM, and with SIGKILL after `timeout` seconds."""
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, name: str) -> None:
    """Refuse when somebody already listens on the loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as why:
            if why.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise BadConfiguration(
                [f"{name}: port {port} on {LOOPBACK} is in use or not allowed; give another port"]
            ) from why


def private_folder(folder: Path) -> Path:
    """Make the folder for its owner alone; refuse when it cannot be written or has no room."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        free = shutil.disk_usage(folder).free
    except OSError as why:
        raise BadConfiguration([f"{folder}: cannot be used ({why.strerror})"]) from why
    if free < ROOM_NEEDED:
        room = f"{free >> 20} MB free, {ROOM_NEEDED >> 20} MB needed"
        raise BadConfiguration([f"{folder}: this disk is full ({room})"])
    return folder.resolve()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; a full disk is one clear sentence."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as why:
        raise BadConfiguration([f"{path}: cannot be written ({why.strerror})"]) from why


def kept_password(folder: Path) -> str:
    """The password that lies in the folder; made at the first call, the same ever after."""
    path = private_folder(folder) / "password"
    if path.exists() and (password := path.read_text(encoding="utf-8").strip()):
        return password
    password = secrets.token_urlsafe(24)
    write_private(path, password)
    return password


def port_answers(port: int) -> bool:
    """Whether somebody listens on that loopback port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def wait_ready(
    name: str,
    process: subprocess.Popen[bytes],
    log_file: Path,
    ready: Callable[[], bool],
    timeout: float = START_S,
) -> None:
    """Return when `ready()`; raise BadConfiguration with the log's last line when it dies or hangs.

    A large append-only file takes its time to load: a Redis that is alive gets `timeout` again
    for each 256 MB of it.
    """
    file = log_file.with_name("appendonly.aof")
    size = file.stat().st_size if file.exists() else 0
    until = time.monotonic() + timeout * (1 + (size >> 28))
    while not ready():
        if process.poll() is not None:
            raise BadConfiguration([f"{name} does not start: {last_words(log_file)}"])
        if time.monotonic() > until:
            raise BadConfiguration([f"{name} does not answer; see {log_file}"])
        time.sleep(0.02)


def last_words(log_file: Path) -> str:
    """The last line of a log that tells why a server ended."""
    lines = log_file.read_text("utf-8", "replace").splitlines() if log_file.exists() else []
    spoken = [line.strip() for line in lines if line.strip()]
    told = [line for line in spoken if re.search(r"rror|space|atal|denied|in use", line)]
    return (told or spoken or [f"no word in {log_file}"])[-1]
