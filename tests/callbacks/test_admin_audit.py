"""The audit tab shows who has read what is masked, and to nobody but the administrator."""

import pytest

from app.errors import NotAllowed
from app.services import reports, unmasked
from callbacks import admin_audit
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading
from tests.things import an_order


def test_a_reading_is_listed(city):
    city.live.accept([an_order()], 1)
    reports.open_waiting(city, "one")
    with city.ledger.read() as tx:
        case = tx.case_of("hotline", "G1")
    unmasked.caller_of_case(city, case.id, by=cast.DUTY)
    head, table = open_door(admin_audit, city, cast.ADMIN)["show"]("", None)
    assert head == "共 1 条，显示最近 1 条"
    words = reading.words(table)
    assert cast.DUTY.name in words
    assert "来电人姓名和电话" in words
    assert case.id in words
    assert "13800001234" not in words


def test_nothing_was_read(city):
    _, table = open_door(admin_audit, city, cast.ADMIN)["show"](None, None)
    assert "没有记录" in reading.words(table)


def test_it_is_for_nobody_else(city):
    with pytest.raises(NotAllowed):
        open_door(admin_audit, city, cast.DUTY)["show"]("", None)
