"""The catalogue of components and matters, and codes of the standard before."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.domain import catalogue
from app.domain.catalogue import CATALOGUE, FREQUENT, Kind

# old event code (GB/T 30428.2-2013) of each high-frequency matter
OLD_FREQUENT = {
    "06010": "0110",
    "06011": "0111",
    "06012": "0112",
    "06017": "0117",
    "06036": "0136",
    "06042": "0192",
    "06045": "0191",
    "07003": "0203",
    "09005": "0405",
    "09006": "0406",
}


def test_it_has_153_components_and_250_matters():
    assert Counter(kind for kind, _ in CATALOGUE) == {Kind.COMPONENT: 153, Kind.MATTER: 250}


@pytest.mark.parametrize(
    ("kind", "major", "rows"),
    [
        (Kind.COMPONENT, "01", 76),
        (Kind.COMPONENT, "02", 44),
        (Kind.COMPONENT, "03", 16),
        (Kind.COMPONENT, "04", 14),
        (Kind.COMPONENT, "05", 3),
        (Kind.MATTER, "01", 76),
        (Kind.MATTER, "02", 44),
        (Kind.MATTER, "03", 16),
        (Kind.MATTER, "04", 14),
        (Kind.MATTER, "05", 3),
        (Kind.MATTER, "06", 51),
        (Kind.MATTER, "07", 7),
        (Kind.MATTER, "08", 16),
        (Kind.MATTER, "09", 21),
        (Kind.MATTER, "10", 2),
    ],
)
def test_rows_by_major(kind, major, rows):
    assert sum(e.kind is kind and e.major_code == major for e in CATALOGUE.values()) == rows


def test_codes_are_five_digits_and_names_are_not_empty():
    for (kind, code5), entry in CATALOGUE.items():
        assert re.fullmatch(r"\d{5}", code5)
        assert (entry.kind, entry.code5) == (kind, code5)
        assert entry.name == entry.name.strip() != ""


def test_every_component_has_a_matter_with_the_same_code():
    for kind, code5 in list(CATALOGUE):
        if kind is Kind.COMPONENT:
            twin = CATALOGUE[(Kind.MATTER, code5)]
            assert "异常" in twin.name, twin


@pytest.mark.parametrize("code5", ["01016", "06031", "07005", "09007", "00000"])
def test_gaps_are_real(code5):
    assert catalogue.matter(code5) is None
    assert catalogue.component(code5) is None


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("06010", "暴露垃圾"),
        ("32040406010", "暴露垃圾"),
        ("3204040110", "暴露垃圾"),
        ("0110", "暴露垃圾"),
        ("0405", "店外经营"),
        ("0203", "违规户外广告"),
        ("0304", "工地扬尘"),
        ("0192", "垃圾站（箱）满溢"),
        ("0496", "占用消防通道"),
        ("0507", "道路积雪、结冰"),
        ("0508", "架空线缆脱落"),
        ("01002", "污水井盖异常"),
        # what it does not know stays as it came
        ("0506", "0506"),
        ("99999", "99999"),
        ("别的", "别的"),
        ("", ""),
    ],
)
def test_names(code, name):
    assert catalogue.name(code) == name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *((old, new) for new, old in OLD_FREQUENT.items()),
        ("0410", "09010"),
        ("0131", None),  # 餐厨遗撒 was dropped
        ("0205", None),
        ("0501", None),  # bursts have no matter any more
        ("0505", None),
        ("0506", None),
        ("0195", None),  # a local number without a successor
        ("0601", None),
        ("0001", None),
    ],
)
def test_old_events(old, new):
    assert catalogue.from_legacy(old) == new


def test_the_ten_frequent_matters_survive_the_round_trip_through_their_old_code():
    assert [entry.code5 for entry in catalogue.frequent()] == list(FREQUENT)
    for code5 in FREQUENT:
        assert catalogue.matter(f"320404{OLD_FREQUENT[code5]}").code5 == code5
    assert len(set(FREQUENT)) == 10


@pytest.mark.parametrize(
    ("district", "code", "full"),
    [
        ("320404001001001", "06010", "32040406010"),
        ("320404", "0110", "32040406010"),
        ("320402", "32040406010", "32040206010"),
        ("320404", "99999", ""),
        ("", "06010", ""),
        ("3204", "06010", ""),
    ],
)
def test_full_codes(district, code, full):
    assert catalogue.matter_code(district, code) == full


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("01002", "污水井盖"),
        ("32040401002000123", "污水井盖"),
        ("3204040102000123", "污水井盖"),  # 16 digits: GB/T 30428.2-2013
        ("3204040508000001", "防汛墙"),  # 水域 moved from major 05 to 01
    ],
)
def test_components(code, name):
    assert catalogue.component(code).name == name


@pytest.mark.parametrize("code", ["3204040116000123", "06010", "x", "32040401016000123"])
def test_no_components(code):
    assert catalogue.component(code) is None


@pytest.mark.parametrize("code", ["１２３４５", "6010", "320404 06010", "06010\n", "x06010"])
def test_malformed_codes_are_unknown(code):
    assert catalogue.matter(code) is None


def test_dangers_are_matters():
    assert all((Kind.MATTER, code) in CATALOGUE for code in catalogue.DANGERS)


@pytest.mark.parametrize(
    "rows",
    [
        "管理事项,06,市容环境类,06010,a\n管理事项,06,市容环境类,06010,b\n",
        "管理事项,06,市容环境类,07010,a\n",
        "管理事项,06,市容环境类,0601,a\n",
        "别的,06,市容环境类,06010,a\n",
    ],
)
def test_a_bad_catalogue_is_refused(tmp_path, rows):
    path = tmp_path / "catalogue.csv"
    path.write_text("kind,major_code,major_name,code5,name\n" + rows, encoding="utf-8")
    with pytest.raises(ValueError, match=r".+"):
        catalogue.read_catalogue(path)


@pytest.mark.parametrize(
    ("said", "code5"),
    [
        ("暴露垃圾", "06010"),
        (" 暴露垃圾 ", "06010"),
        ("暴露生活垃圾", "06010"),  # the old name
        ("垃圾满溢", "06042"),
        ("0110", "06010"),
        ("3204040110", "06010"),
        ("06010", "06010"),
        ("32040406010", "06010"),
        ("3204040102048188", "01002"),  # the id of a component: something is wrong with it
        ("32040401002000123", "01002"),
        ("3204040178000001", None),  # a local number of another list
        ("32040499999999999", None),
        ("什么", None),
        ("", None),
    ],
)
def test_what_others_call_a_matter(said, code5):
    found = catalogue.named(said)
    assert (found and found.code5) == code5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0602", "09013"),  # 临街屠宰
        ("0495", "09022"),  # 占道促销宣传, local
        ("0197", "06039"),  # 违章开设道口, local
        ("0193", "06041"),  # 垃圾未分类, local
    ],
)
def test_old_events_that_moved_keep_their_name(old, new):
    assert catalogue.from_legacy(old) == new


def test_every_moved_code_and_old_name_is_in_the_catalogue():
    for code5 in (*catalogue._MOVED.values(), *catalogue._OLD_NAMES.values()):
        assert (Kind.MATTER, code5) in CATALOGUE
    for code5 in catalogue._MOVED_COMPONENTS.values():
        assert (Kind.COMPONENT, code5) in CATALOGUE


@pytest.mark.parametrize(
    ("old", "new"),
    [("0102", "01002"), ("0157", "01057"), ("0158", None), ("0506", "01069"), ("0116", None)]
    + [("0311", None), ("0601", None), ("0000", None)],
)
def test_old_components(old, new):
    assert catalogue.component_from_legacy(old) == new
