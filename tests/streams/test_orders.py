"""Orders and grid reports of any JSON by mapping: fields, words, times, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.reports import HotlineOrder, Report
from app.errors import Rejected
from app.services import reports
from app.services.ingest import Filed
from streams import orders as fields_of
from streams import sourcefile
from streams.dialects import Known, orders
from streams.feeds import Feeds
from streams.inbox import Reader, write
from streams.mqtt import Arrival
from streams.orders import Form
from streams.sources import Source
from tests.streams.fuzzing import NOW, only_rejected, sample

BUREAU = """\
sources:
  - name: hotline-cz
    dialect: orders
    owner: 12345 热线中心
    crs: wgs84
    zone: Asia/Shanghai
    topics: [bureau/orders]
    personal: [data.list.*.caller.name, data.list.*.caller.tel]
    options:
      records: data.list
      fields:
        order_no: orderCode
        ts: callTime
        channel: platform
        type: kind
        urgency: level
        category: topic
        title: subject
        content: text
        address: place
        lon: location.lng
        lat: location.lat
        caller_name: caller.name
        caller_phone: caller.tel
      values:
        type: {投诉类: 投诉, 咨询类: 咨询, "*": 其他}
        urgency: {"1": 特急, "2": 紧急, "3": 一般}
"""
OWN = """\
sources:
  - {name: own, dialect: orders, owner: o, crs: wgs84, by: webhook, personal: [caller_phone]}
"""
PATROL = """\
sources:
  - name: patrol
    dialect: orders
    owner: o
    crs: gcj02
    by: webhook
    prefix: "xc-"
    options: {says: report}
"""
AT = 1_795_299_600_000  # 2026-11-22 06:20 in Shanghai
ORDER = {
    "order_no": "A1",
    "ts": AT,
    "channel": "电话",
    "type": "投诉",
    "urgency": "一般",
    "category": "噪声",
    "title": "噪声",
    "content": "夜间",
    "address": "某路",
}
REPORT = {"id": "r1", "ts": AT, "code": "06010", "title": "井盖", "description": "缺失"}


def source(text: str) -> Source:
    sources, faults = sourcefile.read(text, "f.yaml")
    assert not faults, faults
    return sources[0]


def faults_of(old: str, new: str, text: str = BUREAU) -> str:
    assert old in text
    return "\n".join(sourcefile.read(text.replace(old, new), "f.yaml")[1])


def read(text: str, body: Any, topic: str = "bureau/orders") -> list[Any]:
    return orders.reader(source(text)).read(topic, json.dumps(body).encode(), NOW)


def refusal(text: str, body: Any) -> Rejected:
    with pytest.raises(Rejected) as why:
        read(text, body)
    return why.value


def test_a_bureaus_list_becomes_our_orders() -> None:
    first, second = orders.reader(source(BUREAU)).read(
        "bureau/orders", sample("orders", "bureau.json"), NOW
    )
    assert first == HotlineOrder(
        order_no="CZ20261122-0001",
        channel="网格电话",
        at=AT,
        type="投诉",
        urgency="紧急",
        category="噪声扰民",
        title="夜间施工噪声",
        content="工地夜间施工，居民无法休息。",
        address="钟楼区五星街道某路",
        lon=119.94,
        lat=31.79,
        caller_name="张三",
        caller_phone="13812345678",
    )
    assert (second.title, second.lon, second.caller_name) == ("咨询社保卡办理地点", None, None)


def test_our_own_shapes_need_no_mapping() -> None:
    (order,) = read(OWN, ORDER | {"lon": 119.9, "lat": 31.8, "crs": "gcj02"})
    assert (order.order_no, order.at, order.type) == ("A1", AT, "投诉")
    assert order.lon == pytest.approx(119.895, abs=0.01)
    assert order.lon != 119.9
    (nowhere,) = read(OWN, ORDER | {"lon": 0, "lat": "0.0"})
    assert (nowhere.lon, nowhere.lat) == (None, None)
    (report,) = read(PATROL, REPORT | {"worker": "W001", "lon": 119.9, "lat": 31.8})
    assert isinstance(report, Report)
    assert (report.id, report.worker, report.channel) == ("xc-r1", "W001", "patrol")
    assert report.lon == pytest.approx(119.895, abs=0.01)
    photo = {"type": "image/jpeg", "data": "aGk="}
    (filed,) = read(PATROL, REPORT | {"photos": [photo]})
    assert isinstance(filed, Filed)
    assert filed.pictures == (b"hi",)


@pytest.mark.parametrize(
    ("odd", "reason", "field"),
    [
        ({"order_no": None}, "missing_field", "order_no"),
        ({"order_no": "x" * 600}, "wrong_field", "order_no"),
        ({"ts": None}, "missing_field", "ts"),
        ({"ts": "昨天"}, "bad_time", "ts"),
        ({"ts": "2026-11-22 06:20"}, "bad_time", "ts"),
        ({"ts": "1999-01-01T00:00:00Z"}, "bad_time", "ts"),
        ({"ts": "2027-11-22T06:20:00Z"}, "clock_ahead", "ts"),
        ({"type": "闲聊"}, "wrong_field", "type"),
        ({"urgency": 7}, "wrong_field", "urgency"),
        ({"title": None, "content": None}, "missing_field", "title"),
        ({"title": "x" * 201}, "wrong_field", "title"),
        ({"address": ["a"]}, "wrong_field", "address"),
        ({"lon": "east", "lat": 31.8}, "wrong_field", "lon"),
        ({"lon": 31.8, "lat": 119.9}, "swapped_lonlat", "lon"),
        ({"lon": 119.9}, "bad_place", "lon"),
    ],
)
def test_a_refusal_names_its_field(odd: dict[str, Any], reason: str, field: str) -> None:
    why = refusal(OWN, ORDER | odd)
    assert why.reason == reason
    assert why.detail.startswith(f"{field}:") or field in why.detail


def test_a_bad_order_of_a_list_stands_among_the_good_ones() -> None:
    body = json.loads(sample("orders", "bureau.json"))
    body["data"]["list"][0]["level"] = "9"
    bad, good = read(BUREAU, body)
    assert isinstance(bad, Rejected)
    assert (bad.reason, bad.detail) == ("wrong_value", "urgency: '9' is none of 1, 2, 3")
    assert good.order_no == "CZ20261122-0002"
    assert read(BUREAU, {"data": {"list": []}}) == [Known("empty")]
    assert refusal(BUREAU, {"data": {"list": [{}] * 1001}}).reason == "too_large"


def test_an_id_never_comes_from_around_the_list() -> None:
    body = {"orderCode": "OUTER", "data": {"list": [{"callTime": "2026-11-22 06:20:00"}]}}
    assert refusal(BUREAU, body).reason == "missing_field"


def test_cells_of_a_sheet_are_taken_as_they_come() -> None:
    hotline = source(BUREAU)
    cells = {
        "order_no": 20261122001.0,
        "ts": datetime(2026, 11, 22, 6, 20),  # noqa: DTZ001 - a sheet knows no zones
        "type": " 投诉 ",
        "title": "漏水\0",
        "lon": "119.94",
        "lat": "31.79",
        "caller_phone": 13812345678.0,
        "id_no": "",
    }
    order = fields_of.order(cells, hotline, NOW)
    assert (order.order_no, order.at, order.type) == ("20261122001", AT, "投诉")
    assert (order.title, order.content, order.lon) == ("漏水", "漏水", 119.94)
    assert (order.caller_phone, order.id_no) == ("13812345678", None)
    assert (order.urgency, order.channel) == ("一般", "hotline-cz")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("s", AT / 1000),
        ("s", str(AT // 1000)),
        ("ms", float(AT)),
        ("%Y%m%d%H%M", 202611220620.0),
        ("%Y/%m/%d %H:%M", "2026/11/22 06:20"),
        ("%Y-%m-%dT%H:%M%z", "2026-11-21T22:20+0000"),
        ("iso", "2026-11-22T06:20:00+08:00"),
    ],
)
def test_times_in_their_forms(form: str, said: Any) -> None:
    made = Form(says="order", time_format=form)
    order = fields_of.take(made, ORDER | {"ts": said}, source(BUREAU), NOW)
    assert isinstance(order, HotlineOrder)
    assert order.at == AT


def test_without_trusted_clocks_the_arrival_counts() -> None:
    text = OWN.replace("by: webhook", "by: webhook, clock: arrival")
    (order,) = read(text, ORDER | {"ts": None})
    assert order.at == NOW


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("order_no: orderCode", "order_number: orderCode", "`order_number` is no field of order"),
        ("        order_no: orderCode\n", "", "`options.fields.order_no` is missing"),
        ("        ts: callTime\n", "", "`options.fields.ts` is missing"),
        ("location.lng", "location..lng", "`options.fields.lon`: 'location..lng' is no JMESPath"),
        ("records: data.list", "records: data[", "`options.records`"),
        ("投诉类: 投诉", "投诉类: 抱怨", "'抱怨' is none of 咨询"),
        ("    options:", "    options:\n      time_format: soon", "'soon': write iso, s, ms"),
        ("    personal: [data.list.*.caller.name, data.list.*.caller.tel]\n", "", "`personal`"),
        ("        title: subject\n        content: text\n", "", "needs `title` or `content`"),
    ],
)
def test_a_wrong_mapping_refuses_to_start(old: str, new: str, said: str) -> None:
    assert said in faults_of(old, new)


def test_a_time_format_without_an_offset_needs_a_zone() -> None:
    text = BUREAU.replace("    zone: Asia/Shanghai\n", "")
    said = faults_of("    options:", "    options:\n      time_format: '%Y-%m-%d'", text)
    assert "`zone` is missing" in said


def test_by_mqtt_they_become_cases_as_our_own_do(city) -> None:
    city = replace(city, now=lambda: datetime.fromtimestamp(NOW / 1000, UTC))
    arrival = Arrival("bureau/orders", sample("orders", "bureau.json"), 1, 1, 1)
    batch = Reader(feeds=Feeds([source(BUREAU)])).sort([arrival], NOW)
    write(city, batch, NOW)
    reports.open_waiting(city, "clock")
    with city.ledger.read() as tx:
        cases = tx.cases(source="hotline")
        order = tx.order("CZ20261122-0001")
    assert {case.source_id for case in cases} == {"CZ20261122-0001", "CZ20261122-0002"}
    assert order is not None
    assert order.caller_phone == "13812345678"
    assert not any("13812345678" in repr(case) for case in cases)


@pytest.mark.parametrize("text", [BUREAU, OWN, PATROL])
def test_fuzzed(text: str) -> None:
    samples = [sample("orders", "bureau.json"), json.dumps(ORDER).encode()]
    photo = {"type": "image/png", "data": "aGk="}
    samples.append(json.dumps(REPORT | {"photos": [photo]}).encode())
    only_rejected(lambda: orders.reader(source(text)), "bureau/orders", samples)
