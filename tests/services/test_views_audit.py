"""The audit page: who has read what, newest first, and nothing of what was read."""

from __future__ import annotations

import msgspec
import pytest

from app.errors import NotAllowed
from app.services import reports, unmasked, views_audit
from tests import cast


@pytest.fixture
def case(city, an_order):
    """The case of a 12345 order."""
    city.live.accept([an_order()], 1)
    reports.open_waiting(city, "one")
    with city.ledger.read() as tx:
        return tx.case_of("hotline", "G1")


def test_it_says_who_when_what_and_which_case(city, clock, case):
    unmasked.address_of_case(city, case.id, by=cast.DUTY)
    clock.advance(minutes=1)
    unmasked.caller_of_case(city, case.id, by=cast.DISPATCHER)
    found = views_audit.readings(city, cast.ADMIN)
    assert found["total"] == 2
    newest, first = found["rows"]
    assert (newest["who"], newest["name"]) == (cast.DISPATCHER.id, cast.DISPATCHER.name)
    assert (newest["kind"], newest["case_id"]) == (unmasked.CALLER, case.id)
    assert (first["who"], first["kind"]) == (cast.DUTY.id, unmasked.ADDRESS)
    assert newest["at"] == city.now().isoformat()
    told = msgspec.json.encode(found).decode()
    assert not [word for word in ("13800001234", "张小明", "12号") if word in told]


def test_it_is_searched_by_case_and_account(city, case):
    unmasked.address_of_case(city, case.id, by=cast.DUTY)
    unmasked.address_of_case(city, case.id, by=cast.DISPATCHER)
    for words, n in ((case.id, 2), (cast.DUTY.id, 1), ("%", 0), ("nobody", 0), ("", 2)):
        assert views_audit.readings(city, cast.ADMIN, words)["total"] == n


@pytest.mark.parametrize("who", [cast.DUTY, cast.LEADER, cast.ZHANG, cast.WALL])
def test_it_is_for_the_administrator_alone(city, who):
    with pytest.raises(NotAllowed):
        views_audit.readings(city, who)
