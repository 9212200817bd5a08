"""Units: values that bring theirs in their text, and other ways to write them."""

from __future__ import annotations

import pytest

from app.errors import Rejected
from streams import units
from streams.sources import MetricMap, Source


def test_a_text_may_bring_its_own_unit() -> None:
    rules = {
        "distance": MetricMap("depth", unit="mm", scale=-1, offset=1800),
        "battery": MetricMap("battery", values={"full": 100}),
    }
    meter = Source(
        name="s", dialect="senml", owner="o", crs="wgs84", kind="waterlogging", metrics=rules
    )
    said = meter.measured("waterlogging", [("distance", "161.0 cm", ""), ("battery", "90 %", "")])
    assert said == {"depth": pytest.approx(19), "battery": 90}
    assert meter.measured("waterlogging", [("battery", "full", "")]) == {"battery": 100}
    for odd, reason in {
        "3 ℃": "wrong_unit",
        "3 apples": "wrong_field",
        "cm": "wrong_field",
    }.items():
        with pytest.raises(Rejected) as refused:
            meter.measured("waterlogging", [("distance", odd, "")])
        assert refused.value.reason == reason
    with pytest.raises(Rejected):
        meter.measured("waterlogging", [("battery", ["90 %"], "")])


def test_units_by_their_english_names() -> None:
    assert units.convert(250, "millimeter", "m") == 0.25
    assert units.convert(21.5, "degree Celsius", "℃") == 21.5
    assert units.convert(300, "kilopascal", "MPa") == pytest.approx(0.3)
