"""A link that somebody has sent, opened by somebody who may see less."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests import cast
from tests.things import an_alert

HERE = "view=119.95,31.78,14"


@pytest.fixture
def alert(city):
    """An alert in the street of the cast."""
    one = an_alert("A1")
    with city.ledger.begin() as tx:
        tx.add(one)
    return one


def _opened(as_user, user, path):
    answer = as_user(user).get(path)
    if answer.status_code == 200:
        return None
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_who_may_see_all_of_it_opens_it_as_it_is(as_user, alert):
    path = f"/wall/?area={cast.STREET}&alert={alert.id}&{HERE}&layers=daily"
    assert _opened(as_user, cast.DUTY, path) is None


def test_who_may_not_see_the_area_comes_to_his_own(as_user, alert):
    path = f"/wall/?area={cast.STREET}&alert={alert.id}&tab=safety&{HERE}&layers=daily&pin=119,31"
    there = _opened(as_user, cast.STRANGER, path)
    assert there == {"tab": "safety", "layers": "daily", "outside": "area,alert"}


def test_the_narrowed_link_is_not_narrowed_again(as_user):
    path = "/wall/?tab=safety&outside=area,alert"
    assert _opened(as_user, cast.STRANGER, path) is None


def test_a_thing_that_is_gone_leaves_the_rest_of_the_view(as_user):
    there = _opened(as_user, cast.DUTY, f"/wall/?area={cast.STREET}&alert=gone&{HERE}")
    assert there == {"area": cast.STREET, "view": HERE[5:], "outside": "alert"}


def test_a_map_far_from_home_comes_home(as_user):
    there = _opened(as_user, cast.STRANGER, "/wall/?view=121.47,31.23,12&base=vec")
    assert there == {"base": "vec", "outside": "area"}


@pytest.mark.parametrize("query", ["", "?view=x,y", "?area=abc", "?view=119.95,31.78,12"])
def test_what_says_nothing_strange_stays(as_user, query):
    assert _opened(as_user, cast.DUTY, f"/wall/{query}") is None


def test_the_cockpit_too(as_user):
    there = _opened(as_user, cast.STRANGER, f"/cockpit/?area={cast.STREET}&what=cases")
    assert there == {"what": "cases", "outside": "area"}


def test_nothing_is_told_to_whom_the_page_is_not_for(as_user, anonymous, alert):
    path = f"/wall/?area={cast.STREET}&alert={alert.id}"
    assert _opened(as_user, cast.ZHANG, path) is None
    assert anonymous.get(path).headers["Location"].startswith("/login")
