"""Home Assistant discovery: configs, states by template, availability, device configs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from streams.dialects import Known, Thing, homeassistant
from streams.dialects.hatemplate import read_value, template
from streams.sources import MetricMap, Source

NOW = 1_795_000_000_000
TEMPERATURE = {
    "~": "plant/th7",
    "stat_t": "~/state",
    "val_tpl": "{{ value_json.temperature | is_defined | float | round(1) }}",
    "unit_of_meas": "°F",
    "dev_cla": "temperature",
    "uniq_id": "th7_t",
    "avty_t": "~/lwt",
    "pl_avail": "up",
    "pl_not_avail": "down",
    "dev": {"ids": ["th7"], "name": "泵房温湿度", "mdl": "TH-1"},
}
HUMIDITY = {
    "state_topic": "plant/th7/state",
    "value_template": "{{ value_json['humidity'] }}",
    "unit_of_measurement": "%",
    "device": {"identifiers": "th7", "model": "TH-1"},
}
STATE = {"temperature": 73.4, "humidity": 40}


class Plant:
    """A reader and what it is told."""

    def __init__(self, **more: Any) -> None:
        plain = {"name": "ha", "dialect": "homeassistant", "owner": "o", "crs": "wgs84"}
        mapped = {"temperature": MetricMap("temp"), "h": MetricMap("humidity")}
        kind = {"TH-1": "smoke", "*": "manhole"}
        self.reader = homeassistant.reader(
            Source(**(plain | {"kind": kind, "metrics": mapped} | more))
        )

    def told(self, topic: str, said: Any) -> list[Thing]:
        payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        return self.reader.read(topic, payload, NOW)


@pytest.fixture
def plant() -> Plant:
    plant = Plant()
    assert plant.told("homeassistant/sensor/th7/t/config", TEMPERATURE) == [Known("config")]
    assert plant.told("homeassistant/sensor/th7/h/config", HUMIDITY) == [Known("config")]
    return plant


def test_entities_of_one_device_are_one_reading(plant: Plant) -> None:
    status, got = plant.told("plant/th7/state", STATE)
    assert isinstance(status, DeviceStatus)
    assert isinstance(got, Telemetry)
    assert (status.device, status.kind, status.name) == ("th7", "smoke", "泵房温湿度")
    assert got.metrics == {"temp": pytest.approx(23.0), "humidity": 40.0}
    assert got.at == NOW


def test_availability(plant: Plant) -> None:
    (gone,) = plant.told("plant/th7/lwt", "down")
    (back,) = plant.told("plant/th7/lwt", "up")
    assert isinstance(gone, DeviceStatus)
    assert isinstance(back, DeviceStatus)
    assert (gone.device, gone.online, back.online) == ("th7", False, True)
    with pytest.raises(Rejected, match="wrong_value"):
        plant.told("plant/th7/lwt", "perhaps")


def test_a_config_that_is_taken_back_or_replaced(plant: Plant) -> None:
    assert plant.told("homeassistant/sensor/th7/t/config", "") == [Known("config:removed")]
    assert plant.told("plant/th7/lwt", "down") == [Known("undiscovered")]
    moved = HUMIDITY | {"state_topic": "plant/other"}
    plant.told("homeassistant/sensor/th7/h/config", moved)
    assert plant.told("plant/th7/state", STATE) == [Known("undiscovered")]
    (_, got) = plant.told("plant/other", STATE)
    assert isinstance(got, Telemetry)


def test_a_binary_sensor_with_plain_words() -> None:
    plant = Plant(metrics={})
    config = {
        "state_topic": "x/door",
        "payload_on": "open",
        "payload_off": "shut",
        "unique_id": "d1",
    }
    plant.told("homeassistant/binary_sensor/door/config", config)
    (_, got) = plant.told("x/door", "open")
    assert isinstance(got, Telemetry)
    assert (got.device, got.metrics) == ("d1", {"door": 1.0})
    with pytest.raises(Rejected, match="none of open, shut"):
        plant.told("x/door", "ajar")
    assert plant.told("x/door", "unavailable") == [Known("no_value")]


def test_a_device_config_names_all_its_entities() -> None:
    plant = Plant(metrics={})
    config = {
        "dev": {"ids": "ea33", "name": "井盖"},
        "o": {"name": "bridge"},
        "avty": [{"t": "m/up", "val_tpl": "{{ value_json.state }}"}],
        "stat_t": "m/state",
        "cmps": {
            "tilt": {"p": "sensor", "val_tpl": "{{ value_json.tilt }}", "unit_of_meas": "°"},
            "bat": {"p": "sensor", "val_tpl": "{{ value_json.b[0] }}"},
            "led": {"p": "light", "cmd_t": "m/led"},
        },
    }
    assert plant.told("homeassistant/device/ea33/config", config) == [Known("config")]
    (_, got) = plant.told("m/state", {"tilt": 3, "b": [88]})
    assert isinstance(got, Telemetry)
    assert (got.kind, got.metrics) == ("manhole", {"tilt": 3.0, "bat": 88.0})
    up = plant.told("m/up", {"state": "offline"})
    assert [thing.online for thing in up if isinstance(thing, DeviceStatus)] == [False]


def test_what_is_known(plant: Plant) -> None:
    assert plant.told("homeassistant/light/l1/config", {}) == [Known("config:light")]
    assert plant.told("homeassistant/status", "online") == [Known("status")]
    assert plant.told("any/where", "x") == [Known("undiscovered")]


@pytest.mark.parametrize(
    ("said", "path"),
    [
        (None, None),
        ("{{ value }}", None),
        ("{{value | float(0) }}", None),
        ("{{ value_json }}", ()),
        ("{{value_json.a.b}}", ("a", "b")),
        ("{{ value_json['a b'][\"c\"][2].d | int }}", ("a b", "c", 2, "d")),
    ],
)
def test_templates_that_are_read(said: Any, path: Any) -> None:
    assert template(said) == path


@pytest.mark.parametrize(
    "said",
    [
        "{{ value.x }}",
        "{{ value_json.a * 2 }}",
        "{% if value %}1{% endif %}",
        "{{ states('x') }}",
        3,
    ]
    + ["{{ value_json.a }} W", "{{ value_json" + ".a" * 300 + " }}", "{{ value_json.a | log }}"],
)
def test_templates_that_are_programs_are_refused(said: Any) -> None:
    with pytest.raises(Rejected, match="template"):
        template(said)


def test_a_path_that_leads_nowhere_is_no_value() -> None:
    assert read_value(("a", "b", 3), b'{"a": {"b": [1]}}') is None
    assert read_value(("a", "b"), b'{"a": 1}') is None
    assert read_value(("a",), b'{"a": {}}') is None


@pytest.mark.parametrize(
    ("topic", "said", "reason"),
    [
        ("sensor/x/config", {"unique_id": "x"}, "state_topic"),
        ("sensor/x/config", [], "wrong_field"),
        ("device/x/config", {"dev": {"ids": "x"}}, "components"),
        ("sensor/x/config", {"stat_t": "a", "val_tpl": "{{ 1 + 1 }}"}, "template"),
    ],
)
def test_what_is_refused(plant: Plant, topic: str, said: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        plant.told(f"homeassistant/{topic}", said)
