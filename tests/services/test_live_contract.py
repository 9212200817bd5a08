"""The live contract: a snapshot continued by the facts equals the snapshot fetched afterwards.

For every verb of the services and for everybody who looks on: nothing is missed, nothing is told
twice, and nobody needs to fetch again.
"""

from __future__ import annotations

from datetime import timedelta
from functools import reduce

import msgspec
import pytest

from app.domain.alerts import AlertStep
from app.domain.facts import LISTS, apply, told
from app.domain.levels import Level
from app.domain.people import concerns
from app.domain.warnings import MessageType
from app.services import alerts, cases, clock, people, reports, shifts, tasks, views, warnings
from tests import cast
from tests.things import a_change, a_warning

RAISE, UP, DOWN, CLEAR = AlertStep.RAISE, AlertStep.UP, AlertStep.DOWN, AlertStep.CLEAR
LOOKERS = (cast.COMMANDER, cast.DUTY, cast.DISPATCHER, cast.STRANGER, cast.WALL)


class Story:
    """A city in which things have happened, and the verbs that can happen next."""

    def __init__(self, city, frozen, a_report, an_order, photo):
        self.city, self.frozen, self.photo = city, frozen, photo
        self.a_report, self.an_order = a_report, an_order

    def raised(self):
        return alerts.raise_(self.city, a_change(RAISE, Level.ORANGE))

    def warned(self):
        return warnings.take(self.city, a_warning())

    def reported(self):
        return reports.file(self.city, self.a_report(), by=cast.ZHANG)

    def registered(self):
        return cases.register(self.city, self.reported().id, by=cast.DISPATCHER)

    def sent(self, *workers):
        case = self.registered()
        named = workers or ("W001",)
        return tasks.dispatch(self.city, case.id, workers=named, by=cast.DISPATCHER)[0]

    def accepted(self, *workers):
        return tasks.accept(self.city, self.sent(*workers).id, by=cast.ZHANG)

    def arrived(self, *workers):
        return tasks.arrive(self.city, self.accepted(*workers).id, by=cast.ZHANG)

    def finished(self, *workers):
        task = self.arrived(*workers)
        return tasks.finish(self.city, task.id, by=cast.ZHANG, photos=[self.photo])


def _wait_for(story, span):
    story.frozen.advance(hours=span)
    clock.tick(story.city)


# name → (what has happened before, the verb)
VERBS = {
    "alerts.raise_": (None, lambda s, _: s.raised()),
    "alerts.raise_ red": (
        None,
        lambda s, _: alerts.apply(s.city, [a_change(RAISE, Level.RED)]),
    ),
    "alerts.change": (
        Story.raised,
        lambda s, _: alerts.apply(s.city, [a_change(DOWN, Level.BLUE)]),
    ),
    "alerts.change to red": (
        Story.raised,
        lambda s, _: alerts.apply(s.city, [a_change(UP, Level.RED)]),
    ),
    "alerts.clear": (Story.raised, lambda s, _: alerts.clear(s.city, a_change(CLEAR, Level.NONE))),
    "alerts.acknowledge": (
        Story.raised,
        lambda s, alert: alerts.acknowledge(s.city, alert.id, by=cast.DISPATCHER),
    ),
    "alerts.open_case": (
        Story.raised,
        lambda s, alert: alerts.open_case(s.city, alert.id, by=cast.DISPATCHER),
    ),
    "reports.file": (None, lambda s, _: s.reported()),
    "reports.open_waiting": (
        None,
        lambda s, _: (
            s.city.live.accept([s.a_report("m1"), s.an_order()], 1),
            reports.open_waiting(s.city, "one"),
        ),
    ),
    "cases.register": (
        Story.reported,
        lambda s, case: cases.register(s.city, case.id, by=cast.DISPATCHER),
    ),
    "cases.void": (
        Story.reported,
        lambda s, case: cases.void(s.city, case.id, by=cast.DISPATCHER, note="重复"),
    ),
    "tasks.dispatch": (
        Story.registered,
        lambda s, case: tasks.dispatch(
            s.city, case.id, workers=["W001", "W002"], by=cast.DISPATCHER
        ),
    ),
    "tasks.deliver": (Story.sent, lambda s, task: tasks.deliver(s.city, task.id, by=cast.ZHANG)),
    "tasks.see": (Story.sent, lambda s, task: tasks.see(s.city, task.id, by=cast.ZHANG)),
    "tasks.accept": (Story.sent, lambda s, task: tasks.accept(s.city, task.id, by=cast.ZHANG)),
    "tasks.arrive": (Story.accepted, lambda s, task: tasks.arrive(s.city, task.id, by=cast.ZHANG)),
    "tasks.finish": (
        Story.arrived,
        lambda s, task: tasks.finish(s.city, task.id, by=cast.ZHANG, photos=[s.photo]),
    ),
    "tasks.give_back": (
        Story.accepted,
        lambda s, task: tasks.give_back(s.city, task.id, by=cast.ZHANG, note="不在网格"),
    ),
    "tasks.withdraw": (
        Story.accepted,
        lambda s, task: tasks.withdraw(s.city, task.id, by=cast.DISPATCHER),
    ),
    "cases.close": (
        lambda s: s.finished("W001", "W002"),
        lambda s, task: cases.close(s.city, task.case_id, by=cast.DISPATCHER),
    ),
    "cases.rework": (
        lambda s: s.finished("W001", "W002"),
        lambda s, task: cases.rework(s.city, task.case_id, by=cast.DISPATCHER, note="不净"),
    ),
    "clock.tick on a case and a task": (Story.sent, lambda s, _: _wait_for(s, 24 * 30)),
    "clock.tick on an alert": (Story.raised, lambda s, _: _wait_for(s, 1)),
    "warnings.take": (None, lambda s, _: s.warned()),
    "warnings.take a worse one for a part": (
        Story.warned,
        lambda s, _: warnings.take(
            s.city,
            a_warning("A2", MessageType.UPDATE, Level.RED, (cast.STREET,), refers=("A1",)),
        ),
    ),
    "warnings.take a cancel": (
        Story.warned,
        lambda s, _: warnings.take(
            s.city, a_warning("A2", MessageType.CANCEL, codes=(), refers=("A1",))
        ),
    ),
    "warnings.enter": (
        None,
        lambda s, _: (
            s.city.live.accept([a_warning()], 1),
            reports.open_waiting(s.city, "one"),
        ),
    ),
    "warnings.expire": (
        Story.warned,
        lambda s, _: (s.frozen.advance(hours=7), warnings.expire(s.city)),
    ),
    "reports.accept": (
        None,
        lambda s, _: reports.accept(s.city, s.a_report("r9", worker=None), by="fixmystreet"),
    ),
    "shifts.turn": (None, lambda s, _: shifts.turn(s.city, on_duty=False, by=cast.ZHANG)),
    "people.enrol": (
        None,
        lambda s, _: people.enrol(s.city, cast.ZHANG, "Lantern-Street-7"),
    ),
}


@pytest.fixture
def story(city, clock, a_report, an_order, photo):
    return Story(city, clock, a_report, an_order, photo)


def seen(snapshot) -> dict:
    """What the contract is about; the order within a list is the screen's own business."""
    names = [*(name for name, _ in LISTS.values()), "workers"]
    lists = {name: sorted(snapshot[name], key=lambda x: x["id"]) for name in names}
    as_json = msgspec.json.encode(lists | {"as_of": snapshot["as_of"]})
    return msgspec.json.decode(as_json)  # as the browser has it: a tuple is a list there


@pytest.mark.parametrize("verb", VERBS)
def test_the_snapshot_continued_is_the_snapshot_fetched(story, verb, subtests):
    before, act = VERBS[verb]
    city = story.city
    given = before(story) if before else None
    story.frozen.advance(minutes=1)
    was = {who.id: views.snapshot(city, who) for who in LOOKERS}
    start = city.ledger.last_seq()
    act(story, given)
    facts = city.feed.facts_after(start)
    assert facts, "a verb tells what it has done"
    assert facts == city.ledger.facts_after(start)
    for who in LOOKERS:
        with subtests.test(who=who.id):
            heard = [fact for fact in facts if concerns(who.scope, told(fact))]
            continued = dict(reduce(apply, heard, was[who.id]), as_of=city.ledger.last_seq())
            assert seen(continued) == seen(views.snapshot(city, who))


def test_every_verb_of_the_services_is_in_the_contract():
    """Whoever adds a verb adds its story."""
    covered = {name.split(" ")[0] for name in VERBS}
    quiet = {
        "alerts.apply",  # raise_, change and clear are it
        "alerts.apply_in_parts",
        "people.sign_in",
        "people.demo_cast",
        "people.add_user",
        "people.shut_user",
        "people.too_easy",
        "people.user_by_id",
        "people.session_epoch",
        "people.check_password",
        "shifts.told",
        "clock.run",
        "cases.withdraw_open",
        "tasks.send_out",  # dispatch and call_out within their transaction
        "warnings.settle",  # take without its transaction
        "warnings.covered",
        "warnings.forget_elsewhere",
    }
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (alerts, cases, tasks, reports, clock, people, shifts, warnings)
        for name, thing in vars(module).items()
        if callable(thing)
        and not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and not isinstance(thing, type)
    }
    assert found - quiet == covered


def test_a_worker_hears_of_his_own_tasks_only(story):
    """Facts name the worker they concern, so that his room gets them and no other."""
    story.finished("W001", "W002")
    facts = story.city.ledger.facts_after(0)
    assert {fact.worker for fact in facts if fact.kind.startswith("task.")} == {"W001", "W002"}
    assert not any(fact.worker == "W003" for fact in facts)


@pytest.mark.parametrize("verb", [name for name in VERBS if name.startswith(("tasks", "cases"))])
def test_the_phone_of_the_worker_keeps_up(story, verb):
    """His room carries the facts with his name; his list of tasks follows from them alone."""
    before, act = VERBS[verb]
    given = before(story) if before else None
    was = views.snapshot(story.city, cast.ZHANG)
    start = story.city.ledger.last_seq()
    act(story, given)
    heard = [fact for fact in story.city.feed.facts_after(start) if fact.worker == "W001"]
    continued = dict(reduce(apply, heard, was), alerts=[], cases=[], as_of=0)
    fetched = dict(views.snapshot(story.city, cast.ZHANG), cases=[], as_of=0)
    assert seen(continued) == seen(fetched)


def test_facts_say_when_the_city_learnt_of_it(story, clock):
    task = story.sent()
    tapped, now = clock.now(), clock.advance(hours=1)
    tasks.accept(story.city, task.id, by=cast.ZHANG, at=tapped + timedelta(minutes=1))
    assert {fact.at for fact in story.city.ledger.facts_after(0)[-2:]} == {now}
