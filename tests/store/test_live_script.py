"""What the writing script saves: expiries, cuts and look-ups that a reading does not need."""

from __future__ import annotations

import pytest

from app.domain.readings import Readings
from app.store import keys
from app.store.live import Live
from app.store.live_entries import SEEN_BUCKET_MS, Observed

NOW = 1_795_165_200_000
DAY_S = 86_400


@pytest.fixture
def live(redis_client) -> Live:
    return Live(redis_client)


def observed(at: int, n: int = 0) -> Observed:
    said = {"device": "A", "kind": "gas", "area": "", "at": at, "arrived": at}
    return Observed(Readings(n=n, metrics={"ch4": 1.0}, **said), 119.9, 31.8, 0, 1.0)


def flags(live: Live, *times: int, n: int = 0) -> bytes:
    return live.apply([observed(at, n) for at in times], NOW)


def test_every_key_of_a_device_has_an_expiry_that_is_renewed_every_four_hours(live: Live) -> None:
    flags(live, NOW)
    curve, redis = keys.recent("A"), live.redis
    seen = f"{keys.seen(0)}{NOW // SEEN_BUCKET_MS}:A"
    assert redis.ttl(seen) > DAY_S
    assert redis.ttl(curve) > DAY_S
    redis.expire(curve, 100)
    flags(live, NOW + 1)
    assert redis.ttl(curve) <= 100  # within the same four hours it stands as it is
    flags(live, NOW + SEEN_BUCKET_MS)
    assert redis.ttl(curve) > DAY_S
    late = NOW - 3 * SEEN_BUCKET_MS
    assert flags(live, late) == b"2"
    assert redis.ttl(f"{keys.seen(0)}{late // SEEN_BUCKET_MS}:A") > DAY_S


def test_a_curve_holds_a_little_more_than_is_told(live: Live) -> None:
    for start in range(0, 1_000, 100):
        flags(live, *range(NOW + start, NOW + start + 100))
    assert live.redis.llen(keys.recent("A")) <= 256
    told = [at for at, _ in live.recent("A")]
    assert told == list(range(NOW + 760, NOW + 1_000))


def test_late_is_told_to_the_millisecond_within_a_batch_and_between_two(live: Live) -> None:
    assert flags(live, NOW + 5, NOW + 3, NOW + 5_000, NOW + 4) == b"1212"
    assert flags(live, NOW + 4_999, NOW + 5_001, NOW + 5_001) == b"210"
    last = live.last("A")
    assert last is not None
    assert last.at == NOW + 5_001


def test_a_device_that_gets_its_number_later_keeps_its_newest(live: Live) -> None:
    """Its point is still empty then, so the newest reading itself must tell."""
    assert flags(live, NOW, n=-1) == b"1"
    assert flags(live, NOW - 1_000, n=0) == b"2"
