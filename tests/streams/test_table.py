"""Rows by a saved mapping: what becomes of each, and that nothing but Rejected comes out."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.reports import HotlineOrder, Report
from app.errors import Conflict, Rejected
from app.services import letters
from app.services.reports import open_waiting
from streams.dialects import table
from streams.drop import runs
from streams.feeds import Feeds
from streams.sourcefile import read
from tests import cast
from tests.streams.fuzzing import ANY, NOW, ODD
from tests.streams.tables import HEAD, ORDERS, REPORTS, ROW, book, lines, source

CELLS = dict(zip(HEAD, ROW, strict=True))
REPORT = {"编号": "R1", "时间": "2026-11-20 16:30", "小类": "暴露垃圾", "描述": "路边"}
AT = 1_795_163_400_000  # 2026-11-20 16:30 in Shanghai


def order(**changes: Any) -> HotlineOrder:
    return table.reader(source()).row(CELLS | changes, NOW)


def report(**changes: Any) -> Report:
    return table.reader(source(REPORTS)).row(REPORT | changes, NOW)


def test_an_order():
    said = order()
    assert (said.order_no, said.at, said.type, said.urgency) == ("G001", AT, "投诉", "一般")
    assert (said.channel, said.caller_name, said.caller_phone) == ("电话", "张小明", "13812345678")
    assert (said.title, said.address) == ("夜间施工噪声", "五星街道某路 12 号")


def test_a_row_as_json_says_the_same_so_that_it_can_be_replayed():
    payload = json.dumps(CELLS).encode()
    feed = Feeds([source()]).hearing("drop/hotline-export")
    assert list(feed.read("drop/hotline-export", payload, NOW).things) == [order()]


@pytest.mark.parametrize(
    "said",
    [
        *("2026-11-20 16:30", "2026/11/20 16:30:00", "2026.11.20 16:30", "2026年11月20日16时30分"),
        *("2026年11月20日 16:30", "2026-11-20T16:30:00", "2026-11-20 16：30", "20261120163000"),
        *("202611201630", 46346.6875, 20261120163000, "2026-11-20T16:30:00+08:00"),
        *("2026-11-20 16:30:00.0", "2026年11月20日 16时30分00秒", "46346.6875"),
        *("2026/11/20 下午 4:30:00", "2026年11月20日 下午4时30分", "２０２６-11-20 16：30"),
    ],
)
def test_times_as_tables_write_them(said):
    assert order(受理时间=said).at == AT


@pytest.mark.parametrize(
    "said", ["昨天", "2026-13-40", "2026-02-30 10:00", 5, True, 1e300, "12:30"]
)
def test_times_that_are_none(said):
    with pytest.raises(Rejected) as why:
        order(受理时间=said)
    assert why.value.reason in {"bad_time", "wrong_field", "clock_ahead"}


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        ({"工单编号": ""}, "missing_field", "order_no"),
        ({"受理时间": ""}, "missing_field", "ts"),
        ({"标题": "", "内容": ""}, "missing_field", "title"),
        ({"诉求类型": "吵架"}, "wrong_value", "type"),
        ({"内容": "x" * 5001}, "too_large", "content"),
        ({"受理时间": "2030-01-01"}, "clock_ahead", "ts"),
    ],
)
def test_rows_that_cannot_be_taken(changes, reason, said):
    with pytest.raises(Rejected) as why:
        order(**changes)
    assert why.value.reason == reason
    assert said in why.value.detail


def test_halves_of_a_day():
    day = AT - 16 * 3_600_000 - 30 * 60_000
    for said, hour in (("上午 12:00", 0), ("上午9:00", 9), ("下午12:00", 12), ("下午 11:00", 23)):
        assert order(受理时间=f"2026-11-20 {said}").at == day + hour * 3_600_000


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        *[("13812345678.0", "13812345678"), ("1.3812345678E+10", "13812345678")],
        *[(13812345678.0, "13812345678"), ("1.38123E+10", "1.38123E+10"), ("0519-1", "0519-1")],
    ],
)
def test_a_phone_that_a_sheet_took_for_a_quantity(said, phone):
    assert order(联系电话=said).caller_phone == phone


@pytest.mark.parametrize("said", ["2.02611E+11", 2.026112200001e18, 2026112200010000])
def test_a_number_that_a_sheet_has_rounded_is_no_key(said):
    with pytest.raises(Rejected) as why:
        order(工单编号=said)
    assert why.value.reason == "wrong_value"
    assert "order_no" in why.value.detail
    assert order(工单编号="1E05").order_no == "1E05"
    assert order(工单编号=20261122001.0).order_no == "20261122001"


def test_words_and_defaults():
    assert order(诉求类型="投诉举报").type == "投诉"
    assert order(诉求类型="").type == "其他"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *[("暴露垃圾", "06010"), ("暴露生活垃圾", "06010"), ("0110", "06010"), (110, "06010")],
        *[("06010", "06010"), (6010.0, "06010"), ("3204040110", "06010")],
        *[("32040406010", "06010"), ("3204040102048188", "01002")],
    ],
)
def test_matters_by_code_or_name_of_any_standard(said, code):
    made = report(小类=said)
    assert (made.code, made.description) == (code, "路边")


@pytest.mark.parametrize("said", ["飞碟降落", "0131", "99999", 7.5])
def test_what_is_no_matter_stays_in_the_description(said):
    made = report(小类=said)
    assert made.code == ""
    assert made.description == f"路边（原事项 {said}）"


def test_places_are_in_the_system_of_the_source():
    made = report(经度="119.95", 纬度=31.78)
    assert (made.lon, made.lat) == (119.95, 31.78)
    with pytest.raises(Rejected) as why:
        report(经度=31.78, 纬度=119.95)
    assert why.value.reason.startswith("swapped")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("order_no: 工单编号", "order_no: 工单编号\n        colour: 色", "`colour` is not known"),
        ("order_no: 工单编号", "title: 工单编号", "stands there twice"),
        ("    zone: Asia/Shanghai\n", "", "`zone` is missing"),
        ("    by: drop\n", "", "`by` is missing"),
        ("[来电人, 联系电话]", "[来电人]", "`联系电话` (caller_phone) is personal"),
        ("投诉举报: 投诉", "投诉举报: 抱怨", "'抱怨' is none of"),
        ("        ts: 受理时间\n", "", "ts missing"),
    ],
)
def test_wrong_mappings_refuse_to_load(old, new, said):
    assert old in ORDERS
    made, faults = read(ORDERS.replace(old, new, 1), "sources.yaml")
    if said != "stands there twice":  # only fields of a source are looked at for twins
        assert said in "\n".join(faults)
    assert made == [] or said == "stands there twice"


def file(*rows: Any) -> bytes:
    return lines(HEAD, *rows).encode("gb18030")


def test_a_dry_run_names_bad_rows_and_takes_nothing(city):
    bad = ["G002", "昨天", *ROW[2:]]
    tried = runs.attempt(file(ROW, bad, ROW), source(), NOW)
    assert [number for number, _ in tried.good] == [2]
    assert [(each.row.number, each.reason) for each in tried.bad] == [
        (3, "bad_time"),
        (4, "repeated"),
    ]
    with pytest.raises(Conflict, match="2 行"):
        runs.take(city, tried, by=cast.COMMANDER)
    assert open_waiting(city, "clock") == 0
    assert "received:hotline-export" not in city.live.counts()


def test_taking_twice_opens_each_case_once(city):
    for _ in range(2):
        tried = runs.attempt(book(HEAD, ROW, ["G002", *ROW[1:]]), source(), NOW)
        assert runs.take(city, tried, by=cast.COMMANDER) == 2
        open_waiting(city, "clock")
    with city.ledger.read() as tx:
        assert len(tx.cases()) == 2
        assert tx.case_of("hotline", "G001").area == cast.STREET
        assert tx.order("G001").caller_phone == "13812345678"
    facts = [fact for fact in city.ledger.facts_after(0) if fact.kind == "drop.taken"]
    assert facts[0].body == {"source": "hotline-export", "taken": 2, "refused": {}}
    assert facts[0].who == "commander"


def test_bad_rows_become_dead_letters_with_their_number(city):
    bad = ["G002", "昨天", *ROW[2:]]
    tried = runs.attempt(file(ROW, bad), source(), NOW)
    assert runs.take(city, tried, by=None, good_only=True) == 1
    (letter,) = letters.search(city, cast.ADMIN)
    assert (letter["source"], letter["reason"]) == ("hotline-export", "bad_time")
    assert letter["detail"].startswith("row 3: ts")
    assert "13812345678" not in repr(letter)
    assert "张小明" not in repr(letter)
    assert city.live.counts()["refused:hotline-export:bad_time"] == 1


def test_who_may_take(city):
    tried = runs.attempt(file(ROW), source(), NOW)
    for stranger in (cast.DUTY, cast.DISPATCHER, cast.LEADER, cast.WALL, cast.ZHANG):
        with pytest.raises(Exception, match="权限") as why:
            runs.take(city, tried, by=stranger)
        assert why.value.status == 403
    assert runs.take(city, tried, by=cast.ADMIN) == 1


def test_a_file_without_the_columns_is_refused_as_a_whole():
    with pytest.raises(Rejected) as why:
        runs.attempt(lines(["编号"], ["1"]).encode(), source(), NOW)
    assert why.value.reason == "no_column"
    assert "工单编号" in why.value.detail


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*HEAD, *REPORT, "x"]), ANY), ANY, st.binary(max_size=60))
def test_only_rejected_comes_out(cells, body, raw):
    whole = [CELLS | cells, REPORT | cells, body]
    payloads = [raw, *(json.dumps(each).encode("utf-8", "surrogatepass") for each in whole)]
    for text in (ORDERS, REPORTS):
        one = table.reader(source(text))
        for payload in payloads:
            try:
                (thing,) = one.read("drop/x", payload, NOW)
            except Rejected:
                continue
            assert isinstance(thing, HotlineOrder | Report)
            msgspec.msgpack.encode(thing)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*HEAD, *REPORT]), ODD)
def test_cells_of_any_type_are_rejected_or_taken(column, odd):
    for text, cells in ((ORDERS, CELLS), (REPORTS, REPORT)):
        try:
            table.reader(source(text)).row(cells | {column: odd}, NOW)
        except Rejected:
            continue
