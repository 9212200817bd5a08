"""The codes of grid management: what is right, what is wrong and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import codes
from geodata.area import AreaLevel
from geodata.codes import Fault

STREET, GRID = AreaLevel.STREET, AreaLevel.GRID


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (AreaLevel.DISTRICT, "320404"),
        (STREET, "320404001"),
        (STREET, "320404116"),
        (AreaLevel.COMMUNITY, "320404001008"),
        (GRID, "320582110152102"),
        (GRID, "320404001008A01"),
    ],
)
def test_published_codes_are_right(level, code):
    assert codes.area_fault(code, level, code[:6]) is None


@pytest.mark.parametrize(
    ("level", "code", "fault"),
    [
        (STREET, "32040400", Fault.LENGTH),
        (STREET, "32040400x", Fault.DIGITS),
        (STREET, "", Fault.DIGITS),
        (STREET, "32040400１", Fault.DIGITS),
        (STREET, "160404001", Fault.PROVINCE),
        (STREET, "320404601", Fault.BLOCK),
        (STREET, "320404000", Fault.ZERO),
        (STREET, "320402001", Fault.PARENT),
        (AreaLevel.COMMUNITY, "320404001000", Fault.ZERO),
        (GRID, "3204040010080O", Fault.LENGTH),
        (GRID, "32040400100A001", Fault.DIGITS),
        (AreaLevel.CITY, "320400", Fault.LENGTH),
    ],
)
def test_wrong_codes_say_what_is_wrong(level, code, fault):
    assert codes.area_fault(code, level, "320404") is fault


@pytest.mark.parametrize("code", ["3205820102048188", "32040401005000001"])
def test_components_of_both_editions(code):
    assert codes.component_fault(code) is None


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("3205820702048188", Fault.MAJOR),
        ("32040406010000001", Fault.MAJOR),
        ("32040401000000001", Fault.ZERO),
        ("32040401005000000", Fault.ZERO),
        ("320404010050001", Fault.LENGTH),
        ("3204040100500000A", Fault.DIGITS),
    ],
)
def test_wrong_components(code, fault):
    assert codes.component_fault(code) is fault


def test_matters_of_both_editions_and_the_local_ones_of_the_old():
    right = ("3204040110", "32040406010", "3204049001")
    assert [codes.matter_fault(code) for code in right] == [None] * 3
    assert codes.matter_fault("32040411001") is Fault.MAJOR
    assert codes.matter_fault("32040490001") is Fault.MAJOR


def test_codes_as_files_write_them():
    assert codes.trimmed(" 320404001000.0", STREET) == "320404001"
    assert codes.trimmed("３２０４０４００１", STREET) == "320404001"
    assert codes.trimmed("320404001008", STREET) == "320404001008"
    assert codes.trimmed("320404001008a01", GRID) == "320404001008A01"
    assert [codes.street_kind(c) for c in ("320404001", "320404116", "320404901")] == [
        "街道",
        "镇",
        "",
    ]


@given(st.text(max_size=20), st.sampled_from(list(AreaLevel)))
def test_any_text_gets_an_answer(text, level):
    codes.area_fault(text, level)
    codes.component_fault(text)
    codes.matter_fault(text)
    codes.area_fault(codes.trimmed(text, level), level)
