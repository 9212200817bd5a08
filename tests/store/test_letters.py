"""Dead letters on Redis: whole, bounded fairly, counted once."""

from __future__ import annotations

import msgspec
import pytest

from app.store import keys
from app.store.live import DeadLetter, Live
from app.store.live_letters import Bounds

NOW = 1_795_165_200_000


@pytest.fixture
def live(redis_client) -> Live:
    return Live(redis_client)


def letter(i: int = 0, **more) -> DeadLetter:
    given = {
        "topic": f"a/{i}",
        "payload": b"%d" % i,
        "reason": "not_json",
        "detail": "x",
        "at": NOW,
        "source": "s",
    }
    return DeadLetter(**given | more)


def kept(live: Live) -> list[str]:
    return [each.topic for each in live.leaf()]


def is_consistent(live: Live) -> bool:
    """Whether index, hashes, piles and weights tell of the same letters."""
    ids = set(live.redis.zrange(keys.LETTERS, 0, -1))
    abouts, payloads = live.redis.hgetall(keys.LETTER_ABOUT), live.redis.hgetall(keys.LETTER_BYTES)
    counts, weights, _ = live.letter_totals(NOW)
    piled = {pile: set(live.redis.zrange(keys.pile(pile), 0, -1)) for pile in counts}
    weight = sum(len(x) for x in (*abouts.values(), *payloads.values()))
    return (
        ids == set(abouts) == set(payloads) == set().union(*piled.values())
        and {pile: len(some) for pile, some in piled.items()} == counts
        and weights.pop("*", 0) == weight == sum(weights.values())
    )


def test_a_letter_keeps_all_its_bytes(live: Live) -> None:
    given = letter(payload=b"\xff" * 500_000, taken=("m",), preview="0xff")
    live.bury([given])
    live.bury([])
    (found,) = live.dead_letters()
    assert found == msgspec.structs.replace(given, id=found.id, size=500_000)
    assert live.counts() == {"rejected": 1, "rejected:not_json": 1}
    assert is_consistent(live)


def test_the_same_batch_is_kept_once_and_twins_within_it_twice(live: Live) -> None:
    batch = [letter(), letter(), letter(1)]
    live.bury(batch)
    live.bury(batch)
    assert sorted(kept(live)) == ["a/0", "a/0", "a/1"]
    assert live.counts()["rejected"] == 3
    live.bury([letter(at=NOW + 1)])
    assert live.counts()["rejected"] == 4
    assert is_consistent(live)


def test_too_many_push_out_the_oldest_of_the_largest_pile(live: Live) -> None:
    bounds = Bounds(letters=10)
    live.bury([letter(i, source="quiet") for i in range(3)], bounds)
    for i in range(30):
        live.bury([letter(i, source="flood", at=NOW + i)], bounds)
    found = [(x.source, x.topic) for x in live.leaf()]
    assert sorted(found[-3:]) == [("quiet", f"a/{i}") for i in range(3)]
    assert found[:7] == [("flood", f"a/{i}") for i in range(29, 22, -1)]
    assert live.counts()["dead_trimmed"] == 23
    assert is_consistent(live)


def test_one_source_with_many_reasons_and_a_whole_batch_at_once(live: Live) -> None:
    bounds = Bounds(letters=20)
    live.bury([letter(i, source="quiet") for i in range(2)], bounds)
    flood = [letter(i, source="flood", reason=f"r{i % 5}", at=NOW + i) for i in range(700)]
    assert live.bury(flood, bounds) == 682
    assert [x.source for x in live.leaf()].count("quiet") == 2
    assert is_consistent(live)


def test_too_heavy_ones_go_first_and_the_largest_is_cut(live: Live) -> None:
    bounds = Bounds(bytes=100_000)
    live.bury([letter(i, source="quiet") for i in range(5)], bounds)
    for i in range(20):
        live.bury([letter(i, payload=b"x" * 12_000, at=NOW + i)], bounds)
    _, weights, _ = live.letter_totals(NOW)
    assert 80_000 < weights["*"] <= 100_000
    assert [x.source for x in live.leaf()].count("quiet") == 5
    live.bury([letter(99, payload=b"y" * 13_000, at=NOW + 99)], bounds)
    (newest, *_) = live.dead_letters(1)
    assert (newest.size, len(newest.payload), newest.whole) == (13_000, 4096, False)
    assert is_consistent(live)


def test_a_topic_that_is_too_long_is_cut_and_a_detail_too(live: Live) -> None:
    live.bury([letter(topic="t" * 65_000, detail="d" * 9_000)])
    (found,) = live.dead_letters()
    assert (len(found.topic), len(found.detail), found.whole) == (1024, 256, False)


def test_letters_go_after_their_days(live: Live) -> None:
    live.bury([letter(1)])
    live.bury([letter(2, at=NOW + 1_001)], Bounds(age_ms=1_000))
    assert kept(live) == ["a/2"]
    assert is_consistent(live)


def test_pages_go_on_where_the_last_one_ended(live: Live) -> None:
    live.bury([letter(i, source="ab"[i % 2], at=NOW + i // 3) for i in range(1_300)])
    every = list(live.leaf())
    assert len(every) == len({x.id for x in every}) == 1_300
    assert [x.id for x in live.leaf(before=every[600].id)] == [x.id for x in every[601:]]
    pile = [x.id for x in live.leaf("a|not_json", before=every[600].id)]
    assert pile == [x.id for x in every[601:] if x.source == "a"]
    assert list(live.leaf(before="gone")) == []


def test_a_letter_that_is_refused_again_moves_to_its_new_pile(live: Live) -> None:
    live.bury([letter()])
    (found,) = live.dead_letters()
    again = msgspec.structs.replace(found, reason="too_old", tries=1)
    live.bury([again], again=True)
    assert live.dead_letters() == [again]
    assert live.letter_totals(NOW)[0] == {"s|too_old": 1}
    assert live.counts()["rejected"] == 1
    assert live.remove_letters([found.id, "gone"]) == 1
    live.bury([again], again=True)
    assert live.dead_letters() == []
    assert is_consistent(live)


def test_letters_wait_for_their_replay_in_the_order_of_arrival(live: Live) -> None:
    live.bury([letter(i, at=NOW + i) for i in range(3)])
    first, second, third = (x.id for x in reversed(list(live.leaf())))
    assert live.queue_letters([third, first, "gone"]) == 2
    assert live.queue_letters([third, second]) == 1
    assert live.queued_letters(9) == [first, second, third]
    live.remove_letters([second])
    live.unqueue_letters([third])
    assert live.queued_letters(9) == [first]


def test_ten_minutes_are_counted_by_source(live: Live) -> None:
    live.bury([letter(1), letter(2, source="b")])
    live.bury([letter(3, at=NOW + 600_000)])
    _, _, tens = live.letter_totals(NOW + 600_000)
    assert tens[-1] == {"s": 1}
    assert tens[-2] == {"s": 1, "b": 1}
    assert len(tens) == 144
    ttl = live.redis.ttl(keys.letter_tens(NOW // 600_000))
    assert 86_400 < ttl <= 90_000
