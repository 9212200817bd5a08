"""A city in which something has happened."""

from __future__ import annotations

import pytest

from app.city import City
from app.domain.alerts import Alert, AlertStep
from app.domain.cases import Case
from app.domain.levels import Level
from app.services import alerts
from tests.things import a_case, a_change

CASE = "ZL20261120000077"  # a number that the ledger does not give by itself


@pytest.fixture
def red(city: City) -> Alert:
    """A red gas alert in the grid of ZHANG, which has opened its case."""
    alert = alerts.raise_(city, a_change(AlertStep.RAISE, Level.RED, value=58.0, threshold=50.0))
    assert alert is not None
    return alert


@pytest.fixture
def yellow(city: City) -> Alert:
    """A yellow alert of another device, without a case."""
    change = a_change(AlertStep.RAISE, Level.YELLOW, "A2", device="gas-2")
    alert = alerts.raise_(city, change)
    assert alert is not None
    return alert


@pytest.fixture
def case(city: City) -> Case:
    """A case that waits for its dispatch."""
    with city.ledger.begin() as tx:
        tx.add(a_case(CASE))
    return a_case(CASE)
