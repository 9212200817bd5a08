"""No cell that leaves the city is run by a spreadsheet."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cells import harmless


@pytest.mark.parametrize(
    "said",
    [
        "=1+1",
        "=cmd|'/C calc'!A0",
        '=HYPERLINK("http://x","y")',
        "+1+1",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "  =1",
        "\t=1",
        "\ufeff=1",
        "＝1+1",
        "a\n=1+1",
        "a\r\n=1+1",
        "\rx",
        "%0a",
        "|x",
    ],
)
def test_what_would_run_is_text(said):
    assert harmless(said) == f"'{said}"


@pytest.mark.parametrize(
    "said",
    ["", "暴露垃圾", "a=b", "-3.5", "+86", "1e-5", "a-b", "2026-11-22", "中山路 12 号"]
    + [None, 3, -3.5, True, datetime(2026, 11, 22, tzinfo=UTC)],
)
def test_what_is_plain_stays(said):
    assert harmless(said) == said


@given(st.text())
def test_nothing_begins_as_a_formula(said):
    made = harmless(said)
    assert made.endswith(said)
    assert made.lstrip()[:1] not in ("=", "@", "＝") or made.startswith("'")
