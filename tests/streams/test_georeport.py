"""GeoReport's questions and answers without HTTP: any form, any query, any words."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.reports import Report
from app.errors import NotFound, Rejected
from app.services.public_requests import Query
from streams.georeport import asked, offered, shapes
from tests.cast import START

FIELDS = st.sampled_from(
    [
        *("service_code", "lat", "long", "address_string", "description", "media_url"),
        *("email", "phone", "first_name", "last_name", "attribute[HAZARD]", "attribute[", "x"),
        *("service_request_id", "status", "start_date", "end_date", "page", "page_size"),
    ]
)
WORDS = st.text(max_size=40) | st.sampled_from(
    [
        *("06010", "31.779", "119.946", "nan", "1e999", "open", "closed", "-1", "9" * 5000),
        *("2026-11-20T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59+14:00", "\ud800", "\0"),
    ]
)
GOOD = {"service_code": "06010", "lat": "31.779", "long": "119.946"}


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(FIELDS, WORDS))
def test_any_form_is_a_report_or_refused(form):
    for said in (form, GOOD | form):
        try:
            told = asked.report(said, "app", START)
        except (Rejected, NotFound):
            continue
        assert isinstance(told.report, Report)
        assert told.report.id == told.citizen.order_no


@settings(max_examples=500, deadline=None)
@example({"start_date": "9999-10-10T00:00:00Z", "end_date": "9999-10-10T00:00:00Z"})
@given(st.dictionaries(FIELDS, WORDS))
def test_any_query_is_understood_or_refused(args):
    try:
        assert isinstance(asked.query(args, START), Query)
    except (Rejected, NotFound):
        return


@given(st.text())
def test_any_words_are_well_formed_in_both_forms(words):
    said = [{"service_request_id": "ZL1", "description": words, "lat": None}]
    root = ElementTree.fromstring(shapes.body("service_requests", said, "xml"))  # noqa: S314
    assert root.find("request/service_request_id").text == "ZL1"
    assert json.loads(shapes.body("x", said, "json"))[0]["lat"] is None


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("小明", "张", "张小明"),
        ("Inez", "Ramirez", "Inez Ramirez"),
        ("", "张", "张"),
        ("", "", None),
    ],
)
def test_names_as_they_are_written(first, last, name):
    told = asked.report(GOOD | {"first_name": first, "last_name": last}, "app", START)
    assert told.citizen.caller_name == name


def test_an_offset_that_was_not_escaped():
    at = asked.query({"start_date": "2026-11-20T17:00:00 08:00"}, START).since
    assert at == START


def test_every_matter_has_a_definition():
    for service in offered.services():
        made = offered.definition(service["service_code"])
        assert [a["order"] for a in made["attributes"]] == [*range(1, len(made["attributes"]) + 1)]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://x/ y", 'https://x/"><script>', ""])
def test_addresses_that_are_none_are_left_out(url):
    assert asked.report(GOOD | {"media_url": url}, "app", START).report.description == ""
