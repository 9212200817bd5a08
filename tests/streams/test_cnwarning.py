"""预警信号 in flat JSON: place and kind are the chain, the text says what becomes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.levels import Level
from app.domain.warnings import MessageType, Warning, Zone
from app.errors import Rejected
from app.services import warnings
from streams.dialects import cnwarning
from streams.sources import Source
from tests.streams.fuzzing import NOW, only_rejected, sample, shared

ALERT, UPDATE, CANCEL = MessageType.ALERT, MessageType.UPDATE, MessageType.CANCEL
SENT = 1_795_299_319_000  # 2026-11-22 06:15:19 in Beijing
SOURCE = Source(name="qx", dialect="cnwarning", owner="气象局", crs="wgs84", topics=("qx/#",))
THUNDER: dict[str, Any] = json.loads(sample("cnwarning", "thunderstorm.json"))


def read(said: Any) -> list[Any]:
    return cnwarning.reader(SOURCE).read("qx/a", json.dumps(said).encode(), NOW)


def one(**other: Any) -> Warning:
    (warning,) = read(THUNDER | other)
    assert isinstance(warning, Warning)
    return warning


def test_a_warning_with_all_its_parts():
    said = one()
    assert said == Warning(
        source="qx",
        identifier="江苏省|常州市|钟楼区|雷暴大风",
        sender="江苏省常州市钟楼区",
        sent=SENT,
        msg_type=ALERT,
        event="雷暴大风",
        title="雷暴大风橙色预警",
        domain="safety",
        issuer="常州市气象台",
        headline="常州市气象台2026年11月22日06时15分发布雷暴大风橙色预警信号",
        description=said.description,
        instruction="1. 人员到安全处躲避；2. 加固户外广告牌。",
        language="zh-CN",
        onset=SENT,
        expires=SENT + 24 * 3_600_000,
        zones=(Zone(level=Level.ORANGE, names=("江苏省", "常州市", "钟楼区")),),
    )
    assert said.description.endswith("请注意防范。")


def test_the_real_sample_is_read_and_is_elsewhere(city):
    (said,) = read(shared("cn_alert/jiangsu_zhangjiagang_flat.json"))
    assert (said.title, said.issuer) == ("雷暴大风黄色预警", "张家港市气象台")
    assert said.zones == (Zone(level=Level.YELLOW, names=("江苏省", "苏州市", "张家港市")),)
    assert warnings.covered(city, said.zones) == ()


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ("常州市气象台发布暴雨黄色预警信号：", ALERT),
        ("常州市气象台将暴雨黄色预警信号升级为暴雨橙色预警信号：", UPDATE),
        ("常州市气象台变更发布暴雨橙色预警信号：", UPDATE),
        ("常州市气象台继续发布暴雨橙色预警信号：", UPDATE),
        ("常州市气象台解除暴雨橙色预警信号：", CANCEL),
        ("常州市气象台2026年11月22日06时15分解除暴雨橙色预警信号", CANCEL),
        ("常州市气象台解除暴雨黄色预警信号，发布暴雨橙色预警信号：", ALERT),
        ("常州市气象台发布暴雨橙色预警信号：本预警将于傍晚解除", ALERT),
    ],
)
def test_the_first_sentence_says_what_becomes_of_it(first, kind):
    said = one(content=first + "请注意。", type="暴雨")
    assert said.msg_type is kind
    assert said.issuer == "常州市气象台"


def test_issued_raised_and_lifted_is_one_chain(city, clock):
    clock.to(clock.now().fromtimestamp(NOW / 1000, tz=clock.now().tzinfo))
    (raised,) = warnings.take(city, one())
    red = one(level="红色", time="2026-11-22 06:20:00", content="常州市气象台升级发布红色预警：。")
    (worse,) = warnings.take(city, red)
    assert (worse.id, worse.level, worse.title) == (raised.id, Level.RED, "雷暴大风红色预警")
    lifted = one(time="2026-11-22 06:25:00", content="常州市气象台解除雷暴大风红色预警信号。")
    (over,) = warnings.take(city, lifted)
    assert over.cleared_at is not None
    clock.advance(minutes=1)
    again = one(time="2026-11-22 06:28:00")
    (new,) = warnings.take(city, again)
    assert new.id != raised.id


def test_what_need_not_be_there_may_be_null():
    said = one(district=None, level=None, time="2026/11/22 06:15:19")
    assert (said.identifier, said.sent) == ("江苏省|常州市||雷暴大风", SENT)
    assert said.zones[0].level == one().zones[0].level


@pytest.mark.parametrize("kind", ["雷暴大风橙色预警信号", "雷暴大风预警", "雷暴大风信号"])
def test_a_kind_with_its_level_is_the_same_chain(kind):
    said = one(type=kind)
    assert (said.identifier, said.event) == (one().identifier, "雷暴大风")
    bare = one(type="雷暴大风红色预警信号", level="", content="市气象台发布预警信号。")
    assert bare.zones[0].level is Level.RED


def test_a_list_is_taken_apart_and_a_bad_one_stands_among_the_good():
    good, bad = read([THUNDER, THUNDER | {"level": "紫色", "content": "发布预警"}])
    assert isinstance(good, Warning)
    assert isinstance(bad, Rejected)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("no_level", THUNDER | {"level": "", "content": "气象台发布预警"}),
        ("bad_time", THUNDER | {"time": "昨天"}),
        ("clock_ahead", THUNDER | {"time": "2026-11-22 09:15:19"}),
        ("wrong_field", {"level": "黄色"}),
        ("wrong_field", THUNDER | {"content": ""}),
        ("no_warning", []),
    ],
)
def test_it_is_refused_with_its_reason(reason, said):
    with pytest.raises(Rejected) as refused:
        read(said)
    assert refused.value.reason == reason


def test_only_rejected_comes_out():
    samples = [json.dumps(THUNDER).encode(), json.dumps([THUNDER, THUNDER]).encode()]
    only_rejected(lambda: cnwarning.reader(SOURCE), "qx/a", samples)
