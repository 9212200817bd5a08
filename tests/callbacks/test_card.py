"""The card."""

import pytest

from app.domain.alerts import AlertStatus
from app.errors import NotAllowed, NotFound
from callbacks import card
from tests import cast
from tests.callbacks.doorway import open_door
from tests.layouts import reading


def test_no_alert_no_card(city):
    assert open_door(card, city, cast.DUTY)["show"]("", None) is None


def test_the_card_of_an_alert(city, red):
    shown = open_door(card, city, cast.DUTY)["show"](f"?alert={red.id}", None)
    assert "58.0" in reading.words(shown)
    assert ("acknowledge", red.id, None) in reading.actions(shown)


def test_a_stranger_is_refused_and_an_unknown_alert_is_not_found(city, red):
    with pytest.raises(NotAllowed):
        open_door(card, city, cast.STRANGER)["show"](f"?alert={red.id}", None)
    with pytest.raises(NotFound):
        open_door(card, city, cast.DUTY)["show"]("?alert=nonsense", None)


def test_confirming(city, red):
    open_door(card, city, cast.DUTY)["acknowledge"]({"id": red.id})
    with city.ledger.read() as tx:
        assert tx.alert(red.id).status is AlertStatus.ACKNOWLEDGED


def test_a_viewer_may_look_but_not_confirm(city, red):
    shown = open_door(card, city, cast.WALL)["show"](f"?alert={red.id}", None)
    assert "acknowledge" not in [action for action, *_ in reading.actions(shown)]
    with pytest.raises(NotAllowed):
        open_door(card, city, cast.WALL)["acknowledge"]({"id": red.id})
