"""Rule files: the packaged one is sound, and a bad one names all its faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.kinds import BY_CODE, KINDS
from app.domain.levels import Level
from app.domain.rulebook import load_rules, read_rules
from app.domain.rulefile import FIELDS
from app.domain.rules import ANY_KIND, SILENCE
from app.errors import BadConfiguration

BOOK = load_rules()
GOOD = """
rules:
  - id: gas
    title: 甲烷
    title_en: Methane
    kind: gas
    metric: ch4
    thresholds: {yellow: 10, red: 50}
    source: default
"""


def faults(text: str) -> list[str]:
    with pytest.raises(BadConfiguration) as why:
        read_rules(text, "r.yaml")
    return why.value.faults


def edited(**change: str) -> str:
    """The good file with some lines replaced, added (new keys) or removed (empty)."""
    lines = GOOD.splitlines()
    for key, value in change.items():
        lines = [line for line in lines if not line.strip(" -").startswith(f"{key}:")]
        if value:
            lines.insert(
                2 if key == "id" else len(lines), f"  {'-' if key == 'id' else ' '} {key}: {value}"
            )
    return "\n".join(lines)


def test_the_packaged_file_has_rules_with_sources() -> None:
    assert 20 <= len(BOOK.rules) <= 40
    assert all(rule.source for rule in BOOK.rules)
    assert all(rule.advice and rule.title and rule.title_en for rule in BOOK.rules)


def test_every_kind_of_device_is_judged_or_called() -> None:
    for kind in KINDS:
        own = [rule for rule in BOOK.for_(kind.code) if rule.kind == kind.code]
        assert own or BOOK.silence(kind.code), kind.code
    assert len({rule.kind for rule in BOOK.rules}) >= 19


def test_every_threshold_lies_in_the_range_of_its_sensor() -> None:
    for rule in BOOK.rules:
        if rule.metric == SILENCE or rule.kind == ANY_KIND or rule.change:
            continue
        metric = next(m for m in BY_CODE[rule.kind].metrics if m.code == rule.metric)
        assert all(metric.low <= x <= metric.high for x in rule.thresholds.values()), rule.id
        assert rule.unit == metric.unit


@pytest.mark.parametrize(
    ("rule_id", "thresholds"),
    [
        ("gas-ch4", {Level.YELLOW: 10, Level.ORANGE: 20, Level.RED: 50}),
        ("waterlogging", {Level.BLUE: 10, Level.YELLOW: 15, Level.ORANGE: 27, Level.RED: 40}),
        ("rain-3h", {Level.ORANGE: 50, Level.RED: 100}),
        ("bridge-load", {Level.YELLOW: 80, Level.ORANGE: 100, Level.RED: 120}),
        ("crowd", {Level.YELLOW: 80, Level.ORANGE: 90, Level.RED: 100}),
        ("parking", {Level.YELLOW: 85, Level.ORANGE: 95, Level.RED: 100}),
        ("traffic-tpi", {Level.YELLOW: 6, Level.ORANGE: 8}),
        ("electrical-residual", {Level.YELLOW: 300, Level.ORANGE: 500}),
        ("battery-low", {Level.BLUE: 20}),
        ("device-offline", {Level.BLUE: 3}),
    ],
)
def test_the_numbers_of_the_indicator_tables(rule_id, thresholds) -> None:
    rule = BOOK.rule(rule_id)
    assert rule
    assert rule.thresholds == thresholds


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("大运河常州站", 4.30),
        ("关河", 4.30),
        ("金坛站", 5.00),
        ("溧阳站", 4.50),
        ("滆湖坊前", 4.10),
        ("长荡湖王母观", 4.60),
    ],
)
def test_rivers_have_the_warning_level_of_their_station(name, first) -> None:
    (river,) = (r for r in BOOK.for_device("river", "RV1", name) if r.id == "river-level")
    assert river.threshold(Level.BLUE, 0) == first


@pytest.mark.parametrize(
    ("code", "name", "orange"),
    [
        ("WL1", "怀德路", 27),
        ("WL2", "怀德路下穿通道", 25),
        ("WL-UNDERPASS-3", "怀德路", 25),
        ("WL4", "龙城隧道", 25),
    ],
)
def test_underpasses_are_known_by_code_or_name(code, name, orange) -> None:
    (road,) = (r for r in BOOK.for_device("waterlogging", code, name) if r.id == "waterlogging")
    assert road.threshold(Level.ORANGE, 0) == orange
    assert ("封闭" in road.advice) is (orange == 25)


def test_rules_about_silence_judge_no_readings() -> None:
    assert not [r for kind in KINDS for r in BOOK.for_(kind.code) if r.metric == SILENCE]
    device, gateway = BOOK.silence("gas"), BOOK.silence("gateway")
    assert device
    assert gateway
    assert (device.id, gateway.id) == ("device-offline", "gateway-offline")


def test_a_rule_for_any_kind_judges_all() -> None:
    assert "battery-low" in {rule.id for rule in BOOK.for_("manhole")}
    assert "battery-low" in {rule.id for rule in BOOK.for_("gas")}


def test_an_unknown_id_is_no_rule() -> None:
    assert BOOK.rule("nothing") is None
    assert read_rules(GOOD).rule("gas") is not None


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert [rule.id for rule in load_rules(path).rules] == ["gas"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"no\.yaml: cannot be read"):
        load_rules(tmp_path / "no.yaml")


@pytest.mark.parametrize("text", ["", "rules:", "rules: 3", "[]", "rules: []\nmore: 1", "- a"])
def test_a_file_without_rules_says_what_to_write(text) -> None:
    assert faults(text) == ["r.yaml: write one key `rules:` with a list of rules under it"]


def test_no_yaml_at_all() -> None:
    (fault,) = faults("rules: [")
    assert fault.startswith("r.yaml: this is no YAML")


@pytest.mark.parametrize(
    ("change", "mend"),
    [
        ({"source": ""}, "`source` is missing: name the standard, or write `default`"),
        ({"source": "''"}, "`source`: Expected `str` of length >= 1"),
        ({"title": ""}, "`title` is missing"),
        ({"titel": "x"}, "`titel` is not known; did you mean `title`?"),
        ({"kind": "gass"}, "kind `gass` is not known; did you mean `gas`?"),
        ({"metric": "ch44"}, "metric `ch44` is not measured by `gas`; did you mean `ch4`?"),
        ({"metric": "level"}, "metric `level` is not measured by `gas`"),
        ({"thresholds": "{}"}, "`thresholds` is empty; give at least one of blue"),
        ({"thresholds": "{yellow: 20, red: 10}"}, "`thresholds` must rise from blue to red"),
        ({"thresholds": "{yellow: 20, red: 20}"}, "`thresholds` must rise from blue to red"),
        ({"thresholds": "{purple: 20}"}, "levels are blue, yellow, orange, red"),
        ({"thresholds": "{red: high}"}, "`thresholds`: Expected `float`, got `str`"),
        ({"direction": "below"}, "`thresholds` must fall from blue to red"),
        ({"direction": "under"}, "`direction`: Invalid enum value 'under'"),
        ({"samples": "0"}, "`samples`: Expected `int` >= 1"),
        ({"on_delay_s": "-1"}, "`on_delay_s`: Expected `float` >= 0"),
        ({"clear_ratio": "1.5"}, "`clear_ratio`: Expected `float` <= 1"),
        ({"active": "25:00-26:00"}, '`active`: write hours as "22:00-06:00"'),
        ({"when": "{metric: smoke, at_least: 1}"}, "metric `smoke` is not measured by `gas`"),
        ({"change": "{over_s: 0, in: percent}"}, "`change`: Expected `float` > 0"),
        ({"change": "{over_s: 60, in: parts}"}, "`change`: Invalid enum value 'parts'"),
        ({"profiles": "[{match: [], thresholds: {red: 1}}]"}, "`profiles`: Expected `array`"),
        (
            {"profiles": "[{match: [a], thresholds: {yellow: 2, red: 1}}]"},
            "`profiles[0].thresholds` must rise",
        ),
        ({"bands": "[{hours: '1-2', thresholds: {red: 1}}]"}, '"22:00-06:00"'),
        ({"id": "Gas_1"}, "`id`: write small letters, digits and single hyphens"),
    ],
)
def test_each_fault_is_named_with_its_mend(change, mend) -> None:
    found = faults(edited(**change))
    assert any(mend in fault for fault in found), found
    assert all(fault.startswith("r.yaml:3 rule ") for fault in found)
    assert not [fault for fault in found if "$" in fault]


def test_bands_and_profiles_do_not_mix() -> None:
    both = edited(
        bands='[{hours: "22:00-06:00", thresholds: {red: 1}}]',
        profiles="[{match: [a], thresholds: {red: 1}}]",
    )
    assert faults(both) == [
        "r.yaml:3 rule gas: has both `bands` and `profiles`; write one rule for each profile"
    ]


def test_all_faults_of_all_rules_come_at_once() -> None:
    text = (
        edited(kind="gass", samples="0", source="")
        + "\n  - id: two\n    title: 二\n  - 3\n"
        + GOOD.split("rules:\n")[1]
        + GOOD.split("rules:\n")[1]
    )
    found = faults(text)
    rules = [fault.split(" rule ")[1].split(":")[0] for fault in found]
    assert rules.count("gas") == 4
    assert rules.count("two") == 5
    assert rules.count("without id") == 1
    assert sum("this id is taken" in fault for fault in found) == 1


def test_every_packaged_rule_and_every_key_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert not [rule.id for rule in BOOK.rules if f"| `{rule.id}` {rule.title} |" not in page]
    assert not [key for key in FIELDS if f"{key}:" not in page]
