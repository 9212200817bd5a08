"""The live contract over the socket: resume, replay, reset; Redis away and back; the pulse."""

from __future__ import annotations

import time

import msgspec
import pytest
from redis.exceptions import ConnectionError as RedisGone

from app.domain.facts import Fact, apply
from app.domain.readings import Presence
from app.services import alerts, registry, tasks
from app.web import push as push_module
from app.web.pages import edition
from tests import cast
from tests.web.things import look, open_case, put_device, raise_alert, say


def heard(socket, event: str) -> list:
    return [got["args"][0] for got in socket.get_received() if got["name"] == event]


def seqs(socket) -> list[int]:
    return [fact["seq"] for facts in heard(socket, "facts") for fact in facts]


def test_a_snapshot_and_the_facts_after_it_give_the_next_snapshot(city, push, as_user) -> None:
    duty = as_user(cast.DUTY)
    before = duty.get("/api/v1/snapshot").json
    socket = duty.socket()
    socket.emit("resume", {"seq": before["as_of"]})
    case = open_case(city)
    tasks.dispatch(city, case.id, workers=["W001"], by=cast.DUTY)
    alerts.acknowledge(city, case.source_id, by=cast.DUTY)
    push.step()
    for facts in heard(socket, "facts"):
        for fact in facts:
            before = apply(before, msgspec.convert(fact, Fact))
    after = duty.get("/api/v1/snapshot").json
    for name in ("alerts", "cases", "tasks"):
        assert {x["id"]: x for x in before[name]} == {x["id"]: x for x in after[name]}
    assert before["as_of"] == after["as_of"]


def test_resume_replays_what_was_missed_then_goes_on_live(city, push, as_user) -> None:
    socket = as_user(cast.DUTY).socket()
    start = city.ledger.last_seq()
    push.seq = start
    raise_alert(city, device="A")
    push.step()
    assert seqs(socket) == []  # it has not said yet from where
    socket.emit("resume", {"seq": start})
    raise_alert(city, device="B")
    push.step()
    got = seqs(socket)
    assert got == sorted(set(got))
    assert got[-1] == city.ledger.last_seq()
    assert got[0] == start + 1


def test_a_replay_holds_only_what_this_user_may_hear(city, push, as_user) -> None:
    start = push.seq
    raise_alert(city)
    push.step()
    stranger = as_user(cast.STRANGER).socket()
    stranger.emit("resume", {"seq": start})
    assert stranger.get_received() == []


def test_a_client_that_is_ahead_or_too_far_behind_starts_anew(
    city, push, as_user, monkeypatch
) -> None:
    socket = as_user(cast.DUTY).socket()
    socket.emit("resume", {"seq": push.seq + 5})
    assert [got["name"] for got in socket.get_received()] == ["reset"]
    monkeypatch.setattr(push_module, "REPLAY_AT_MOST", 1)
    start = push.seq
    raise_alert(city)
    push.step()
    assert push.seq - start > 1
    socket.get_received()
    socket.emit("resume", {"seq": start})
    assert [got["name"] for got in socket.get_received()] == ["reset"]


def test_facts_come_from_the_ledger_while_redis_is_away_and_never_twice(
    city, push, as_user, monkeypatch
) -> None:
    socket = as_user(cast.DUTY).socket()
    socket.emit("resume", {"seq": push.seq})
    with monkeypatch.context() as away:
        away.setattr(type(city.feed), "tail", gone)
        raise_alert(city, device="A")
        push._without_redis(RedisGone(), push._stop)
        during = seqs(socket)
    assert during
    raise_alert(city, device="B")
    push.step()
    after = seqs(socket)
    assert during + after == list(range(during[0], city.ledger.last_seq() + 1))


def gone(*_args: object, **_more: object) -> None:
    raise RedisGone("away")


def test_a_gap_in_the_stream_is_filled_from_the_ledger(city, push, as_user) -> None:
    socket = as_user(cast.DUTY).socket()
    socket.emit("resume", {"seq": push.seq})
    start = city.ledger.last_seq()
    raise_alert(city, device="A")
    raise_alert(city, device="B")
    city.live.redis.xtrim("cy:facts", maxlen=1, approximate=False)
    push.step()
    assert seqs(socket) == list(range(start + 1, city.ledger.last_seq() + 1))


def test_only_the_latest_reading_of_a_frame_is_sent(city, push, as_user, clock) -> None:
    socket = as_user(cast.DUTY).socket()
    look(socket)
    device = put_device(city, "GAS-1", value=1.0)
    for value in (2.0, 3.0, 4.0):
        clock.advance(seconds=1)
        say(city, device, value)
    push.step()
    [rows] = heard(socket, "readings")
    assert [row[2] for row in rows] == [4.0]


def test_states_of_devices_that_never_spoke_find_their_scope(city, push, as_user) -> None:
    here, there = as_user(cast.DISPATCHER).socket(), as_user(cast.STRANGER).socket()
    look(here, cast.STREET)
    look(there, cast.OTHER_STREET)
    device = put_device(city, "GAS-1", value=None)
    city.live.set_states([(device.n, 2, 0)])
    push.step()
    told = {got["name"]: got["args"][0] for got in here.get_received()}
    assert [row[0] for row in told["entered"]] == [device.n]
    assert told["states"] == [[device.n, 2, 0]]
    assert there.get_received() == []


def test_the_pulse_says_that_redis_is_away_and_that_it_is_back(
    city, push, as_user, monkeypatch
) -> None:
    put_device(city, "GAS-1")
    as_user(cast.DUTY).socket()
    push.pulse.look()
    well = push.pulse.word("320404")
    # an open page of other boundaries is as old as one of another release
    assert well["edition"] == edition(city)
    assert well["redis"]
    assert well["feeds"].keys() == {"telemetry"}
    assert [tile["key"] for tile in well["tiles"]][:2] == ["aqi", "river"]
    with monkeypatch.context() as away:
        away.setattr(type(city.live), "feeds", gone)
        push.pulse.look()
        lost = push.pulse.word("320404")
    assert (lost["redis"], lost["ledger"], lost["tiles"]) == (False, True, [])
    push.pulse.look()
    assert push.pulse.word("320404")["redis"]


def test_the_pulse_carries_the_figures_of_the_area_looked_at(city, push, as_user) -> None:
    socket = as_user(cast.DUTY).socket()
    assert socket.emit("look", {"area": cast.STREET}, callback=True) == {"area": cast.STREET}
    heard = put_device(city, "GAS-1"), put_device(city, "GAS-2", area=cast.OTHER_GRID)
    city.live.set_states([(device.n, Presence.ONLINE, 0) for device in heard])
    push.pulse.look()
    online = {tile["key"]: tile for tile in push.pulse.word(cast.STREET)["tiles"]}["online"]
    assert online["note"].endswith("/1")


@pytest.mark.parametrize(
    ("work_s", "rest_s"),
    [
        (0.0, push_module.FRAME_S),
        (0.02, 0.08),  # what is left of the frame
        (0.2, 0.4),  # a crowd of maps: frames are rarer, and a third of the time is theirs
        (30.0, push_module.LONGEST_REST_S),  # this computer slept in the middle of one
    ],
)
def test_the_next_frame_comes_after_a_rest_that_has_an_end(
    push, monkeypatch, work_s, rest_s
) -> None:
    now = [1_000.0]

    def work() -> None:
        now[0] += work_s

    monkeypatch.setattr(push, "clock", lambda: now[0])
    monkeypatch.setattr(push.delivery, "send_clusters", work)
    push.flush()
    assert push._next_frame - now[0] == pytest.approx(rest_s)
    push.flush()
    assert now[0] == 1_000.0 + work_s  # it rests
    now[0] = push._next_frame
    push.flush()
    assert push._next_frame - now[0] == pytest.approx(rest_s)


def test_another_ledger_makes_everybody_start_anew(city, push, as_user) -> None:
    socket = as_user(cast.DUTY).socket()
    push.seq += 1000
    push._start_over_with_ledger()
    assert [got["name"] for got in socket.get_received()] == ["reset"]
    assert push.seq == city.ledger.last_seq()


@pytest.mark.parametrize("user", [cast.DUTY, cast.ZHANG])
def test_the_loops_start_and_stop(push, as_user, user) -> None:
    from tests.waiting import until

    socket = as_user(user).socket()
    push.start()
    try:
        until(lambda: heard(socket, "pulse"))
    finally:
        push.stop()


def test_the_pulse_names_the_sources_that_are_silent(city, push) -> None:
    registry.declare(city, [{"name": "lora"}])
    since = int(time.time() * 1000) - 70_000
    for source in ("lora", "gone"):
        city.live.flag(source, "silent", since)
    push.pulse.look()
    silent = push.pulse.word("320404")["silent"]
    assert silent.keys() == {"lora"}, "a source that has left the file is nobody's"
    assert silent["lora"] >= 70
