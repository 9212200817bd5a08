"""Open311 GeoReport v2 by real requests: what clients of others send, and what they may see."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

import callbacks
from app.services import cases, reports
from app.web.server import build
from streams.doors import DOORS
from tests import cast
from tests.domain.things import a_report
from tests.web.open311.answers import HERE, xml

SECRETS = ("Ramirez", "Inez", "13812345678", "inez@example.com", "王派遣", "张网格")


def an_id(answer):
    assert answer.status_code == 200, answer.text
    return answer.json[0]["service_request_id"]


def test_services_are_the_matters_of_the_catalogue(http):
    listed = http.get("/open311/v2/services.json")
    assert listed.content_type == "application/json; charset=utf-8"
    assert len(listed.json) == 250
    rubbish = next(each for each in listed.json if each["service_code"] == "06010")
    assert rubbish["service_name"] == "暴露垃圾"
    assert rubbish["type"] == "realtime"
    assert rubbish["metadata"] is True
    root = xml(http.get("/open311/v2/services.xml?jurisdiction_id=320404"))
    assert root.tag == "services"
    first = root.find("service")
    assert [child.tag for child in first] == list(rubbish)
    assert first.findtext("metadata") == "true"


def test_a_service_definition_names_its_attributes(http):
    said = http.get("/open311/v2/services/01002.json").json
    assert said["service_code"] == "01002"
    assert [each["code"] for each in said["attributes"]] == ["HAZARD", "COMPONENT_ID", "STATE"]
    root = xml(http.get("/open311/v2/services/01002.xml"))
    assert root.tag == "service_definition"
    assert root.find("attributes/attribute/values/value/key").text == "yes"
    assert root.find("attributes/attribute/order").text == "1"


@pytest.mark.parametrize("code", ["99999", "x", "0131", "3204040102048188"])
def test_a_service_that_is_none(http, code):
    answer = http.get(f"/open311/v2/services/{code}.json")
    assert answer.status_code == 404
    assert answer.json == [{"code": 404, "description": "没有这个 service_code。"}]


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("place", ["/open311", "/open311/v2"])
def test_discovery(http, form, place):
    answer = http.get(f"{place}/discovery.{form}")
    if form == "xml":
        assert xml(answer).findtext("endpoints/endpoint/formats/format") == "text/xml"
        return
    (endpoint,) = answer.json["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2")
    assert http.get(endpoint["url"] + "/services.json").status_code == 200


def test_a_report_is_a_case_at_once_and_found(http, post, city):
    answer = post("xml")
    request_id = xml(answer).findtext("request/service_request_id")
    with city.ledger.read() as tx:
        case = tx.case(request_id)
    assert (case.code, case.title, case.area[:6]) == ("32040406010", "暴露垃圾", "320404")
    (found,) = http.get(f"/open311/v2/requests/{request_id}.json").json
    assert found["status"] == "open"
    assert found["service_code"] == "06010"
    assert (found["lat"], found["long"]) == (31.7790, 119.9460)
    assert found["requested_datetime"] == "2026-11-20T17:00:00+08:00"
    root = xml(http.get(f"/open311/v2/requests.xml?service_request_id={request_id},nobody"))
    assert [child.tag for child in root.find("request")] == list(found)
    assert root.tag == "service_requests"
    assert len(root) == 1
    assert http.get(f"/open311/v2/requests/{request_id}").content_type.startswith("text/xml")


def test_it_leads_on_as_every_case(http, post, city, clock):
    request_id = an_id(post())
    clock.advance(minutes=5)
    cases.void(city, request_id, by=cast.COMMANDER, note="王派遣说重复")
    (found,) = http.get(f"/open311/v2/requests/{request_id}.json").json
    assert (found["status"], found["status_notes"]) == ("closed", "不予受理")
    assert found["updated_datetime"] == "2026-11-20T17:05:00+08:00"
    assert "重复" not in json.dumps(found, ensure_ascii=False)
    assert len(http.get("/open311/v2/requests.json?status=closed").json) == 1
    assert http.get("/open311/v2/requests.json?status=open").json == []


def test_who_told_it_stays_in_the_ledger(http, post, city):
    request_id = an_id(
        post(
            first_name="Inez",
            last_name="Ramirez",
            phone="138 1234 5678",
            email="inez@example.com",
            description="我是 Inez Ramirez，电话 13812345678，inez@example.com",
        )
    )
    with city.ledger.read() as tx:
        case = tx.case(request_id)
        kept = tx.order(case.source_id)
    assert (kept.caller_name, kept.caller_phone) == ("Inez Ramirez", "13812345678 inez@example.com")
    assert case.caller.endswith("138****5678")
    public = http.get("/open311/v2/requests.json").text + http.get("/open311/v2/requests.xml").text
    for secret in SECRETS:
        assert secret not in public
        assert secret not in repr(city.ledger.facts_after(0))


def test_a_second_delivery_is_the_same_request(post, clock):
    first = an_id(post())
    clock.advance(minutes=3)
    assert an_id(post()) == first
    assert an_id(post(description="另一处垃圾")) != first
    clock.advance(hours=24)
    assert an_id(post()) != first


def test_an_id_of_the_client_makes_it_repeatable_for_ever(http, key, clock):
    form = {"api_key": key, "service_code": "06010", **HERE, "attribute[external_id]": "77"}
    first = an_id(http.post("/open311/v2/requests.json", data=form))
    clock.advance(days=3)
    assert an_id(http.post("/open311/v2/requests.json", data=form)) == first


def test_attributes_and_the_picture_stand_in_the_description(http, key, city):
    url = "https://example.com/p.jpg"
    form = {"api_key": key, "service_code": "01002", **HERE, "media_url": url}
    form |= {"attribute[STATE]": "破损", "attribute[HAZARD]": "yes", "attribute[easting]": "9"}
    request_id = an_id(http.post("/open311/v2/requests.json", data=form))
    with city.ledger.read() as tx:
        told = tx.case(request_id).description
    assert told == f"（现场是否有人身危险：是；部件状态：破损；附图（未下载）：{url}）"


def test_several_pictures_of_one_form(http, key, city):
    urls = ["https://example.com/1.jpg", "https://example.com/2.jpg"]
    form = {"api_key": key, "service_code": "06010", **HERE, "media_url": [*urls, "no address"]}
    request_id = an_id(http.post("/open311/v2/requests.json", data=form))
    with city.ledger.read() as tx:
        assert tx.case(request_id).description == f"（附图（未下载）：{' '.join(urls)}）"


def test_a_json_object_is_understood_as_its_form(http, key, city):
    said = {"api_key": key, "service_code": "01002", **HERE, "phone": None, "lat": HERE["lat"]}
    said |= {"attribute": {"STATE": "破损"}, "attribute[HAZARD]": "yes", "description": "盖"}
    request_id = an_id(http.post("/open311/v2/requests.json", json=said))
    with city.ledger.read() as tx:
        assert tx.case(request_id).description == "盖（现场是否有人身危险：是；部件状态：破损）"
    for wrong in ([], "{"):
        body = wrong if isinstance(wrong, str) else json.dumps(wrong)
        answer = http.post("/open311/v2/requests.json", data=body, content_type="application/json")
        assert (answer.status_code, answer.json[0]["code"]) == (400, 400)
    large = {"description": "x" * 70_000}
    assert http.post("/open311/v2/requests.json", json=large).status_code == 413


def test_a_place_by_its_address(http, post, city):
    request_id = an_id(post(lat=None, long=None, address_string="五星街道某路 12 号"))
    with city.ledger.read() as tx:
        assert tx.case(request_id).area == cast.STREET
    (found,) = http.get(f"/open311/v2/requests/{request_id}.json").json
    assert "12" not in found["address"]
    assert found["lat"] is None


def test_old_codes_are_the_new_matters(post, city):
    request_id = an_id(post(service_code="0110"))
    with city.ledger.read() as tx:
        assert tx.case(request_id).code == "32040406010"


def test_only_what_came_this_way_is_public(http, city):
    here = {"lon": float(HERE["long"]), "lat": float(HERE["lat"])}
    case = reports.file(city, a_report(id="r1", photos=(), **here), by=cast.COMMANDER)
    assert http.get("/open311/v2/requests.json").json == []
    assert http.get(f"/open311/v2/requests/{case.id}.json").status_code == 404
    assert http.get("/open311/v2/tokens/r1.json").status_code == 404
    reports.file(city, a_report(id="open311-r2", photos=(), **here), by=cast.COMMANDER)
    assert http.get("/open311/v2/tokens/open311-r2.json").status_code == 404, "only named alike"


def test_lists_are_filtered_and_paged(http, post, clock):
    ids = []
    for n in range(5):
        ids.append(an_id(post(description=f"{n}", service_code="0110" if n else "06011")))
        clock.advance(minutes=1)
    newest = ids[::-1]

    def listed(query):
        return [each["service_request_id"] for each in http.get(f"/open311/v2/{query}").json]

    assert listed("requests.json") == newest
    assert listed("requests.json?page_size=2&page=2") == newest[2:4]
    assert listed("requests.json?service_code=06011") == ids[:1]
    assert listed("requests.json?service_code=06011,06010&status=open") == newest
    assert listed("requests.json?start_date=2026-11-20T09:03:00Z") == newest[:2]
    assert listed("requests.json?end_date=2026-11-20T17:01:00+08:00") == ids[:1]
    assert listed(f"requests.json?service_request_id={ids[1]}&status=closed") == [ids[1]]
    clock.advance(days=91)
    assert listed("requests.json") == []
    start = (clock.now() - timedelta(days=92)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert listed(f"requests.json?start_date={start}") == newest


@pytest.mark.parametrize(
    "query",
    [
        "status=half",
        "start_date=yesterday",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z",
        "start_date=2026-11-02T00:00:00Z&end_date=2026-11-01T00:00:00Z",
        "start_date=9999-12-31T00:00:00Z",
        "end_date=0001-01-01T00:00:00Z",
        "page=0",
        "page=x",
        "page_size=1000&page=11",
        "service_request_id=" + ",".join(str(n) for n in range(101)),
    ],
)
def test_questions_that_cannot_be_answered(http, query):
    answer = http.get(f"/open311/v2/requests.json?{query}")
    assert answer.status_code == 400, answer.json
    assert answer.json[0]["code"] == 400


def test_a_token_is_the_report_behind_a_request(http, post, city):
    request_id = an_id(post())
    with city.ledger.read() as tx:
        report_id = tx.case(request_id).source_id
    for known in (request_id, report_id):
        (said,) = http.get(f"/open311/v2/tokens/{known}.json").json
        assert said == {"service_request_id": request_id, "token": known}


@pytest.mark.parametrize("path", ["/open311/", "/open311/v3/services.json", "/open311/v2/x.json"])
def test_other_addresses_are_not_there(http, path):
    assert http.get(path).status_code == 404


def test_what_xml_cannot_say_is_left_out(http, post):
    request_id = an_id(post(description="a\x00\x07<b>&\ud7ff\ufffe]]>"))
    root = xml(http.get(f"/open311/v2/requests/{request_id}.xml"))
    assert root.findtext("request/description") == "a<b>&\ud7ff]]>"


def test_the_sender_is_counted(post, city):
    post()
    post(lat="x")
    counts = city.live.counts()
    assert counts["received:fixmystreet"] == 2
    assert counts["reports:fixmystreet"] == 1
    assert counts["refused:fixmystreet:bad_place"] == 1


@pytest.mark.parametrize(("https", "scheme"), [(True, "https"), (False, "http")])
def test_discovery_behind_tls_hands_out_addresses_that_answer_there(city, https, scheme):
    settings = city.settings.model_copy(update={"https": https, "trusted_proxies": 1})
    front = replace(callbacks.screens(), doors=DOORS)
    http = build(replace(city, settings=settings), front)[0].test_client()
    said = {"Host": "city.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}
    (endpoint,) = http.get("/open311/discovery.json", headers=said).json["endpoints"]
    assert endpoint["url"] == f"{scheme}://city.example/open311/v2"
