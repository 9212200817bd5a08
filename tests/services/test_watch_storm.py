"""Many alerts at once: writing them takes longer than the lease, and the post is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.domain.cases import Case
from app.services import watch
from app.services.watch import step
from app.store import keys
from tests.services.watching import (
    LEASE_MS,
    every,
    opened,
    pass_by,
    post,
    register,
    say_at_once,
)


@pytest.fixture
def lease_by_alerts(city):
    """A lease that runs out by alerts written, not by time: 250 of them, and another takes it."""

    def written(_connection, _cursor, statement, *_) -> None:
        if statement.startswith("INSERT INTO alerts "):
            name = keys.owner(0)
            left = city.live.redis.pttl(name) - LEASE_MS // 250
            if left > 0:
                city.live.redis.pexpire(name, left)
            else:
                city.live.redis.set(name, "another")

    event.listen(city.ledger.engine, "before_cursor_execute", written)
    yield
    event.remove(city.ledger.engine, "before_cursor_execute", written)


def test_a_storm_of_red_alerts_does_not_cost_the_post(city, clock, lease_by_alerts) -> None:
    devices = register(city, *(f"G{n}" for n in range(watch.ROUND // 2)))
    for _ in range(2):
        clock.advance(seconds=30)
        say_at_once(city, devices, ch4=60.0)
    here = post(city)
    assert step(city, here) == watch.ROUND
    assert city.live.lag("watch") == 0
    assert len(every(city)) == len(devices)
    with city.ledger.read() as tx:
        assert tx.count(Case) == len(devices)


def test_a_storm_of_silence_does_not_cost_the_post(city, clock, lease_by_alerts) -> None:
    devices = register(city, "G0", *(f"S{n}" for n in range(300)))
    here = post(city)
    say_at_once(city, devices, ch4=0.0)
    pass_by(city, clock, 120, *devices[:1], step_s=30)
    step(city, here)
    watch.tick(city, here)
    pass_by(city, clock, 120, *devices[:1], step_s=30)
    step(city, here)
    watch.tick(city, here)
    assert len(opened(city)) == 300
    assert here.store.prolong()
