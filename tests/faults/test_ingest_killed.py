"""Ingest is killed with -9 twice under load: nothing acknowledged is lost or applied twice."""

from __future__ import annotations

import time
from threading import Thread

import pytest

from tests.faults.border import assert_exactly_once, border, publish, publisher
from tests.waiting import until

TOTAL = 5_000


@pytest.mark.slow
def test_ingest_killed_twice_under_load(tmp_path) -> None:
    with border(tmp_path) as there:
        client = publisher(there)
        now = int(time.time() * 1000) - TOTAL
        load = Thread(target=publish, args=(client, range(TOTAL), now))
        load.start()
        for part in (0.2, 0.6):
            until(lambda p=part: len(there.stored()) > TOTAL * p, timeout=40)
            there.kill_ingest()
            there.start_ingest()
        load.join(30)
        assert not load.is_alive()
        assert_exactly_once(there, TOTAL)
        client.disconnect()
        client.loop_stop()
