"""Templates become subscriptions and fields; wrong ones refuse at start."""

from __future__ import annotations

import pytest

from app.errors import BadConfiguration
from streams.topics import Template


def test_a_template_subscribes_matches_and_fills() -> None:
    template = Template("city/{district}/{kind}/{device}/telemetry")
    assert template.subscription == "city/+/+/+/telemetry"
    fields = {"district": "320404", "kind": "gas", "device": "G-1"}
    assert template.match("city/320404/gas/G-1/telemetry") == fields
    assert template.fill(**fields) == "city/320404/gas/G-1/telemetry"


@pytest.mark.parametrize(
    "topic",
    [
        "city/320404/gas/G-1/status",
        "city/320404/gas/telemetry",
        "city/320404/gas/a b/telemetry",
        "city/320404/gas/a|b/telemetry",
        "city/320404/gas/<img>/telemetry",
        "city/320404/gas//telemetry",
        f"city/320404/gas/{'x' * 65}/telemetry",
        "city/320404/gas/G-1/telemetry\n",
    ],
)
def test_other_topics_do_not_match(topic: str) -> None:
    assert Template("city/{district}/{kind}/{device}/telemetry").match(topic) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("a//b", "empty level"),
        ("/a", "empty level"),
        ("a/+/b", "wildcard"),
        ("a/#", "wildcard"),
        ("a/x{b}", "neither"),
        ("a/{B}", "neither"),
        ("a/{b}/{b}", "twice"),
    ],
)
def test_a_wrong_template_refuses_and_says_why(text: str, told: str) -> None:
    with pytest.raises(BadConfiguration, match=told):
        Template(text)
