"""Attendance as arrays: the pure part of presence, one device per column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attendance import (
    IN_FLIGHT_MS,
    NOBODY,
    Attendance,
    Roster,
    Verdict,
    assess,
    quiet_after_ms,
)

NOW = 1_795_000_000_000
PERIOD = 60_000


def roster(gateways: list[int], *, gateway_numbers: tuple[int, ...] = ()) -> Roster:
    """Devices of one period; `gateways` is each device's gateway number."""
    size = len(gateways)
    is_gateway = np.zeros(size, np.bool_)
    is_gateway[[g for g in gateways if g != NOBODY] + list(gateway_numbers)] = True
    return Roster(
        period=np.full(size, PERIOD, np.int64),
        allowed=np.full(size, 3 * PERIOD, np.int64),
        gateway=np.array(gateways, np.int64),
        is_gateway=is_gateway,
        known=np.ones(size, np.bool_),
    )


def heard(*ago_s: float) -> Attendance:
    """Everybody's newest message, so many seconds ago; grace is over."""
    a = Attendance(grace_until=0)
    at = np.zeros(len(ago_s), np.uint32)
    a.begin(at, np.zeros(len(ago_s), np.bool_), NOW - 10**9)
    a.heard = np.array([NOW - round(s * 1000) for s in ago_s], np.int64)
    a.voice = a.heard.copy()
    return a


def judged(a: Attendance, of: Roster, left: dict[int, int] | None = None) -> Verdict:
    farewell = np.zeros(len(of.period), np.int64)
    for n, ago_s in (left or {}).items():
        farewell[n] = NOW - ago_s * 1000
    return assess(a, of, farewell, NOW)


def numbers(flags: np.ndarray) -> list[int]:
    return [int(n) for n in np.flatnonzero(flags)]


@pytest.mark.parametrize(("ago_s", "offline"), [(0, []), (180, []), (180.001, [0]), (9000, [0])])
def test_three_periods(ago_s, offline) -> None:
    verdict = judged(heard(ago_s), roster([NOBODY]))
    assert numbers(verdict.offline) == offline
    assert not verdict.excused.any()
    assert verdict.periods[0] == pytest.approx(ago_s / 60)


def test_nobody_becomes_offline_in_grace_but_who_was_stays() -> None:
    a = heard(500, 500)
    a.grace_until = NOW + 1
    a.offline[1] = True
    assert numbers(judged(a, roster([NOBODY, NOBODY])).offline) == [1]


def test_nobody_becomes_offline_while_the_feed_is_lost() -> None:
    a = heard(500, 500, 500)
    a.hold(np.array([True, True, False]), NOW, 0)
    a.excused_until[1] = NOW + 1
    assert numbers(judged(a, roster([NOBODY] * 3)).offline) == [2]


def test_numbers_that_are_nobodys_are_never_offline() -> None:
    of = roster([NOBODY, NOBODY])
    of.known[1] = False
    assert numbers(judged(heard(500, 500), of).offline) == [0]


def test_a_farewell_counts_until_something_is_heard_well_after_it() -> None:
    of = roster([NOBODY])
    assert numbers(judged(heard(10), of, {0: 10}).offline) == [0]
    assert numbers(judged(heard(10 - IN_FLIGHT_MS / 1000), of, {0: 10}).offline) == [0]
    assert not judged(heard(5), of, {0: 10}).offline.any()


def test_all_silent_behind_a_gateway_is_the_gateways_silence() -> None:
    of = roster([NOBODY, 0, 0, 0])
    verdict = judged(heard(200, 190, 200, 200), of)
    assert numbers(verdict.offline) == [0, 1, 2, 3]
    assert numbers(verdict.excused) == [1, 2, 3]


def test_a_child_whose_siblings_are_heard_is_silent_by_itself() -> None:
    verdict = judged(heard(900, 200, 10, 10), roster([NOBODY, 0, 0, 0]))
    assert numbers(verdict.offline) == [1]
    assert not verdict.excused.any()


def test_a_gateway_that_never_speaks_is_heard_through_its_children() -> None:
    verdict = judged(heard(9000, 10), roster([NOBODY, 0]))
    assert not verdict.offline.any()
    assert numbers(verdict.speaking) == [0, 1]


def test_a_child_silent_together_with_its_gateway_waits_for_it() -> None:
    of = roster([NOBODY, 0, 0])
    of.allowed[1] = 100_000  # falls silent earlier than its sibling would
    verdict = judged(heard(150, 150, 150), of)
    assert numbers(verdict.offline) == [1]
    assert numbers(verdict.excused) == [1]


def test_a_gateways_farewell_takes_along_who_is_not_heard_after_it() -> None:
    verdict = judged(heard(30, 30, 20, 1), roster([NOBODY, 0, 0, 0]), {0: 20})
    assert numbers(verdict.offline) == [0, 1, 2]
    assert numbers(verdict.excused) == [1, 2]


def test_children_of_a_gateway_that_is_back_get_the_full_time() -> None:
    of, a = roster([NOBODY, 0]), heard(500, 500)
    a.accept(judged(a, of), of, NOW)
    assert numbers(a.offline) == [0, 1]
    a.heard[0] = a.voice[0] = NOW
    verdict = judged(a, of)
    a.accept(verdict, of, NOW)
    assert numbers(verdict.offline) in ([], [1])
    assert a.heard[1] == NOW
    assert not judged(a, of).offline.any()
    assert numbers(judged(a, of).speaking) == [0]


def test_listening_notices_changed_event_times_however_wrong_they_are() -> None:
    a = Attendance(grace_until=0)
    a.begin(np.array([100, 200], np.uint32), np.zeros(2, np.bool_), NOW)
    a.listen(np.array([100, 150], np.uint32), NOW + 5_000)
    assert a.voice.tolist() == [0, NOW + 5_000]
    assert a.heard.tolist() == [NOW, NOW + 5_000]


def test_listening_makes_room_for_new_devices() -> None:
    a = Attendance(grace_until=0)
    a.begin(np.zeros(1, np.uint32), np.zeros(1, np.bool_), NOW)
    a.listen(np.array([0, 0, 7], np.uint32), NOW + 1_000)
    assert a.voice.tolist() == [0, 0, NOW + 1_000]
    assert a.heard.tolist() == [NOW, NOW + 1_000, NOW + 1_000]


def test_births_count_as_a_message_but_not_those_before_we_listened() -> None:
    a = Attendance(grace_until=0)
    a.begin(np.zeros(2, np.uint32), np.zeros(2, np.bool_), NOW)
    a.greet(np.array([NOW - 5, NOW + 5], np.int64))
    assert a.voice.tolist() == [0, NOW + 5]


def test_a_lost_feed_is_an_excuse_for_everybody_and_grace_begins_anew() -> None:
    a = heard(500, 500)
    a.offline[1] = True
    a.hold(np.array([True, True]), NOW, 90_000)
    assert a.heard.tolist() == [NOW, NOW - 500_000]
    assert a.excused_until.tolist() == [NOW + 90_000] * 2
    a.hold(np.array([False, False]), NOW + 1_000, 90_000)
    assert a.excused_until.tolist() == [NOW + 90_000] * 2


@given(st.floats(1, 3_600_000), st.floats(0, 120_000))
def test_the_feed_is_lost_before_any_device_would_be_offline(pace, limit) -> None:
    assert pace < quiet_after_ms(pace, limit) < 3 * pace


def test_a_city_without_devices_uses_the_limit() -> None:
    assert quiet_after_ms(0, 15_000) == 15_000
    empty = roster([])
    assert empty.pace(np.zeros(0, np.bool_)) == 0
    assert len(judged(heard(), empty).offline) == 0


towns = st.lists(
    st.tuples(st.sampled_from([NOBODY, 0, 1]), st.floats(0, 600)), min_size=1, max_size=12
)


@given(towns)
def test_whoever_was_just_heard_is_never_offline_by_itself(children) -> None:
    of = roster([NOBODY, NOBODY, *(g for g, _ in children)], gateway_numbers=(0, 1))
    verdict = judged(heard(100, 100, *(ago for _, ago in children)), of)
    for n, (_, ago) in enumerate(children, start=2):
        if ago <= 180:
            assert not verdict.offline[n] or verdict.excused[n]
    assert not (verdict.excused & ~verdict.offline).any()
    assert not (verdict.speaking & verdict.offline).any()


@given(towns)
def test_an_offline_gateway_leaves_no_alert_of_its_own_to_its_children(children) -> None:
    of = roster([NOBODY, NOBODY, *(g for g, _ in children)], gateway_numbers=(0, 1))
    verdict = judged(heard(100, 100, *(ago for _, ago in children)), of, {0: 50})
    for n, (gateway, ago) in enumerate(children, start=2):
        if gateway == 0 and ago >= 50:
            assert verdict.offline[n]
            assert verdict.excused[n]


def swing(a: Attendance, of: Roster, *moments_s: float) -> list[bool]:
    """Device 0 changes between online and offline at these moments; whether it flaps after each."""
    flaps = []
    for i, at_s in enumerate(moments_s):
        offline = np.array([i % 2 == 0])
        verdict = Verdict(offline, ~offline & False, ~offline, np.zeros(1))
        now = NOW + round(at_s * 1000)
        a.accept(verdict, of, now)
        flaps.append(bool(a.flapping(now)[0]))
    return flaps


def test_who_drops_four_times_in_an_hour_flaps() -> None:
    a, of = heard(0), roster([NOBODY])
    assert swing(a, of, *range(0, 3500, 500)) == [False] * 6 + [True]


def test_four_drops_in_a_longer_time_are_life() -> None:
    a, of = heard(0), roster([NOBODY])
    assert not any(swing(a, of, *range(0, 14_000, 700)))


def test_flapping_ends_half_an_hour_after_the_last_change() -> None:
    a, of = heard(0), roster([NOBODY])
    swing(a, of, *range(0, 3500, 500))  # the last, at 3,000 s, is a drop
    online = Verdict(
        np.zeros(1, np.bool_), np.zeros(1, np.bool_), np.ones(1, np.bool_), np.zeros(1)
    )
    a.accept(online, of, NOW + 4_000_000)
    assert a.flapping(NOW + 5_799_999)[0]
    assert not a.flapping(NOW + 5_800_001)[0]


def test_children_of_a_dead_gateway_do_not_flap() -> None:
    a, of = heard(0), roster([NOBODY])
    for i in range(12):
        offline = np.array([i % 2 == 0])
        a.accept(Verdict(offline, offline, ~offline, np.zeros(1)), of, NOW + i * 60_000)
    assert not a.flapping(NOW + 720_000)[0]
