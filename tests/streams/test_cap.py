"""CAP: what a document says, which language, how bad, where; and nothing but Rejected comes out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.levels import Level
from app.domain.warnings import MessageType, Reference, Warning
from app.errors import Rejected
from app.services import warnings
from streams import sourcefile
from streams.dialects import Known, cap
from streams.feeds_try import attempt
from streams.sources import Source
from streams.warning_words import Validity
from tests.streams.fuzzing import NOW, SHARED, sample

HOUR = 3_600_000
SENT = 1_795_299_300_000  # 2026-11-22T06:15:00+08:00
SOURCE = Source(name="weather", dialect="cap", owner="市气象局", crs="wgs84", topics=("cap/#",))
ALERT = sample("cap", "rainstorm_alert.xml").decode()


def read(text: str | bytes, source: Source = SOURCE, now: int = NOW) -> list[Any]:
    raw = text if isinstance(text, bytes) else text.encode()
    return cap.reader(source).read("cap/x", raw, now)


def one(text: str | bytes, source: Source = SOURCE) -> Warning:
    (warning,) = read(text, source)
    assert isinstance(warning, Warning)
    return warning


def minimal(info: str = "", head: str = "", **other: str) -> str:
    """A document of the fewest parts; `info` is inside its one info."""
    said = {"status": "Actual", "msgType": "Alert", "scope": "Public"} | other
    return (
        "<alert><identifier>I1</identifier><sender>s</sender>"
        "<sent>2026-11-22T06:15:00+08:00</sent>"
        + "".join(f"<{k}>{v}</{k}>" for k, v in said.items())
        + f"{head}<info><event>大风</event><severity>Minor</severity>{info}</info></alert>"
    )


def test_an_alert_in_chinese_with_all_its_parts():
    said = one(ALERT)
    assert said == Warning(
        source="weather",
        identifier="32040041600000_20261122061500",
        sender="32040041600000",
        sent=SENT,
        msg_type=MessageType.ALERT,
        event="暴雨",
        title="暴雨橙色预警",
        domain="safety",
        issuer="常州市气象台",
        headline="常州市气象台发布暴雨橙色预警信号",
        description="预计未来3小时钟楼区降雨量将达50毫米以上，请注意防范。",
        instruction="1. 停止户外作业；\n2. 检查低洼地段排水。",
        language="zh-CN",
        onset=SENT + 45 * 60_000,
        expires=SENT + 6 * HOUR,
        zones=said.zones,
    )
    first, second = said.zones
    assert (first.level, first.codes) == (Level.ORANGE, ("320404000000",))
    assert second.circles == ((119.8949, 31.7777, 1500.0),)
    assert second.polygons[0][0] == (119.86, 31.75)


def test_the_chain_of_the_samples_from_the_document_to_the_wall(city, clock):
    clock.to(clock.now().fromtimestamp(NOW / 1000, tz=clock.now().tzinfo))
    names = ("rainstorm_alert", "rainstorm_update", "rainstorm_cancel")
    alert, update, cancel = (one(sample("cap", f"{name}.xml")) for name in names)
    (raised,) = warnings.take(city, alert)
    assert (raised.area, raised.title) == ("320404", "暴雨橙色预警")
    (worse,) = warnings.take(city, update)
    assert (worse.id, worse.level) == (raised.id, Level.RED)
    (over,) = warnings.take(city, cancel)
    assert over.cleared_at is not None


def test_an_update_in_an_older_namespace_refers_to_its_alert():
    said = one(sample("cap", "rainstorm_update.xml"))
    assert said.references == (Reference("32040041600000", "32040041600000_20261122061500"),)
    assert said.title == "常州市气象台将暴雨橙色预警信号升级为暴雨红色", "a code is no event"
    assert said.zones[0].level is Level.RED
    assert set(said.keys) >= set(one(ALERT).keys)


@pytest.mark.parametrize(
    ("other", "known"),
    [
        ({"status": "Exercise"}, "exercise"),
        ({"status": "Test"}, "test"),
        ({"status": "Draft"}, "draft"),
        ({"status": "System"}, "system"),
        ({"msgType": "Ack"}, "ack"),
        ({"msgType": "Error"}, "error"),
        ({"scope": "Private"}, "private"),
    ],
)
def test_what_is_no_warning_is_known(other, known):
    assert read(minimal(**other)) == [Known(known)]


@pytest.mark.parametrize(
    ("spoken", "chosen"),
    [
        (("en-US", "zh-CN"), "zh-CN"),
        (("zh-TW", "en"), "zh-TW"),
        (("fr", "de", "en-GB"), "en-GB"),
        (("fr", "de"), "de"),
        (("fr", ""), ""),
    ],
)
def test_one_language_is_chosen_whatever_their_order(spoken, chosen):
    infos = [
        f"<info><language>{one}</language><event>{one or 'x'}</event></info>" for one in spoken
    ]
    for row in (infos, infos[::-1]):
        text = (
            minimal()
            .replace("<info>", "".join(row) + "<drop>", 1)
            .replace("</info></a", "</drop></a")
        )
        assert one(text).language == chosen


@pytest.mark.parametrize(
    ("info", "level"),
    [
        ("<severity>Extreme</severity>", Level.RED),
        ("<severity>Severe</severity>", Level.ORANGE),
        ("<severity>Moderate</severity>", Level.YELLOW),
        ("<severity>Minor</severity>", Level.BLUE),
        ("<severity>Unknown</severity>", Level.BLUE),
        ("<severity>Unknown</severity><urgency>Immediate</urgency>"
         "<certainty>Likely</certainty>", Level.YELLOW),
        ("<severity>Severe</severity><certainty>Unlikely</certainty>", Level.YELLOW),
        ("<severity>Extreme</severity><urgency>Past</urgency>", Level.BLUE),
        ("<severity>Red</severity>", Level.RED),
        ("<severity>Minor</severity><headline>发布暴雨红色预警信号</headline>", Level.RED),
        ("<severity>Minor</severity><parameter><valueName>awareness_level</valueName>"
         "<value>3; orange; Severe</value></parameter>", Level.ORANGE),
        ("<severity>Minor</severity><headline>Infrared sensors</headline>", Level.BLUE),
    ],
)  # fmt: skip
def test_the_level_is_the_issuers_colour_else_severity(info, level):
    text = minimal(info + "<area><areaDesc>钟楼区</areaDesc></area>")
    assert one(text.replace("<severity>Minor</severity>", "", 1)).zones[0].level is level


def test_each_info_has_its_own_level_and_the_worst_speaks():
    def info(severity: str, code: str) -> str:
        return (
            f"<info><event>大风{code}</event><severity>{severity}</severity><area><areaDesc/>"
            f"<geocode><valueName>x</valueName><value>{code}</value></geocode></area></info>"
        )

    text = minimal(head=info("Minor", "320404") + info("Extreme", "320404001"))
    said = one(re.sub("<info><event>大风</event>.*(?=</alert>)", "", text))
    assert said.event == "大风320404001"
    assert {zone.codes[0]: zone.level for zone in said.zones} == {
        "320404": Level.BLUE,
        "320404001": Level.RED,
    }


def test_codes_of_other_countries_are_no_codes_of_ours():
    def area(name: str, value: str) -> str:
        pair = f"<valueName>{name}</valueName><value>{value}</value>"
        return f"<area><areaDesc>X</areaDesc><geocode>{pair}</geocode></area>"

    text = minimal(area("SAME", "320404") + area("adcode", "320404、320402") + area("c", "32A"))
    assert [zone.codes for zone in one(text).zones] == [(), ("320404", "320402"), ()]


def test_a_message_without_an_area_holds_where_the_source_says():
    own = Source(**{f: getattr(SOURCE, f) for f in ("name", "dialect", "owner", "crs")},
                 options=Validity(area="320404", valid_h=3))  # fmt: skip
    said = one(minimal(), own)
    assert said.zones[0].codes == ("320404",)
    assert said.expires == SENT + 3 * HOUR
    assert one(minimal()).zones == ()
    assert one(minimal()).expires == SENT + 24 * HOUR


def test_gcj02_polygons_are_brought_to_wgs84():
    shifted = Source(name="w", dialect="cap", owner="o", crs="gcj02")
    lon, lat = one(ALERT, shifted).zones[1].polygons[0][0]
    assert 0.003 < 119.86 - lon < 0.007
    assert 0.0005 < lat - 31.75 < 0.004


def test_all_clear_ends_as_a_cancel_does():
    said = one(minimal("<responseType>AllClear</responseType>", msgType="Update"))
    assert said.msg_type is MessageType.CANCEL


def test_the_national_form_in_gbk():
    text = sample("cap", "national.xml").decode()
    said = one(f'<?xml version="1.0" encoding="GBK"?>{text}'.encode("gbk"))
    assert (said.sent, said.expires - said.sent) == (1_795_299_300_000, 6 * 3_600_000)
    assert (said.event, said.title) == ("11B03", "常州市气象台发布暴雨预警信号")
    (zone,) = said.zones
    assert (zone.level, zone.codes, zone.names) == (Level.ORANGE, ("320400000000",), ())
    with pytest.raises(Rejected, match="not_xml"):
        read(b'<?xml version="1.0" encoding="gb2312"?><alert>' + b"\xff\xff</alert>")


POLYGON = "<area><areaDesc/><polygon>{}</polygon></area>"
LAUGH = '<!DOCTYPE a [<!ENTITY b "{}">]>'.format("lol" * 99)


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("not_xml", ""),
        ("not_xml", "<alert>"),
        ("not_xml", "{}"),
        ("not_xml", '<?xml version="1.0" encoding="utf-99"?><alert/>'),
        ("not_cap", "<feed/>"),
        ("unsafe_xml", LAUGH + "<alert>&b;</alert>"),
        ("unsafe_xml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><alert/>'),
        ("unsafe_xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>'),
        ("wrong_field", minimal(status="Real")),
        ("wrong_field", minimal(msgType="Alarm")),
        ("wrong_field", minimal().replace("<sender>s</sender>", "")),
        ("wrong_field", minimal().replace("I1", "I" * 300)),
        ("bad_time", minimal().replace("06:15:00+08:00", "06:15:00")),
        ("bad_time", minimal("<expires>tomorrow</expires>")),
        ("clock_ahead", minimal().replace("2026-11-22T06:15", "2026-11-22T09:15")),
        ("no_info", re.sub("<info>.*</info>", "", minimal())),
        ("bad_place", minimal(POLYGON.format("31,119 31,120 32,120"))),
        ("bad_place", minimal(POLYGON.format("31,119 31,120 32,120 33,120"))),
        ("bad_place", minimal(POLYGON.format("a,b c,d e,f a,b"))),
        ("swapped_lonlat", minimal(POLYGON.format("119,31 120,31 120,32 119,31"))),
        ("bad_place", minimal("<area><circle>31,119 -1</circle></area>")),
        ("bad_place", minimal("<area><circle>31,119</circle></area>")),
        ("too_large", minimal("<area/>" * 1001)),
        ("too_large", " " * (1 << 20) + minimal()),
    ],
)
def test_cap_is_refused_with_its_reason(reason, text):
    with pytest.raises(Rejected) as refused:
        read(text)
    assert refused.value.reason == reason, refused.value.detail


@pytest.mark.parametrize(
    ("name", "event", "level"),
    [
        ("Oasis_HomelandAlert", "Homeland Security Advisory System Update", Level.ORANGE),
        ("Oasis_ThunderstormWarning", "SEVERE THUNDERSTORM", Level.ORANGE),
    ],
)
def test_the_examples_of_the_standard_are_read_and_are_elsewhere(city, name, event, level):
    file = SHARED / "cap" / f"{name}.xml"
    assert file.exists(), f"the shared samples are not beside the project: {file} is missing"
    said = one(file.read_bytes())
    assert (said.event, {zone.level for zone in said.zones}) == (event, {level})
    assert warnings.covered(city, said.zones) == ()


def test_unseen_characters_do_not_reach_a_screen():
    said = one(minimal("<headline>a\u202eb   c</headline><description>x\n\n y </description>"))
    assert (said.headline, said.description) == ("ab c", "x\ny")
    assert len(one(minimal(f"<description>{'长' * 20_000}</description>")).description) == 8000


def test_a_source_of_warnings_needs_no_kind_and_its_options_are_checked():
    entry = """
sources:
  - {name: w, dialect: cap, owner: 气象局, crs: wgs84, by: webhook, options: {valid_h: 6}}
"""
    (source,), faults = sourcefile.read(entry, "s.yaml")
    assert (faults, source.options.valid_h) == ([], 6)
    _, faults = sourcefile.read(entry.replace("valid_h: 6", "area: Zhonglou"), "s.yaml")
    assert faults


def test_the_trial_shows_what_a_document_becomes(tmp_path, capsys):
    file, document = tmp_path / "s.yaml", tmp_path / "a.xml"
    file.write_text("sources:\n  - {name: w, dialect: cap, owner: o, crs: wgs84, topics: [c]}\n")
    document.write_text(ALERT)
    at = datetime.fromtimestamp(NOW / 1000, UTC)
    assert attempt(file, document, at=at) == 0
    shown = capsys.readouterr().out
    for said in ("暴雨", "320404000000, 2 shapes", "alert, orange: 常州市气象台"):
        assert said in shown
