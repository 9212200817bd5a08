"""The web role runs on gevent: greenlets that write at once must queue, not stop the process."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from gevent import monkey
monkey.patch_all()
import sys
import gevent
from app.store.ledger import Ledger
from tests.things import a_fact
ledger = Ledger.open(sys.argv[1])
def write(name):
    for n in range(5):
        with ledger.begin() as tx:
            tx.record(a_fact(f"{name}-{n}"))
            gevent.sleep(0.001)  # another greenlet runs while this one holds the ledger
def read():
    for _ in range(20):
        ledger.facts_after(0)
        gevent.sleep(0.001)
jobs = [gevent.spawn(write, n) for n in range(10)] + [gevent.spawn(read) for _ in range(10)]
gevent.joinall(jobs, timeout=40, raise_error=True)
assert all(job.dead for job in jobs), "a greenlet waits in SQLite and holds up the others"
assert ledger.last_seq() == 50 and ledger.verify() is None
"""


def test_greenlets_write_one_after_another(ledger):
    url = str(ledger.engine.url)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, url], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
