"""A replay at a moment is what the live snapshot and the live points said at that moment."""

from __future__ import annotations

import numpy as np
import pytest

from app.domain.facts import LISTS
from app.domain.levels import Level
from app.domain.readings import Presence
from app.errors import Invalid, NotAllowed
from app.services import archive, replay, replay_devices, views
from app.services.archive import Shelf
from app.services.replay import NUMBERED
from app.services.watch import step, tick
from app.store.past import HEARD
from tests import cast
from tests.services.test_live_contract import LOOKERS, VERBS, Story, seen
from tests.services.watching import pass_by, post, register, say


def ms(moment) -> int:
    return round(moment.timestamp() * 1000)


def archived(city) -> None:
    """The archive has written everything."""
    shelf = Shelf(0)
    shelf.add(city.live.read("archive", "archive", count=100_000), 0.0)
    archive.flush(city, shelf)


@pytest.fixture
def watched(city):
    """A city whose readings are judged and archived."""
    city.live.ensure_groups()
    return city


@pytest.fixture
def story(city, clock, a_report, an_order, photo):
    city.live.ensure_groups()
    register(city, "gas-1")
    return Story(city, clock, a_report, an_order, photo)


def lists(snapshot) -> dict:
    """What is open and who is on duty, as the browser has it; places have tests of their own."""
    workers = [{name: one[name] for name in ("id", "on_duty")} for one in snapshot["workers"]]
    open_ = {name: snapshot[name] for name, _ in LISTS.values()}
    return seen(open_ | {"workers": workers, "as_of": 0})


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_be_replayed(story, verb, subtests):
    before, act = VERBS[verb]
    city, clock = story.city, story.frozen
    recorded = []

    def record():
        recorded.append((ms(clock.now()), {w.id: views.snapshot(city, w) for w in LOOKERS}))
        clock.advance(seconds=1)

    say(city, city.live.device("gas-1"), ch4=1.0)
    archived(city)
    record()
    given = before(story) if before else None
    record()
    act(story, given)
    record()
    clock.advance(hours=1)
    for at, was in recorded:
        for who in LOOKERS:
            with subtests.test(who=who.id, at=at):
                again = replay.as_was(city, who, at).snapshot
                assert lists(again) == lists(was[who.id])
                assert again["as_of"] == was[who.id]["as_of"]


def test_facts_about_things_carry_the_whole_thing(story):
    """What a replay stands on: the newest fact of a thing has it whole."""
    for _, (before, act) in VERBS.items():
        if before not in (None,):
            continue
        act(story, None)
    for fact in story.city.ledger.facts_after(0):
        noun = fact.kind.partition(".")[0]
        if noun in LISTS:
            assert fact.body[noun]["id"] == fact.thing


def records(raw: bytes) -> np.ndarray:
    return np.frombuffer(raw, NUMBERED)


def now_on_the_map(city) -> dict:
    found = np.frombuffer(city.live.points(), NUMBERED["point"])
    return {n: point.copy() for n, point in enumerate(found)}


def same(was, again) -> None:
    for n, point in was.items():
        for part in ("lon", "lat", "at", "area", "kind", "quality", "presence", "level"):
            assert point[part] == again[n][part], (n, part, point, again[n])
        assert point["value"] == again[n]["value"] or (
            np.isnan(point["value"]) and np.isnan(again[n]["value"])
        )


@pytest.mark.parametrize("written", [True, False], ids=["archived", "in-the-stream"])
def test_devices_are_as_they_were(watched, clock, written):
    """Readings, silence, an alert and its end: the points of each moment, from history alone."""
    city = watched
    talker, gas, rare = register(city, "T1", "G1", "R1")
    watch = post(city)
    recorded = []
    for value in (5.0, 30.0, 55.0, 55.0, 0.0, *(None,) * 7, 0.0):
        for _ in range(3):
            clock.advance(seconds=10)
            say(city, talker, ch4=1.0)
            if value is not None:
                say(city, gas, ch4=value)
            step(city, watch)
            tick(city, watch)
        recorded.append((ms(clock.now()), now_on_the_map(city)))
    said = {level for _, points in recorded for level in [int(points[gas.n]["level"])]}
    assert {0, int(Level.RED)} <= said
    assert any(p[gas.n]["presence"] == Presence.OFFLINE for _, p in recorded)
    never = [Presence(int(p[rare.n]["presence"])) for _, p in recorded]
    assert (never[0], never[-1]) == (Presence.UNKNOWN, Presence.OFFLINE)
    if written:
        archived(city)
    clock.advance(minutes=10)
    pass_by(city, clock, 60, talker, gas)
    for at, was in recorded:
        found = records(replay.as_was(city, cast.COMMANDER, at).points)
        same(was, {int(one["n"]): one["point"] for one in found})


def test_steps_lead_from_one_moment_to_the_next(watched, clock):
    """Whoever plays on from a keyframe comes to the next one: nothing is left out in between."""
    city = watched
    talker, gas = register(city, "T1", "G1")
    watch = post(city)
    begun = ms(clock.now())
    for n in range(60):
        clock.advance(seconds=10)
        say(city, talker, ch4=float(n % 3))
        if n % 20 < 8:
            say(city, gas, ch4=5.0 * n)
        step(city, watch)
        tick(city, watch)
    ended = ms(clock.now())
    archived(city)
    clock.advance(hours=1)
    first, last = (replay.as_was(city, cast.COMMANDER, at) for at in (begun, ended))
    points = {int(one["n"]): one["point"].copy() for one in records(first.points)}
    for since in range(begun, ended, 120_000):
        play(points, replay.steps(city, cast.COMMANDER, since, since + 120_000, 5))
    same({int(one["n"]): one["point"] for one in records(last.points)}, points)


def play(points, steps) -> None:
    """What the browser does with steps."""
    for one in np.frombuffer(steps.readings, HEARD):
        point = points[int(one["n"])]
        point["at"], point["quality"] = one["at"], one["quality"]
        if not np.isnan(one["value"]):
            point["value"] = one["value"]
        point["presence"] = Presence.ONLINE
    for _, n, presence, level in steps.changes["states"]:
        points[n]["level"] = level
        if presence >= 0:
            points[n]["presence"] = presence


def test_steps_are_merged_and_in_order(watched, clock):
    city = watched
    (gas,) = register(city, "G1")
    begun = ms(clock.now())
    pass_by(city, clock, 120, gas, step_s=1)
    archived(city)
    clock.advance(minutes=5)
    found = np.frombuffer(
        replay.steps(city, cast.COMMANDER, begun, begun + 60_000, 10).readings, HEARD
    )
    assert len(found) == 6
    assert list(found["shown"]) == sorted(found["shown"])
    every = np.frombuffer(replay.steps(city, cast.COMMANDER, begun, begun + 60_000).readings, HEARD)
    assert len(every) == 60


def test_who_spoke_long_ago_keeps_his_value(watched, clock):
    """A device that speaks once an hour is found a day back; one that never spoke since as now."""
    city = watched
    hourly, dumb = register(city, "H1", "H2", period_s=3600)
    say(city, hourly, ch4=7.0)
    say(city, dumb, ch4=8.0)
    asked = ms(clock.advance(minutes=50))
    clock.advance(minutes=10)
    say(city, hourly, ch4=9.0)
    archived(city)
    clock.advance(minutes=10)
    found = {int(one["n"]): one["point"] for one in _points(city, asked)}
    assert found[hourly.n]["value"] == 7.0
    assert found[dumb.n]["value"] == 8.0
    assert found[hourly.n]["presence"] == Presence.ONLINE


def _points(city, at):
    return records(replay.as_was(city, cast.COMMANDER, at).points)


def test_late_readings_were_never_shown(watched, clock):
    city = watched
    (gas,) = register(city, "G1")
    say(city, gas, ch4=7.0)
    clock.advance(seconds=5)
    say(city, gas, ago_s=60, ch4=99.0)
    archived(city)
    asked = ms(clock.now())
    clock.advance(minutes=10)
    assert _points(city, asked)[0]["point"]["value"] == 7.0


def test_a_scope_sees_its_own_part(watched, clock):
    city = watched
    mine, theirs = register(city, "G1"), register(city, "G2", area=cast.OTHER_GRID)
    other = city.areas.grid_index(cast.OTHER_GRID)
    city.live.register(theirs, [other])
    city.live.register(mine, [city.areas.grid_index(cast.GRID)])
    for device in (*mine, *theirs):
        say(city, device, ch4=1.0)
    asked = ms(clock.now())
    clock.advance(minutes=1)

    def numbers(who, area=None):
        frame = replay.as_was(city, who, asked, area)
        return {int(one["n"]) for one in records(frame.points)}

    assert numbers(cast.DUTY) >= numbers(cast.DISPATCHER) | numbers(cast.STRANGER)
    assert not numbers(cast.DISPATCHER) & numbers(cast.STRANGER)
    with pytest.raises(NotAllowed):
        numbers(cast.DISPATCHER, cast.OTHER_STREET)


@pytest.mark.parametrize("who", [cast.ZHANG, cast.ADMIN], ids=["worker", "admin"])
def test_not_for_everybody(watched, clock, who):
    at = ms(clock.now())
    for ask in (
        lambda: replay.as_was(watched, who, at),
        lambda: replay.steps(watched, who, at, at),
        lambda: replay.span(watched, who),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_before_history_there_is_nothing(watched, clock):
    (gas,) = register(watched, "G1")
    say(watched, gas, ch4=1.0)
    archived(watched)
    old = ms(clock.now()) - 3 * 86_400_000
    with pytest.raises(Invalid):
        replay.as_was(watched, cast.DUTY, old)
    with pytest.raises(Invalid):
        replay.steps(watched, cast.DUTY, ms(clock.now()) - 3_600_000, ms(clock.now()))
    assert replay.span(watched, cast.DUTY)["oldest"] <= ms(clock.now())


def test_what_comes_is_now(watched, clock):
    frame = replay.as_was(watched, cast.DUTY, ms(clock.now()) + 3_600_000)
    assert frame.snapshot["at"] == clock.now().isoformat()


def test_moments_are_remembered_but_not_those_that_still_grow(watched, clock):
    city = watched
    (gas,) = register(city, "G1")
    pass_by(city, clock, 1200, gas)
    archived(city)
    for back in (0, 1000, 600_000):
        replay.as_was(city, cast.DUTY, ms(clock.now()) - back)
    desk = replay_devices.desk(city)
    settled = ms(clock.now()) - replay_devices.SETTLED_MS
    assert desk.moments
    assert all(moment <= settled for moment in desk.moments)
    for back in range(replay_devices.KEPT * 2):
        replay.as_was(city, cast.DUTY, settled - back * 9_000)
    assert len(desk.moments) <= replay_devices.KEPT
