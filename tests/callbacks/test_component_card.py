"""上报 on the card of a component, and the card behind the doorway of every thing."""

import pytest

from app.errors import NotAllowed
from app.services import components_import, components_made
from callbacks import component_card
from geodata.components_file import open_components
from layouts import address
from tests import cast
from tests.callbacks.doorway import open_door


@pytest.fixture
def code(city):
    """The mark of a made-up component in the city."""
    file = city.settings.var / "made.csv"
    components_made.write(city.areas, 50, file)
    trial = components_import.attempt(city, open_components(file), "wgs84", {})
    components_import.put(city, trial)
    return str(int(trial.rows.code[0]))


def test_a_report_opens_a_case_and_goes_there(city, code):
    report = open_door(component_card, city, cast.DUTY)["report"]
    query = report({"id": code, "value": "missing"}, "?area=320404&device=x")
    here = address.read(query)
    with city.ledger.read() as tx:
        assert tx.case(here.case).title.endswith("丢失")
    assert (here.area, here.device) == ("320404", None)


def test_who_may_only_look_cannot_report(city, code):
    report = open_door(component_card, city, cast.WALL)["report"]
    with pytest.raises(NotAllowed):
        report({"id": code, "value": "broken"}, "")
