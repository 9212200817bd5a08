"""Signing in: the right password, the wrong one, the lock, and what the trail says."""

from __future__ import annotations

import msgspec
import pytest

from app.domain.people import Role, User, covers
from app.errors import Invalid, NotAllowed, SignInNeeded, TooMany
from app.services import people, shifts
from tests import cast

PASSWORD = "Lantern-Street-7"
NEW = User(id="chen", name="陈新", role=Role.DUTY_OFFICER, scope="320404")


@pytest.fixture
def enrolled(city):
    return people.enrol(city, NEW, PASSWORD)


def test_the_right_password_signs_in(city, enrolled, kinds_told):
    assert people.sign_in(city, "chen", PASSWORD, "10.0.0.1") == NEW
    assert kinds_told() == ["user.enrolled", "user.signed_in"]
    fact = city.ledger.facts_after(1)[0]
    assert (fact.area, fact.who, fact.body["ip"]) == ("320404", "chen", "10.0.0.1")


def test_a_wrong_password_and_an_unknown_name_read_the_same(city, enrolled):
    said = []
    for name, password in (("chen", "wrong"), ("nobody", PASSWORD), ("w001", "")):
        with pytest.raises(SignInNeeded) as refused:
            people.sign_in(city, name, password, "10.0.0.1")
        said.append(refused.value.message)
    assert len(set(said)) == 1


def test_five_failures_lock_for_fifteen_minutes(city, enrolled, clock, kinds_told):
    for _ in range(4):
        with pytest.raises(SignInNeeded):
            people.sign_in(city, "chen", "wrong", "10.0.0.1")
    with pytest.raises(TooMany):
        people.sign_in(city, "chen", "wrong", "10.0.0.1")
    clock.advance(minutes=14)
    with pytest.raises(TooMany):
        people.sign_in(city, "chen", PASSWORD, "10.0.0.1")
    clock.advance(minutes=1)
    assert people.sign_in(city, "chen", PASSWORD, "10.0.0.1") == NEW
    assert kinds_told()[1:] == ["user.refused"] * 5 + ["user.locked", "user.signed_in"]


def test_a_success_forgets_the_failures_before(city, enrolled):
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(SignInNeeded):
                people.sign_in(city, "chen", "wrong", "10.0.0.1")
        people.sign_in(city, "chen", PASSWORD, "10.0.0.1")


def test_no_password_and_no_hash_is_in_a_fact(city, enrolled):
    told = msgspec.json.encode(city.ledger.facts_after(0)).decode()
    assert PASSWORD not in told
    assert "argon2" not in told


@pytest.mark.parametrize("easy", ["Short-1", "alllowercase", "lower1lower2", "Chen-is-at-9"])
def test_an_easy_password_is_refused_with_the_rule(city, easy):
    with pytest.raises(Invalid) as refused:
        people.enrol(city, NEW, easy)
    assert "password" in refused.value.fields
    assert people.user_by_id(city, "chen") is None


def test_a_new_password_ends_the_sessions(city, enrolled, kinds_told):
    before = people.session_epoch(city, "chen")
    people.enrol(city, NEW, "Another-Street-8", by=cast.ADMIN)
    assert people.session_epoch(city, "chen") == before + 1
    with pytest.raises(SignInNeeded):
        people.sign_in(city, "chen", PASSWORD, "10.0.0.1")
    assert "user.renewed" in kinds_told()


def test_only_the_administrator_enrols(city):
    with pytest.raises(NotAllowed):
        people.enrol(city, NEW, PASSWORD, by=cast.COMMANDER)


def test_the_demo_cast(city):
    users = people.demo_cast(city, PASSWORD)
    assert [user.id for user in users[:7]] == [
        *("commander", "duty", "leader", "street05", "street16", "admin", "wall")
    ]
    with city.ledger.read() as tx:
        workers = [tx.worker(f"W{n:03d}") for n in range(1, 41)]
        units = {unit.id for unit in tx.units()}
    assert len({worker.name for worker in workers}) == 40
    assert {worker.unit for worker in workers} <= units
    assert all(worker.grid in city.areas for worker in workers)
    streets = [street.code for street in city.areas.children("320404")]
    assert {worker.grid[:9] for worker in workers} == set(streets)
    assert all(
        covers(user.scope, worker.grid) for user, worker in zip(users[7:], workers, strict=True)
    )
    assert people.sign_in(city, "w040", PASSWORD, "10.0.0.1").worker == "W040"


def test_the_demo_cast_again_disturbs_nobody(city):
    people.demo_cast(city, PASSWORD)
    shifts.turn(city, on_duty=False, by=people.sign_in(city, "w001", PASSWORD, "10.0.0.1"))
    epoch, seq = people.session_epoch(city, "duty"), city.ledger.last_seq()
    people.demo_cast(city, PASSWORD)
    assert (people.session_epoch(city, "duty"), city.ledger.last_seq()) == (epoch, seq)
    with city.ledger.read() as tx:
        assert not tx.worker("W001").on_duty
    people.demo_cast(city, "Another-Street-8")
    assert people.session_epoch(city, "duty") == epoch + 1
