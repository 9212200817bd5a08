"""Resources: what a table's row must say, what is masked, and where a camera's picture is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.levels import Level
from app.domain.resources import (
    FIELDS,
    GRADES,
    Form,
    Resource,
    Sort,
    State,
    Wrong,
    link,
    public,
    read,
    what,
)

ROWS = {
    Sort.TEAM: {"编号": "T1", "名称": "一队", "人数": "12", "负责人": "张建国"},
    Sort.SUPPLY: {"编号": "S1", "名称": "点", "品名": "沙袋", "数量": "1,200", "单位": "只"},
    Sort.SHELTER: {"id": "H1", "name": "广场", "capacity": 800.0},
    Sort.HAZARD: {"编号": "R1", "名称": "加油站", "等级": "重大风险"},
    Sort.PROTECTED: {"编号": "P1", "名称": "小学", "类型": "学校"},
    Sort.CAMERA: {"名称": "路口", "平台编号": "32040400001320000001", "方向": "东"},
}


def resource(sort: Sort = Sort.TEAM, **over) -> Resource:
    plain = {
        "id": "x",
        "sort": sort,
        "name": "一队",
        "kind": "消防",
        "area": "320404001001001",
        "lon": 119.9,
        "lat": 31.8,
        "unit": "",
        "body": {},
        "state": State.READY,
        "updated": datetime(2026, 11, 20, tzinfo=UTC),
    }
    return Resource(**plain | over)


@pytest.mark.parametrize("sort", Sort)
def test_a_row_of_each_sort_is_read(sort):
    found = read(sort, ROWS[sort])
    assert found["name"]
    assert found["state"] is State.READY
    assert {f.name for f in FIELDS[sort] if f.must} <= found["body"].keys()


def test_numbers_come_as_tables_have_them():
    assert read(Sort.SUPPLY, ROWS[Sort.SUPPLY])["body"]["quantity"] == 1200
    assert read(Sort.SHELTER, ROWS[Sort.SHELTER])["body"]["capacity"] == 800
    more = ROWS[Sort.SUPPLY] | {"数量": "2.5"}
    assert read(Sort.SUPPLY, more)["body"]["quantity"] == 2.5


def test_a_camera_without_an_id_is_known_by_its_platform_number():
    assert read(Sort.CAMERA, ROWS[Sort.CAMERA])["id"] == "32040400001320000001"


@pytest.mark.parametrize(
    ("sort", "change", "column"),
    [
        (Sort.TEAM, {"编号": ""}, "id"),
        (Sort.TEAM, {"编号": "a b"}, "id"),
        (Sort.TEAM, {"名称": None}, "name"),
        (Sort.TEAM, {"名称": "长" * 201}, "name"),
        (Sort.TEAM, {"人数": ""}, "members"),
        (Sort.TEAM, {"人数": "十二"}, "members"),
        (Sort.TEAM, {"人数": "1.5"}, "members"),
        (Sort.TEAM, {"人数": "-1"}, "members"),
        (Sort.TEAM, {"人数": "nan"}, "members"),
        (Sort.TEAM, {"人数": "1e99"}, "members"),
        (Sort.TEAM, {"联系电话": "见墙上"}, "phone"),
        (Sort.TEAM, {"状态": "坏"}, "state"),
        (Sort.SUPPLY, {"品名": " "}, "item"),
        (Sort.HAZARD, {"等级": "特大"}, "grade"),
        (Sort.HAZARD, {"等级": float("nan")}, "grade"),
        (Sort.CAMERA, {"平台编号": ""}, "code"),
    ],
)
def test_a_row_that_does_not_fit_says_in_which_column(sort, change, column):
    with pytest.raises(Wrong) as why:
        read(sort, ROWS[sort] | change)
    assert column in str(why.value)


def test_all_faults_of_a_row_are_told_at_once():
    with pytest.raises(Wrong) as why:
        read(Sort.SUPPLY, {"编号": "S1"})
    assert all(name in str(why.value) for name in ("name", "item", "quantity", "measure"))


def test_a_fault_never_repeats_a_phone():
    with pytest.raises(Wrong) as why:
        read(Sort.TEAM, ROWS[Sort.TEAM] | {"联系电话": "13800001234转张三"})
    assert "1380000" not in str(why.value)


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("重大", Level.RED),
        ("较大", Level.ORANGE),
        ("一般", Level.YELLOW),
        ("低", Level.BLUE),
        ("低风险", Level.BLUE),
        ("Major", Level.RED),
    ],
)
def test_a_grade_has_the_colour_of_its_level(said, level):
    body = read(Sort.HAZARD, ROWS[Sort.HAZARD] | {"等级": said})["body"]
    assert resource(Sort.HAZARD, body=body).level is level


def test_only_hazards_have_a_level():
    assert resource(Sort.TEAM, body={"members": 3}).level is Level.NONE
    assert set(GRADES.values()) == set(Level) - {Level.NONE}


def test_persons_and_phones_are_masked_and_nothing_else():
    body = {"members": 12, "leader": "欧阳建国", "phone": "13812345678", "specialty": "消防"}
    shown = public(resource(body=body))["body"]
    assert shown == {
        "members": 12,
        "leader": "欧阳**",
        "phone": "138****5678",
        "specialty": "消防",
    }


@pytest.mark.parametrize("sort", Sort)
def test_no_field_of_a_person_leaves_unmasked(sort):
    said = {Form.PERSON: "张建国", Form.PHONE: "13812345678"}
    body = {f.name: said[f.form] for f in FIELDS[sort] if f.form in said}
    shown = public(resource(sort, body=body | {"item": "x", "quantity": 1, "measure": "y"}))
    assert "13812345678" not in str(shown)
    assert "建国" not in str(shown)


def test_a_phone_in_a_free_text_is_masked_and_a_platform_number_is_not():
    told = {"grade": "低", "measures": "联系 13812345678"}
    assert "138****5678" in str(public(resource(Sort.HAZARD, body=told)))
    code = "32040400001320000001"
    assert public(resource(Sort.CAMERA, body={"code": code}))["body"]["code"] == code


def test_what_it_is_in_the_citys_own_words():
    assert what(resource(kind="消防")) == "消防"
    assert what(resource(kind="", body={"specialty": "水上"})) == "水上"
    supply = {"item": "沙袋", "quantity": 1200, "measure": "只"}
    assert what(resource(Sort.SUPPLY, body=supply)) == "沙袋 1,200只"


def test_a_camera_number_cannot_lead_elsewhere():
    assert link("https://v.example/play?code={code}&x=1", "a/../b&c=1") == (
        "https://v.example/play?code=a%2F..%2Fb%26c%3D1&x=1"
    )
