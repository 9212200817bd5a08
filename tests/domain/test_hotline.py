"""12345 orders: urgency, limits, and whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import hotline, kinds
from app.domain.hotline import GROUPS, Urgency
from app.domain.levels import Level
from app.domain.people import Unit
from tests.cast import GRID, STREET, UNITS
from tests.domain.things import an_order

STREET_UNIT = Unit(id="S001", name="五星街道", area=STREET)
COMMUNITY_UNIT = Unit(id="C001", name="新中社区", area=GRID[:12])
ALL_UNITS = (*UNITS, STREET_UNIT)


@pytest.mark.parametrize(
    ("content", "urgency", "groups"),
    [
        ("小区门口有很浓的燃气味", Urgency.CRITICAL, ("燃气泄漏",)),
        ("路灯杆漏电,有人触电", Urgency.CRITICAL, ("触电危险",)),
        ("人行道上井盖没了,很危险", Urgency.CRITICAL, ("井盖缺失",)),
        ("清潭路路面塌陷一个大坑", Urgency.CRITICAL, ("路面塌陷",)),
        ("电动车占用消防通道还冒烟", Urgency.CRITICAL, ("消防隐患",)),
        ("老楼墙体倾斜", Urgency.CRITICAL, ("房屋险情",)),
        ("老人被困电梯半小时", Urgency.CRITICAL, ("电梯困人",)),
        ("孩子掉进河里", Urgency.CRITICAL, ("溺水",)),
        ("砖头砸到人流血", Urgency.CRITICAL, ("人员受伤",)),
        ("整个小区停水一天了", Urgency.URGENT, ("大面积停供",)),
        ("路口水管爆了", Urgency.URGENT, ("管道爆裂",)),
        ("工厂夜里偷排污水", Urgency.URGENT, ("环境污染",)),
        ("怀德路红绿灯不亮", Urgency.URGENT, ("信号灯故障",)),
        ("下穿通道积水很深", Urgency.URGENT, ("道路积水",)),
        ("业主联名反映物业", Urgency.URGENT, ("群体诉求",)),
        ("楼下夜里放音响", Urgency.NORMAL, ()),
        ("水管爆了,路面塌陷", Urgency.CRITICAL, ("路面塌陷", "管道爆裂")),
        ("燃气泄漏演练太吵", Urgency.NORMAL, ()),
        ("", Urgency.NORMAL, ()),
    ],
)
def test_what_the_text_says(content, urgency, groups):
    found = hotline.triage(an_order(title="", content=content))
    assert (found.urgency, found.groups) == (urgency, groups)
    assert found.declared is Urgency.NORMAL


@pytest.mark.parametrize(
    ("declared", "content", "urgency"),
    [
        ("特急", "楼下放音响", Urgency.CRITICAL),
        ("紧急", "楼下放音响", Urgency.URGENT),
        ("紧急", "燃气泄漏", Urgency.CRITICAL),
        ("特急", "积水严重", Urgency.CRITICAL),
        ("一般", "楼下放音响", Urgency.NORMAL),
        ("乱写", "楼下放音响", Urgency.NORMAL),
    ],
)
def test_the_higher_of_declared_and_text_counts(declared, content, urgency):
    order = an_order(urgency=declared, content=content)
    assert hotline.triage(order).urgency is urgency


@pytest.mark.parametrize("kind", ["咨询", "表扬"])
def test_questions_and_praise_are_judged_as_declared(kind):
    order = an_order(type=kind, content="请问燃气泄漏怎么办")
    assert hotline.triage(order).urgency is Urgency.NORMAL


def test_the_title_counts_too():
    assert hotline.triage(an_order(title="电梯困人", content="")).urgency is Urgency.CRITICAL


@given(st.sampled_from(["特急", "紧急", "一般"]), st.text(max_size=40))
def test_triage_never_lowers_what_the_hotline_declared(declared, content):
    found = hotline.triage(an_order(urgency=declared, content=content))
    assert found.urgency >= found.declared
    assert found.declared.word == declared


@pytest.mark.parametrize(
    ("urgency", "word", "level"),
    [
        (Urgency.NORMAL, "一般", Level.BLUE),
        (Urgency.URGENT, "紧急", Level.ORANGE),
        (Urgency.CRITICAL, "特急", Level.RED),
    ],
)
def test_words_and_levels(urgency, word, level):
    assert (urgency.word, urgency.level) == (word, level)


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"type": "咨询"}, "1 work_day"),
        ({"type": "求助"}, "3 work_day"),
        ({"type": "投诉"}, "5 work_day"),
        ({"type": "举报"}, "5 work_day"),
        ({"type": "建议"}, "5 work_day"),
        ({"type": "表扬"}, "5 work_day"),
        ({"type": "其他"}, "5 work_day"),
        ({"type": "没见过"}, "3 work_day"),
        ({"urgency": "紧急"}, "24 urgent_hour"),
        ({"urgency": "特急"}, "2 urgent_hour"),
        ({"content": "煤气味很重"}, "2 urgent_hour"),
    ],
)
def test_limits(changes, limit):
    assert str(hotline.limit(an_order(**changes))) == limit


def test_every_group_is_distinct_and_asks_for_a_skill_we_know():
    assert len({group.name for group in GROUPS}) == len(GROUPS)
    words = [word for group in GROUPS for word in group.words]
    assert len(words) == len(set(words))
    for group in GROUPS:
        assert group.skill in kinds.BY_CODE or group.skill.isdigit()


def test_the_street_leads_and_departments_help():
    order = an_order(content="有燃气味", category="城市管理")
    found = hotline.route(order, GRID, ALL_UNITS)
    assert (found.main, found.helpers, found.reason) == ("S001", ("U01", "U02"), "street")


def test_the_narrowest_area_leads():
    found = hotline.route(an_order(), GRID, (*ALL_UNITS, COMMUNITY_UNIT))
    assert found.main == "C001"


def test_of_two_in_one_place_the_skilled_one_leads():
    gas = Unit(id="S009", name="五星燃气所", area=STREET, skills=("gas",))
    found = hotline.route(an_order(content="漏气"), GRID, (STREET_UNIT, gas))
    assert (found.main, found.helpers) == ("S009", ())


def test_a_street_elsewhere_has_nothing_to_do_with_it():
    other = Unit(id="S116", name="邹区镇", area="320404116")
    found = hotline.route(an_order(category="城市管理"), GRID, (other, *UNITS))
    assert (found.main, found.reason) == ("U01", "skill")


def test_without_a_place_the_skilled_department_leads():
    found = hotline.route(an_order(content="漏气", category="其他"), "", ALL_UNITS)
    assert (found.main, found.reason) == ("U02", "skill")


def test_without_place_and_skill_nobody_leads():
    found = hotline.route(an_order(category="其他", content="别的"), "", ALL_UNITS)
    assert (found.main, found.helpers, found.reason) == (None, (), "district")


def test_without_skill_the_district_leads():
    found = hotline.route(an_order(category="其他", content="别的"), GRID, UNITS)
    assert (found.main, found.reason) == ("U01", "district")


@pytest.mark.parametrize(
    ("title", "category", "unit"),
    [
        ("夜间施工噪声扰民", "生态环境", "U08"),
        ("占用消防通道", "公共安全", "U09"),
        ("办事窗口态度", "公共安全", "U04"),
    ],
)
def test_what_the_text_names_leads_before_the_broad_category(title, category, unit):
    units = (
        Unit(id="U03", name="水利局", area="320404", skills=("river",)),
        Unit(id="U04", name="燃气公司", area="320404", skills=("gas",)),
        Unit(id="U08", name="生态环境局", area="320404", skills=("noise", "air")),
        Unit(id="U09", name="消防大队", area="320404", skills=("smoke",)),
    )
    order = an_order(title=title, content="", category=category)
    assert hotline.route(order, GRID, units).main == unit
