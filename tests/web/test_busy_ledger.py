"""While another process holds the ledger's write lock, the web role goes on answering."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
HELD_S = 2.0

# the web role as app.web.role starts it, with a door that writes one fact
WEB = """
from gevent import monkey
monkey.patch_all()
import sys
from flask import Blueprint
from gevent.pywsgi import WSGIServer
from app.city import open_city
from app.config import load_settings
from app.web.front import Front
from app.web.server import build
from tests.things import a_fact
var, redis_url = sys.argv[1:]
def door(city):
    doors = Blueprint("doors", __name__)
    @doors.get("/in/write")
    def write():
        with city.ledger.begin() as tx:
            return str(tx.record(a_fact("waited")).seq)
    return doors
def nothing(*_, **__):
    pass
front = Front({}, nothing, nothing, frozenset(), nothing, str, (door,))
ledger = f"sqlite:///{var}/ledger.sqlite"
city = open_city(load_settings(
    var=var, redis_url=redis_url, secret_key="only-for-tests-" * 3, database_url=ledger))
http = WSGIServer(("127.0.0.1", 0), build(city, front, async_mode="gevent")[0], log=None)
http.start()
print(http.server_port, flush=True)
http.serve_forever()
"""


@pytest.fixture
def url(settings, ledger) -> Iterator[str]:
    """Where a web role on gevent listens, in a process of its own."""
    command = [sys.executable, "-c", WEB, str(settings.var), settings.redis_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


def answers_for(url: str, span: float) -> None:
    """Ask /healthz over and over for so many seconds; each time it answers."""
    end = time.monotonic() + span
    while time.monotonic() < end:
        assert requests.get(f"{url}/healthz", timeout=30).json()["ledger"]


def test_a_held_write_lock_does_not_stop_the_process_from_answering(url, ledger) -> None:
    requests.get(f"{url}/healthz", timeout=30)
    other = sqlite3.connect(ledger.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as threads:
        written = threads.submit(requests.get, f"{url}/in/write", timeout=30)
        answers_for(url, HELD_S)
        assert not written.done()  # causes, not times: whoever waited for it would have no answer
        other.execute("ROLLBACK")
        assert written.result().text == "1"
    other.close()
