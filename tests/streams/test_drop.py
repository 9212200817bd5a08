"""Tables as files: any coding, any separator, workbooks, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import Rejected
from streams.drop import proposal, tables, workbook
from tests.streams.tables import HEAD, ROW, book, lines, with_part

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def refused(content: bytes) -> str:
    with pytest.raises(Rejected) as why:
        tables.read(content)
    return why.value.reason


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_codings_and_separators(coding, separator):
    content = lines(HEAD, ROW, separator=separator).encode(coding)
    table = tables.read(content)
    assert table.columns == tuple(HEAD)
    assert table.rows == [(2, dict(zip(HEAD, ROW, strict=True)))]


def test_long_cells_with_other_separators_in_them():
    said = '编号,内容\r\n1,"a;b|c\n\t;;\n\t;;\n\t;;"\r\n2,"x;\n\n\t;"\r\n'
    assert tables.read(said.encode()).columns == ("编号", "内容")


def test_rows_have_the_numbers_that_a_spreadsheet_shows():
    said = '编号,内容\r\n1,"两\r\n行"\r\n,\r\n\r\n3,x\r\n'
    table = tables.read(said.encode())
    assert [(row.number, row.cells["内容"]) for row in table.rows] == [(2, "两\r\n行"), (5, "x")]


def test_a_title_above_the_header_is_not_the_header():
    content = book(["12345 工单导出表"], ["导出人：张三", "2026-11-20"], HEAD, ROW)
    table = tables.read(content)
    assert table.columns == tuple(HEAD)
    assert table.rows[0].number == 4
    twisted = book(["a", "b", "c", "d"], ["编号", "x"], ["1", "2"])
    assert tables.read(twisted, {"编号"}).columns == ("编号", "x")


def test_a_header_of_two_rows_with_merged_cells():
    upper = ["编号", "时间", "诉求人信息", "", "地点", ""]
    lower = ["", "", "称呼", "手机", "街道", "门牌"]
    row = ["1", "2026-11-20", "卓玛", "13900000000", "娘热路", "12号"]
    table = tables.read(book(["导出表"], upper, lower, row), {"编号", "手机"})
    assert table.columns == ("编号", "时间", "称呼", "手机", "街道", "门牌")
    assert [row.number for row in table.rows] == [4]
    nameless = tables.read(lines(["编号", "", "备注"], ["一", "甲", ""], ["二", "", "x"]).encode())
    assert nameless.columns == ("编号", "第2列", "备注")
    assert len(nameless.rows) == 2


def test_columns_without_a_name_and_twins():
    table = tables.read(lines(["编号*", "", "备注：", "备注"], ["1", "2", "3", "4"]).encode())
    assert table.columns == ("编号", "第2列", "备注", "备注 (2)")


def test_cells_of_a_workbook():
    at = datetime(2026, 11, 20, 16, 30)  # noqa: DTZ001 - a sheet knows no zone
    table = tables.read(book(["a", "b", "c", "d"], [at, 13812345678, None, "=1+1"]))
    assert table.rows[0].cells == {"a": "2026-11-20T16:30:00", "b": 13812345678}


def test_what_forces_a_spreadsheet_to_show_text_is_taken_off():
    said = 'a,b,c\r\n"=""0519""",\t13812345678\t, x \r\n'
    assert tables.read(said.encode()).rows[0].cells == {"a": "0519", "b": "13812345678", "c": "x"}


def test_an_apostrophe_before_a_number_is_taken_off():
    (row,) = tables.read("编号,电话,内容\n1,'13812345678,'tis\n".encode()).rows
    assert (row.cells["电话"], row.cells["内容"]) == ("13812345678", "'tis")


@pytest.mark.parametrize(
    "page",
    ["<html><table><tr><td>编号</td></tr></table></html>", '\r\n<?xml version="1.0"?><Workbook/>'],
)
def test_a_page_that_is_called_xls_is_named(page):
    with pytest.raises(Rejected, match="HTML"):
        tables.read(page.encode("gbk"))


def test_a_sheet_by_its_name():
    made = openpyxl.Workbook()
    made.active.append(["别的"])
    made.create_sheet("工单").append(["编号", "x"])
    out = io.BytesIO()
    made.save(out)
    assert tables.read(out.getvalue(), sheet="工单").columns == ("编号", "x")
    with pytest.raises(Rejected, match="没有工作表"):
        tables.read(out.getvalue(), sheet="没有")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_table"),
        (b"\x00\x01\x02" * 50, "not_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "not_table"),
        (b"PK\x03\x04 no zip", "not_table"),
        (b"%PDF-1.7\n\x00\xff", "not_table"),
        (b"\n\n\n", "not_table"),
        (b"x" * (tables.LIMIT_BYTES + 1), "too_large"),
        ((",".join("abc" for _ in range(300)) + "\n").encode(), "too_large"),
        (("a,b\n" + "1,2\n" * 20_001).encode(), "too_large"),
        (b'a,b\n"' + b"x" * 200_000, "not_table"),
    ],
)
def test_files_that_are_no_tables(content, reason):
    assert refused(content) == reason


def test_an_open_quote_swallows_no_row_and_a_lone_one_is_read():
    with pytest.raises(Rejected, match="引号"):
        tables.read('工单号,内容\nG1,"路灯\nG2,井盖\nG3,垃圾\n'.encode())
    assert tables.read('工单号,内容\nG1,5" 水管\n'.encode()).rows[0].cells["内容"] == '5" 水管'


def test_as_many_rows_as_may_be():
    assert len(tables.read(("a,b\n" + "1,2\n" * tables.ROWS).encode()).rows) == tables.ROWS
    assert refused(book(["a"], *([n] for n in range(tables.ROWS + 1)))) == "too_large"


def test_a_zip_bomb_is_refused_before_it_is_opened():
    bomb = with_part(book(["a"]), SHEET, b"0" * (workbook.PART_BYTES + 1))
    assert len(bomb) < 100_000
    assert refused(bomb) == "zip_bomb"
    styles = with_part(book(["a"]), "xl/styles.xml", b" " * (workbook.OTHER_BYTES + 1))
    assert refused(styles) == "zip_bomb"


def test_many_parts_and_twins_are_refused():
    out = io.BytesIO(book(["a"]))
    with zipfile.ZipFile(out, "a") as packed:
        for n in range(workbook.ENTRIES):
            packed.writestr(f"x/{n}", b"")
    assert refused(out.getvalue()) == "zip_bomb"
    out = io.BytesIO(book(["a"]))
    with zipfile.ZipFile(out, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr(SHEET, b"<x/>")
    assert refused(out.getvalue()) == "zip_bomb"


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_row_of_millions_of_cells_is_refused(coding):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{"<c/>" * 200_000}</row></sheetData>'
    content = with_part(book(["a"]), SHEET, f"{sheet}</worksheet>".encode(coding))
    assert refused(content) == "zip_bomb"


def test_two_far_off_cells_cost_nothing():
    made = openpyxl.Workbook()
    made.active.cell(1, 1, "编号")
    made.active.cell(1_048_576, 16_384, "x")
    out = io.BytesIO()
    made.save(out)
    assert tables.read(out.getvalue()) == (("编号",), [])


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
def test_a_billion_laughs_and_foreign_files_are_refused(part):
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>'
    outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    for text in (laughs, outside):
        assert refused(with_part(book(["a"]), part, text.encode())) == "not_table"


def test_a_sheet_named_as_a_picture_is_measured_too():
    types = book(["a"])
    with zipfile.ZipFile(io.BytesIO(types)) as packed:
        said = packed.read("[Content_Types].xml")
        rels = packed.read("xl/_rels/workbook.xml.rels")
    content = with_part(types, "xl/media/x.png", b"<worksheet>" + b"<c/>" * 200_000)
    content = with_part(
        content,
        "xl/_rels/workbook.xml.rels",
        rels.replace(b"worksheets/sheet1.xml", b"media/x.png"),
    )
    content = with_part(
        content, "[Content_Types].xml", said.replace(b"worksheets/sheet1.xml", b"media/x.png")
    )
    assert refused(content) == "zip_bomb"


GOOD = book(HEAD, ROW, ROW)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=300),
    st.text(max_size=300),
    st.integers(0, len(GOOD) - 1),
    st.binary(min_size=1, max_size=8),
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]),
)
def test_whatever_comes_is_a_table_or_rejected(raw, words, at, noise, part):
    spoilt = GOOD[:at] + noise + GOOD[at + len(noise) :]
    with zipfile.ZipFile(io.BytesIO(GOOD)) as packed:
        old = packed.read(part) if part in packed.namelist() else b"<x/>"
    cut = at % (len(old) + 1)
    inside = with_part(GOOD, part, old[:cut] + noise + old[cut + len(noise) :])
    for content in (raw, words.encode("utf-8", "replace"), spoilt, inside, b"PK\x03\x04" + raw):
        assert outcome(content) in {"taken", "not_table", "too_large", "zip_bomb"}


def outcome(content: bytes) -> str:
    try:
        tables.read(content)
    except Rejected as why:
        return why.reason
    return "taken"


def test_a_mapping_is_proposed_by_the_names_of_the_columns():
    assert proposal.columns("order", HEAD) == {
        "order_no": "工单编号",
        "ts": "受理时间",
        "type": "诉求类型",
        "title": "标题",
        "content": "内容",
        "address": "事发地址",
        "caller_name": "来电人",
        "caller_phone": "联系电话",
    }
    hunan = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级标签"]
    assert proposal.columns("order", hunan) == {
        "order_no": "留言编号",
        "caller_name": "留言用户",
        "title": "留言主题",
        "ts": "留言时间",
        "content": "留言详情",
        "category": "一级标签",
    }
    report = proposal.columns("report", ["案件编号", "小类名称", "经度(必填)", "纬度", "上报时间"])
    assert report["lon"] == "经度(必填)"
    assert report["code"] == "小类名称"
    assert proposal.columns("order", ["什么", "哪里"]) == {}


def test_words_of_a_column_are_proposed_too():
    table = tables.read(lines(["诉求类型"], ["投诉"], ["咨询类"], ["求决"]).encode())
    assert proposal.values({"type": "诉求类型"}, table) == {"type": {"咨询类": "咨询", "*": "其他"}}
    plain = tables.read(lines(["诉求类型"], ["投诉"]).encode())
    assert proposal.values({"type": "诉求类型"}, plain) == {}
