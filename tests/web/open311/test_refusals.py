"""Open311: what is refused, in the list of errors that the specification asks for."""

from __future__ import annotations

import pytest

from app.errors import TooMany
from app.services import tokens
from app.services.public_requests import READS_PER_MINUTE, Query, ask
from tests.web.open311.answers import HERE, xml


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "99999"}, 404, "service_code"),
        ({"lat": None, "long": None}, 400, "address_string"),
        ({"lat": "x"}, 400, "lat and long"),
        ({"lat": None}, 400, "lat and long"),
        ({"lat": "nan", "long": "1"}, 400, "no place"),
        ({"lat": "119.946", "long": "31.779"}, 400, "swapped"),
        ({"lat": "51.5", "long": "0.1"}, 400, "本市"),
        ({"description": "x" * 4001}, 400, "4000"),
        ({"attribute_HAZARD]": "maybe"}, 400, "HAZARD"),
        ({"jurisdiction_id": "dublin.ie"}, 404, "jurisdiction_id"),
        ({"api_key": None}, 403, "缺少 api_key"),
        ({"api_key": "cyt_x_y"}, 403, "令牌"),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_refusals_are_lists_of_errors(post, city, form, more, status, said):
    answer = post(form, **more)
    assert answer.status_code == status
    if form == "json":
        (error,) = answer.json
        assert error["code"] == status
        assert said in error["description"]
    else:
        assert xml(answer).tag == "errors"
        assert xml(answer).findtext("error/code") == str(status)
        assert said in xml(answer).findtext("error/description")
    with city.ledger.read() as tx:
        assert tx.cases() == []


def test_a_token_for_something_else_does_not_report(http, city):
    _, secret = tokens.issue(city, None, source="hub", scopes=("webhook:hub",))
    form = {"api_key": secret, "service_code": "06010", **HERE}
    assert http.post("/open311/v2/requests.json", data=form).status_code == 403


def test_a_token_that_ended_does_not_report(city, post, key):
    tokens.revoke(city, None, key.split("_")[1])
    assert post().status_code == 403


def test_too_many_reports_of_a_token_have_to_wait(http, city):
    _, secret = tokens.issue(city, None, source="app", scopes=("open311",), per_minute=1)
    form = {"api_key": secret, "service_code": "06010", **HERE}
    assert http.post("/open311/v2/requests.json", data=form).status_code == 200
    answer = http.post("/open311/v2/requests.json", data=form)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_too_many_questions_of_an_address_have_to_wait(http):
    for _ in range(READS_PER_MINUTE):
        assert http.get("/open311/v2/requests.json").status_code == 200
    assert http.get("/open311/v2/requests.json").status_code == 429


def test_one_ipv6_line_has_one_count_of_questions(city):
    for n in range(READS_PER_MINUTE):
        ask(city, Query(limit=1), f"2001:db8::{n:x}")
    with pytest.raises(TooMany):
        ask(city, Query(limit=1), "2001:db8::ffff:1")
    ask(city, Query(limit=1), "2001:db8:0:1::1")


def test_a_form_that_is_too_large_is_refused(post):
    assert post(media_url="x" * 70_000).status_code == 413
