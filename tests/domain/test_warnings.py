"""Chains of warnings: the newest message speaks, whatever the order in which they come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.alerts import AlertStatus, AlertStep
from app.domain.levels import Level
from app.domain.warnings import (
    RULE,
    Chain,
    ChainStatus,
    MessageType,
    Warning,
    chain_of,
    follow,
    merge,
    public,
    revise,
    run_out,
    told,
)
from tests.cast import START
from tests.things import a_warning, an_alert

ALERT, UPDATE, CANCEL = MessageType.ALERT, MessageType.UPDATE, MessageType.CANCEL
HERE = (("320404", Level.YELLOW),)
LATER = START + timedelta(minutes=30)


class Book:
    """What the service does with chains, without a ledger."""

    def __init__(self) -> None:
        self.chains: dict[str, Chain] = {}
        self.of: dict[str, str] = {}

    def take(self, said: Warning) -> None:
        known = [self.chains[i] for i in sorted({self.of[k] for k in said.keys if k in self.of})]
        chain, ended = merge(known, at=LATER) if known else (None, [])
        areas = tuple((c, z.level) for z in said.zones for c in z.codes)
        after = follow(chain, said, areas, at=LATER) or chain
        assert after is not None
        for each in ended:
            self.chains.pop(each.id)
            assert each.standing == {}
        self.chains[after.id] = after
        joined = {each.id for each in known}
        self.of = {k: after.id if i in joined else i for k, i in self.of.items()}
        self.of |= dict.fromkeys(said.keys, after.id)

    def standing(self) -> list[tuple[dict[str, Level], str]]:
        every = self.chains.values()
        return sorted(((c.standing, c.headline) for c in every if c.standing), key=str)


@st.composite
def stories(draw: st.DrawFn) -> list[Warning]:
    """Up to six messages, each referring to some of those before it; repeats among them."""
    made: list[Warning] = []
    for n in range(1, draw(st.integers(1, 6)) + 1):
        before = [f"A{i}" for i in range(1, n)]
        refers = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        kind = draw(st.sampled_from([UPDATE, UPDATE, CANCEL])) if refers else ALERT
        level = draw(st.sampled_from([Level.BLUE, Level.RED]))
        codes = tuple(draw(st.lists(st.sampled_from(["320404", "320402"]), unique=True)))
        made.append(a_warning(f"A{n}", kind, level, codes, tuple(refers)))
    return made


@given(stories(), st.randoms(use_true_random=False))
def test_any_order_and_any_repeats_come_to_the_same(story, chance):
    straight, shuffled = Book(), Book()
    for message in story:
        straight.take(message)
    mixed = [*story, *chance.sample(story, len(story))]
    chance.shuffle(mixed)
    for message in mixed:
        shuffled.take(message)
    assert shuffled.standing() == straight.standing()


def a_chain(said: Warning | None = None) -> Chain:
    chain = follow(None, said or a_warning(), HERE, at=START)
    assert chain is not None
    return chain


def test_a_first_message_is_a_chain_of_its_own():
    chain = a_chain()
    assert chain.id == a_warning().keys[0]
    assert (chain.status, chain.standing) == (ChainStatus.IN_FORCE, dict(HERE))
    assert chain.next_due == chain.expires == START + timedelta(hours=6)


@pytest.mark.parametrize(
    "said",
    [
        a_warning(),
        a_warning("A0"),
        a_warning("A1", title="the same moment, another text"),
    ],
)
def test_an_older_or_equal_message_says_nothing(said):
    assert follow(a_chain(), said, HERE, at=LATER) is None


def test_of_one_moment_a_cancel_wins():
    update = a_warning("A2", UPDATE)
    cancel = a_warning("A3", CANCEL, sent=update.sent)
    assert follow(a_chain(update), cancel, (), at=LATER).status is ChainStatus.CANCELLED
    assert follow(a_chain(cancel), update, HERE, at=LATER) is None


def test_after_a_cancel_a_newer_message_begins_again():
    cancelled = follow(a_chain(), a_warning("A2", CANCEL), (), at=LATER)
    again = follow(cancelled, a_warning("A3"), HERE, at=LATER)
    assert (again.id, again.standing) == (cancelled.id, dict(HERE))


def test_it_runs_out_at_its_time_and_once():
    chain = a_chain()
    assert run_out(chain, at=chain.expires - timedelta(seconds=1)) is None
    over = run_out(chain, at=chain.expires)
    assert (over.status, over.standing, over.next_due) == (ChainStatus.EXPIRED, {}, None)
    assert run_out(over, at=chain.expires) is None
    clear = told(over, AlertStep.CLEAR, "320404", (119.9, 31.8))
    assert (clear.at, clear.level) == (chain.expires, Level.NONE)


def test_the_keys_tell_sources_senders_and_identifiers_apart():
    every = [
        a_warning(),
        a_warning(source="other"),
        a_warning(sender="other"),
        a_warning("A2"),
        a_warning(source="weathe", sender="rczqx"),
    ]
    assert len({each.keys[0] for each in every}) == len(every)
    assert a_warning("A2", refers=("A1",)).keys[1] == a_warning().keys[0]
    assert a_warning(refers=("A1", "A1")).keys == a_warning().keys


def test_what_a_chain_says_of_an_area():
    chain = a_chain()
    change = told(chain, AlertStep.RAISE, "320404", (119.9, 31.8))
    assert (change.rule, change.level, change.area) == (RULE, Level.YELLOW, "320404")
    assert chain_of(change.device) == chain.id
    assert len(change.device) <= 64
    assert public(chain)["headline"] == chain.headline


@pytest.mark.parametrize(
    ("level", "status"),
    [
        (Level.BLUE, AlertStatus.ACKNOWLEDGED),
        (Level.YELLOW, AlertStatus.ACKNOWLEDGED),
        (Level.ORANGE, AlertStatus.RAISED),
    ],
)
def test_only_a_worse_message_calls_again(level, status):
    seen = an_alert(
        level=Level.YELLOW,
        peak=Level.YELLOW,
        status=AlertStatus.ACKNOWLEDGED,
        acknowledged_at=START,
        acknowledged_by="duty",
    )
    chain = a_chain(a_warning("A2", UPDATE, level))
    chain = follow(chain, a_warning("A3", UPDATE), (("320404", level),), at=LATER)
    after, fact = revise(seen, told(chain, AlertStep.RAISE, "320404", (119.9, 31.8)), at=LATER)
    assert (after.level, after.status, after.id) == (level, status, seen.id)
    assert (fact.kind, fact.body["alert"]["title"]) == ("alert.changed", chain.title)
    assert (after.next_due is not None) == (status is AlertStatus.RAISED)
