"""Sources: wrong files are refused with line and mend; what they say in our terms."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from app.config import load_settings
from app.domain.personal import masked
from app.errors import BadConfiguration, Rejected
from streams import dialects, filters, sourcefile, units
from streams.dialects import Known
from streams.feeds import Feeds, Sorted
from streams.feeds_try import choose
from streams.sources import Introductions, MetricMap, Source, flat, number

NOW = 1_795_300_120_000
GOOD = """\
sources:
  - name: a
    dialect: chirpstack
    owner: 市政
    crs: wgs84
    kind: {EM310: waterlogging, "*": manhole}
    metrics:
      d: {metric: depth, unit: mm, scale: -1, offset: 1500}
      b: battery
"""


def source(**more) -> Source:
    given = {"name": "s", "dialect": "senml", "owner": "o", "crs": "wgs84", "kind": "air"}
    return Source(**(given | more))


def faults(text: str) -> list[str]:
    found = sourcefile.read(text, "f.yaml")
    assert not (found[0] and found[1])
    return found[1]


def test_a_good_file_is_read() -> None:
    sources, wrong = sourcefile.read(GOOD, "f.yaml")
    assert wrong == []
    assert sources[0].metrics["b"] == MetricMap("battery")
    assert sources[0].kind_of(None, "EM310") == "waterlogging"
    assert sources[0].kind_of("other") == "manhole"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("    crs: wgs84\n", "", "f.yaml:2 source a: `crs` is missing: say wgs84, gcj02 or bd09"),
        ("crs: wgs84", "crs: wgs", "f.yaml:5 source a: `crs`: Invalid enum value 'wgs'; crs is"),
        ("owner: 市政", "owner: ''", "f.yaml:4 source a: `owner`"),
        ("owner:", "ownr:", "f.yaml:4 source a: `ownr` is not known; did you mean `owner`?"),
        ("chirpstack", "chirpstak", "f.yaml:3 source a: dialect `chirpstak` is not known; did you"),
        ("waterlogging", "waterloging", "f.yaml:6 source a: kind `waterloging` is not known; did"),
        ("metric: depth", "metric: dept", "f.yaml:8 source a: `d`: metric `dept` is not measured"),
        ("unit: mm", "unit: ppm", "f.yaml:8 source a: `d`: unit 'ppm' cannot become 'cm'; use"),
        ("b: battery", "b: 3", "f.yaml:9 source a: `metrics.b`: Expected `object`, got `int`"),
        ("name: a", "name: A b", "f.yaml:2 source A b: `name`: write small letters, digits"),
        ("    owner:", "    zone: Mars/X\n    owner:", "f.yaml:4 source a: `zone` 'Mars/X' is not"),
        ("    owner:", "    options: {x: 1}\n    owner:", "f.yaml:4 source a: chirpstack takes no"),
        (
            "    owner:",
            "    topics: ['a/#/b']\n    owner:",
            "f.yaml:4 source a: topic 'a/#/b': `#`",
        ),
        ("    owner:", "    topics: ['city/+']\n    owner:", "f.yaml:4 source a: topic 'city/+'"),
        ("    owner:", "    crs: bd09\n    owner:", "f.yaml:6 source a: `crs` stands there twice"),
        ("chirpstack", "senml", "f.yaml:2 source a: `topics` is missing: senml has none"),
        ("sources:", "source:", "f.yaml: write one key `sources:`"),
        ("- name", "- [name", "f.yaml: this is no YAML"),
    ],
)
def test_a_wrong_file_says_where_and_how_to_mend_it(old: str, new: str, fault: str) -> None:
    assert any(each.startswith(fault) for each in faults(GOOD.replace(old, new, 1)))


def test_all_faults_come_at_once() -> None:
    text = GOOD.replace("wgs84", "x").replace("EM310: waterlogging", "EM310: y")
    assert [fault.split(" ")[0] for fault in faults(text + "      q: zz\n")] == [
        *("f.yaml:5", "f.yaml:6", "f.yaml:8", "f.yaml:10")
    ]


def test_two_sources_may_not_have_the_same_name_or_topic() -> None:
    second = GOOD.removeprefix("sources:\n")
    found = "\n".join(sourcefile.read(GOOD + second, "f.yaml")[1])
    assert "f.yaml:10 source a: this name is taken" in found
    assert "topic 'application/+/device/+/event/+' belongs to a; set `topics`" in found


def test_a_missing_file_refuses_to_start(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="CHENGYUN_SOURCES"):
        sourcefile.load(tmp_path / "no.yaml")
    assert load_settings().sources is None


@pytest.mark.parametrize(
    ("text", "topic", "levels"),
    [
        ("plant/{device}/+/data", "plant/P7/a/data", {"device": "P7"}),
        ("plant/{device}/+/data", "plant/P7/data", None),
        ("a/#", "a", {}),
        ("a/#", "a/b/c", {}),
        ("#", "x/y", {}),
        ("a/+", "a/b/c", None),
        ("v1.0/+", "v1x0/b", None),
    ],
)
def test_filters_hear_their_topics(text: str, topic: str, levels: dict | None) -> None:
    assert filters.match(text, topic) == levels
    assert "{" not in filters.subscription(text)


def test_values_become_ours() -> None:
    mapped = source(
        kind="waterlogging",
        metrics={
            "d": MetricMap("depth", unit="mm", scale=-1, offset=1500),
            "s": MetricMap("battery", values={"low": 10}),
        },
    )
    said = [("d", 1380, ""), ("s", "low", ""), ("unmapped", 5, "")]
    assert mapped.measured("waterlogging", said) == {"depth": 12.0, "battery": 10}
    with pytest.raises(Rejected, match="wrong_value"):
        mapped.measured("waterlogging", [("s", "full", "")])
    with pytest.raises(Rejected, match="wrong_field"):
        mapped.measured("waterlogging", [("d", "deep", "")])
    plain = source()
    said = [("pm25", 0.035, "mg/m3"), ("name", "x", ""), ("door", True, "")]
    assert plain.measured("air", said) == {"pm25": pytest.approx(35), "door": 1.0}
    with pytest.raises(Rejected, match="wrong_unit"):
        plain.measured("air", [("pm25", 3, "V")])


def test_codes_are_safe_and_stay_different() -> None:
    assert source(prefix="x:").code("24e1") == "x:24e1"
    one, other = source().code("urn/a b"), source().code("urn/a_b")
    assert one != other
    assert len(source().code("x" * 300)) <= 64
    for wrong in ("", None, True, {"a": 1}, "x" * 600):
        with pytest.raises(Rejected, match="no_device"):
            source().code(wrong)


def test_times_follow_the_declared_clock() -> None:
    iso = "2026-11-22T06:28:30"
    assert source(zone="Asia/Shanghai").moment(iso, NOW) == 1_795_300_110_000
    assert source(clock="arrival").moment("nonsense", NOW) == NOW
    assert source().moment(None, NOW) == NOW
    for wrong in (iso, 10**400, True, [1]):
        with pytest.raises(Rejected, match="bad_time"):
            source().moment(wrong, NOW)
    with pytest.raises(Rejected, match="clock_ahead"):
        source().moment(NOW + 400_000, NOW)


def test_places_are_converted_and_a_lost_satellite_is_no_place() -> None:
    lon, lat = source(crs="gcj02").place("119.954700", 31.777905)
    assert (lon, lat) == (pytest.approx(119.95, abs=2e-6), pytest.approx(31.78, abs=2e-6))
    assert source().place(0, 0) == (None, None)
    with pytest.raises(Rejected, match="swapped_lonlat"):
        source().place(31.78, 119.95)
    told = source().telemetry("d", "air", NOW, {"aqi": 1, "lon": 119.95, "lat": 31.78}, NOW)
    assert (told.lon, told.lat, told.metrics, told.feed) == (119.95, 31.78, {"aqi": 1}, "s")


def test_messages_without_a_time_stay_apart_in_their_batch() -> None:
    said = [source().telemetry("d", "air", NOW, {"aqi": aqi}, NOW) for aqi in (1, 2, 2)]
    one, two, again = (t.message_id for t in said)
    assert one != two == again
    assert source().telemetry("d", "air", NOW - 1, {"aqi": 1}, NOW).message_id is None
    assert source().telemetry("d", "air", NOW, {"aqi": 1}, NOW, message_id="m").message_id == "m"


def test_units_and_back() -> None:
    assert units.convert(68, "°F", "℃") == pytest.approx(20)
    assert units.convert(293.15, "K", "Cel") == pytest.approx(20)
    assert units.convert(3, "bar", "MPa") == pytest.approx(0.3)
    assert units.convert(500, "ppm CH4", "%LEL") == pytest.approx(1)
    assert units.convert(7, "anything", "") == 7
    for row in units.TABLE.values():
        for unit in row:
            for to in row:
                assert units.convert(units.convert(3.5, unit, to), to, unit) == pytest.approx(3.5)
    assert all(name in units._WHERE for name in units.SAME.values())


def test_an_introduction_is_made_once_and_again_later() -> None:
    met = Introductions(again_ms=1000)
    birth = source().birth("d", "air", NOW, name="one", gateway="g")
    assert met.news(birth) == [birth]
    assert met.news(source().birth("d", "air", NOW + 10, name="one")) == []
    assert met.news(source().birth("d", "air", NOW + 20, name="two"))
    assert met.news(source().birth("d", "air", NOW + 30, online=False))
    assert met.news(source().birth("d", "air", NOW + 1100, online=False))


def test_nested_values_are_flat() -> None:
    assert flat({"a": {"b": [3, {"c": 4}]}, "d": "x"}) == {"a.b.0": 3, "a.b.1.c": 4, "d": "x"}
    deep: dict = {}
    for _ in range(50):
        deep = {"a": deep}
    assert flat(deep) == {}
    assert number("3.5", "x") == 3.5


def test_personal_fields_are_masked_before_anything_is_kept() -> None:
    body = b'{"a":{"phone":"139"},"l":[{"p":1},{"p":2}],"k":3}'
    assert masked(body, ["a.phone", "l.*.p", "no.such"]) == (
        b'{"a":{"phone":"***"},"l":[{"p":"***"},{"p":"***"}],"k":3}'
    )
    assert masked(b"{", ["a"]) == b""
    assert masked(b"{", []) == b"{"


def test_the_first_source_that_hears_a_topic_has_it() -> None:
    feeds = Feeds(
        [source(topics=("x/{device}/up",)), source(name="t", topics=("x/#",), clock="arrival")]
    )
    assert feeds.subscriptions == ("x/+/up", "x/#")
    first, second = feeds.hearing("x/1/up"), feeds.hearing("x/1/down")
    assert first is not None
    assert second is not None
    assert (first.source.name, second.source.name) == ("s", "t")
    assert feeds.hearing("y") is None


def test_a_repeated_batch_says_what_it_said() -> None:
    feed = Feeds([source(topics=("x/{device}",))]).hearing("x/1")
    assert feed is not None
    body = b'[{"n":"pm25","v":3}]'
    said = feed.read("x/1", body, NOW)
    assert feed.read("x/1", body, NOW + 5) is said
    feed.fresh()
    assert feed.read("x/1", body, NOW + 5) is not said


@pytest.mark.parametrize("name", ["city", "telemetry", "report", "order", "position"])
def test_the_names_of_our_own_topics_are_taken(name) -> None:
    text = f"sources: [{{name: {name}, dialect: chirpstack, owner: x, crs: wgs84, kind: gas}}]"
    _, faults = sourcefile.read(text, "s.yaml")
    assert any("name of our own topics" in fault for fault in faults)


def test_a_retained_reading_without_a_time_is_not_taken_as_new() -> None:
    feed = Feeds([source(topics=("x/{device}",))]).hearing("x/1")
    assert feed is not None
    batch = Sorted([], [], [], [], Counter(), [])
    batch.take(feed.read("x/1", b'[{"n":"pm25","v":3}]', NOW), retained=True)
    assert batch.counts == {"received:s": 1, "said:s": 1, "known:s:retained": 1}
    batch.take(feed.read("x/1", b'[{"n":"pm25","v":3,"t":-5}]', NOW), retained=True)
    assert [t.at for t in batch.telemetry] == [NOW - 5000]


def test_a_source_is_chosen_by_name_or_topic() -> None:
    both = [source(topics=("x/#",)), source(name="t", topics=("y/#",))]
    assert choose(both, None, "t").name == "t"
    assert choose(both, "y/1", None).name == "t"
    assert choose(both[:1], None, None).name == "s"
    for topic, name in ((None, None), ("z", None), (None, "u")):
        with pytest.raises(BadConfiguration):
            choose(both, topic, name)
    assert Known("x").what == "x"


@pytest.mark.parametrize("name", dialects.NAMES)
def test_every_dialect_is_documented_tested_and_has_the_same_shape(name: str) -> None:
    root = Path(__file__).parents[2]
    assert (root / "docs/protocols" / f"{name}.md").exists()
    assert f"(protocols/{name}.md)" in (root / "docs/sources.md").read_text()
    tests = (file.read_text() for file in (root / "tests/streams").glob("test_*.py"))
    assert any(re.search(rf"import .*\b{name}\b", text) for text in tests)
    module = dialects.dialect(name)
    assert isinstance(module.TOPICS, tuple)
    assert callable(module.reader)
    with pytest.raises(KeyError):
        dialects.dialect(name + "x")
