"""Redis is killed with -9 twice under load and comes back on its append-only file."""

from __future__ import annotations

import time
from threading import Thread

import pytest

from tests.faults.border import assert_exactly_once, border, publish, publisher
from tests.waiting import until

TOTAL = 5_000


@pytest.mark.slow
def test_redis_killed_twice_under_load(tmp_path) -> None:
    with border(tmp_path) as there:
        client = publisher(there)
        now = int(time.time() * 1000) - TOTAL
        load = Thread(target=publish, args=(client, range(TOTAL), now))
        load.start()
        ingest = there.ingest
        for part in (0.2, 0.6):
            until(lambda p=part: len(there.stored()) > TOTAL * p, timeout=40)
            there.restart_redis()
        load.join(30)
        assert not load.is_alive()
        assert_exactly_once(there, TOTAL)
        assert ingest is not None
        assert ingest.poll() is None  # it waited, it did not die
        client.disconnect()
        client.loop_stop()
