"""What the ledger has acknowledged survives kill -9 of the process that wrote it."""

from __future__ import annotations

import subprocess
import sys

from app.store.ledger import Ledger

WRITER = """
import sys
from app.store.ledger import Ledger
from tests.things import a_fact, an_alert
ledger = Ledger.open(sys.argv[1])
n = 0
while True:
    n += 1
    with ledger.begin() as tx:
        tx.add(an_alert(f"A{n}"))
        seq = tx.record(a_fact(f"A{n}")).seq
    print(seq, flush=True)
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(ledger):
    url = str(ledger.engine.url)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    said = [int(writer.stdout.readline()) for _ in range(50)]
    writer.kill()
    rest = [
        int(line) for line in writer.stdout.read().splitlines(keepends=True) if line[-1:] == b"\n"
    ]
    writer.wait()
    newest = max([*said, *rest])
    after = Ledger.open(url)
    with after.read() as tx:
        alerts = len(tx.alerts())
    assert after.last_seq() >= newest
    assert alerts == after.last_seq(), "a thing and its fact are written together or not at all"
    assert after.verify() is None
    after.close()
