"""Tasmota, zigbee2mqtt, Shelly: their captured lines, presence, and what is no reading."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from streams.dialects import Known, Thing, shelly, tasmota, zigbee2mqtt
from streams.sources import MetricMap, Source

LINES = (
    Path(__file__).parents[2].parent / "shared" / "samples" / "mqtt" / "captured_iot_lines.jsonl"
)
ZONE = "Asia/Shanghai"
AT = int(datetime(2026, 11, 21, 22, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)
NOW = AT + 5_000


def source(dialect: str, **more: Any) -> Source:
    plain = {"name": "s", "dialect": dialect, "owner": "o", "crs": "wgs84", "kind": "smoke"}
    return Source(**(plain | {"zone": ZONE} | more))


def read(module: ModuleType, topic: str, said: Any, **more: Any) -> list[Thing]:
    payload = said.encode() if isinstance(said, str) else json.dumps(said).encode()
    reader = module.reader(source(module.__name__.rsplit(".", 1)[-1], **more))
    return reader.read(topic, payload, NOW)


def metrics(things: list[Thing]) -> dict[str, float]:
    (found,) = [thing for thing in things if isinstance(thing, Telemetry)]
    return found.metrics


SENSOR = {
    "Time": "2026-11-21T22:00:00",
    "ENERGY": {
        "Total": 514.1,
        "Power": 56,
        "Voltage": 234,
        "TotalStartTime": "2025-03-20T15:20:48",
    },
    "AM2301": {"Temperature": 73.4, "Humidity": 40.1},
    "TempUnit": "F",
}


def test_tasmota_sensor() -> None:
    status, got = read(tasmota, "tele/desk/SENSOR", SENSOR)
    assert (status.device, got.at) == ("desk", AT)
    assert got.metrics == {
        "energy": 514.1,
        "power": 56,
        "voltage": 234,
        "temp": pytest.approx(23.0),
        "humidity": 40.1,
    }


def test_tasmota_units_are_converted_where_they_are_mapped() -> None:
    said = SENSOR | {"TempUnit": "F"}
    mapped = {"AM2301.Temperature": MetricMap("temp"), "ENERGY.Power": MetricMap("power")}
    assert metrics(read(tasmota, "tele/desk/SENSOR", said, metrics=mapped)) == pytest.approx(
        {"temp": 23.0, "power": 56}
    )


def test_tasmota_two_sensors_of_a_kind_keep_their_names() -> None:
    said = {"DS18B20-1": {"Temperature": 3}, "DS18B20-2": {"Temperature": 4}}
    got = metrics(read(tasmota, "tele/desk/SENSOR", said))
    assert got == {"DS18B20-1.Temperature": 3, "DS18B20-2.Temperature": 4}


def test_tasmota_state_says_the_signal_and_what_is_mapped() -> None:
    said = {"Time": "2026-11-21T22:00:00", "Heap": 24, "POWER": "ON", "Wifi": {"Signal": -78}}
    assert metrics(read(tasmota, "tele/desk/STATE", said)) == {"rssi": -78}
    mapped = {"POWER": MetricMap("on")}
    assert metrics(read(tasmota, "tele/desk/STATE", said, metrics=mapped)) == {"on": 1.0}
    assert read(tasmota, "tele/desk/STATE", {"Heap": 3})[1:] == [Known("state")]


def test_tasmota_presence_and_the_rest() -> None:
    (gone,) = read(tasmota, "tele/desk/LWT", "Offline")
    assert (gone.device, gone.online) == ("desk", False)
    for topic in ("tele/desk/INFO1", "stat/desk/RESULT", "tasmota/discovery/AB/config"):
        assert isinstance(read(tasmota, topic, "{}")[0], Known)


def test_tasmota_without_a_zone_is_refused() -> None:
    with pytest.raises(Rejected, match="bad_time.*no offset"):
        read(tasmota, "tele/desk/SENSOR", SENSOR, zone="")


DEVICES = [
    {"friendly_name": "Coordinator", "type": "Coordinator", "definition": None},
    {
        "friendly_name": "hall/plug",
        "definition": {
            "model": "TS011F",
            "exposes": [
                {"features": [{"property": "state"}]},
                {"property": "voltage", "unit": "V"},
                {"property": "energy", "unit": "kWh"},
            ],
        },
    },
]


def test_zigbee2mqtt_battery_device() -> None:
    said = {"battery": 91, "voltage": 2985, "temperature": 23.5, "linkquality": 10, "smoke": False}
    status, got = read(zigbee2mqtt, "zigbee2mqtt/weather", said)
    assert (status.device, status.gateway) == ("weather", "zigbee2mqtt")
    assert got.metrics == {
        "battery": 91,
        "voltage": 2.985,
        "temp": 23.5,
        "linkquality": 10,
        "smoke": 0,
    }
    mapped = {"voltage": MetricMap("voltage")}
    assert metrics(read(zigbee2mqtt, "zigbee2mqtt/weather", said, metrics=mapped)) == {
        "voltage": 2.985
    }


def test_zigbee2mqtt_learns_models_and_units_from_the_bridge() -> None:
    kinds = {"TS011F": "electrical_fire", "*": "smoke"}
    mapped = {"voltage": MetricMap("voltage"), "state": MetricMap("on")}
    reader = zigbee2mqtt.reader(source("zigbee2mqtt", kind=kinds, metrics=mapped))
    devices = json.dumps(DEVICES).encode()
    assert reader.read("zigbee2mqtt/bridge/devices", devices, NOW) == [Known("bridge")]
    said = b'{"state": "ON", "voltage": 231, "last_seen": "2026-11-21T22:00:00+08:00"}'
    status, got = reader.read("zigbee2mqtt/hall/plug", said, NOW)
    assert isinstance(status, DeviceStatus)
    assert isinstance(got, Telemetry)
    assert (status.kind, got.at, got.metrics) == ("electrical_fire", AT, {"voltage": 231, "on": 1})


def test_zigbee2mqtt_attributes_on_topics_of_their_own() -> None:
    reader = zigbee2mqtt.reader(source("zigbee2mqtt"))
    status, got = reader.read("zigbee2mqtt/hall/plug/temperature", b"23.5", NOW)
    assert isinstance(status, DeviceStatus)
    assert isinstance(got, Telemetry)
    assert (got.device, got.metrics) == (reader._who("hall/plug")[0], {"temp": 23.5})
    (contact,) = reader.read("zigbee2mqtt/hall/plug/contact", b"false", NOW)
    assert isinstance(contact, Telemetry)
    assert contact.metrics == {"contact": 0}
    assert reader.read("zigbee2mqtt/hall/plug/action", b"single", NOW) == [Known("unmapped")]


def test_zigbee2mqtt_presence_groups_and_commands() -> None:
    reader = zigbee2mqtt.reader(source("zigbee2mqtt"))
    (bridge,) = reader.read("zigbee2mqtt/bridge/state", b'{"state":"offline"}', NOW)
    (device,) = reader.read("zigbee2mqtt/hall/plug/availability", b"online", NOW)
    assert isinstance(bridge, DeviceStatus)
    assert isinstance(device, DeviceStatus)
    assert (bridge.device, bridge.kind, bridge.online) == ("zigbee2mqtt", "gateway", False)
    assert (device.device, device.online) == (reader._who("hall/plug")[0], True)
    reader.read("zigbee2mqtt/bridge/groups", b'[{"friendly_name": "lamps"}]', NOW)
    assert reader.read("zigbee2mqtt/lamps", b'{"state":"ON"}', NOW) == [Known("group")]
    for topic in ("zigbee2mqtt/hall/plug/set", "zigbee2mqtt/bridge/logging"):
        assert isinstance(reader.read(topic, b"{}", NOW)[0], Known)
    with pytest.raises(Rejected, match="unknown_topic"):
        reader.read("zigbee/x", b"{}", NOW)


@pytest.mark.parametrize(
    ("topic", "said", "want"),
    [
        ("shellies/shellyplug-s-1/relay/0/power", "56.2", {"power": 56.2}),
        ("shellies/shellyplug-s-1/relay/0/energy", "120000", {"energy": 2.0}),
        ("shellies/shellyplug-s-1/relay/0", "on", {"output": 1}),
        ("shellies/shellyem-1/emeter/1/power", "3", {"power_1": 3}),
        ("shellies/shellyht-1/sensor/temperature", "21.5", {"temp": 21.5}),
        ("shellies/shellysmoke-1/sensor/smoke", "true", {"smoke": 1}),
        ("shellies/shellydw2-1/sensor/state", "open", {"open": 1}),
    ],
)
def test_shelly_first_generation(topic: str, said: str, want: dict[str, float]) -> None:
    assert metrics(read(shelly, topic, said)) == want


def test_shelly_first_generation_presence_and_the_rest() -> None:
    said = {"id": "shellyht-1", "model": "SHHT-1", "mac": "AA"}
    (new,) = read(shelly, "shellies/announce", said, kind={"SHHT-1": "smoke"})
    (gone,) = read(shelly, "shellies/shellyht-1/online", "false")
    assert [(s.device, s.online) for s in (new, gone)] == [
        ("shellyht-1", True),
        ("shellyht-1", False),
    ]
    for topic in ("command", "shellyht-1/info", "shellyht-1/input_event/0", "a/relay/0/command"):
        assert isinstance(read(shelly, f"shellies/{topic}", "{}")[0], Known)


FULL = {
    "src": "shellyplus1pm-a8",
    "method": "NotifyFullStatus",
    "params": {
        "ts": AT / 1000,
        "switch:0": {
            "id": 0,
            "output": True,
            "apower": 8.9,
            "voltage": 237.5,
            "aenergy": {"total": 6532.5, "by_minute": [45.2, 1, 2], "minute_ts": 1626935779},
            "temperature": {"tC": 23.5, "tF": 74.4},
        },
        "temperature:100": {"id": 100, "tC": 19.8, "tF": 67.6},
        "sys": {"uptime": 3, "ram_free": 1},
        "wifi": {"rssi": -61, "ssid": "x"},
    },
}


def test_shelly_rpc_status() -> None:
    status, got = read(shelly, "shellyplus1pm-a8/events/rpc", FULL)
    assert (status.device, got.at) == ("shellyplus1pm-a8", AT)
    assert got.metrics == {
        "output": 1,
        "power": 8.9,
        "voltage": 237.5,
        "energy": 6.5325,
        "chip_temp": 23.5,
        "temp_100": 19.8,
        "rssi": -61,
    }
    mapped = {"switch:0.aenergy.total": MetricMap("energy")}
    assert metrics(read(shelly, "x/events/rpc", FULL, metrics=mapped)) == {"energy": 6.5325}


def test_shelly_three_phase_meter() -> None:
    said = {"id": 0, "a_act_power": 951.2, "total_act_power": 951.2}
    assert metrics(read(shelly, "pro3em/status/em:0", said))["power"] == 951.2
    assert metrics(read(shelly, "pro3em/status/emdata:0", {"total_act": 1000.0})) == {"energy": 1.0}


def test_shelly_component_status_alarm_and_presence() -> None:
    assert metrics(read(shelly, "shellysmoke-9/status/smoke:0", {"id": 0, "alarm": True})) == {
        "smoke": 1
    }
    (gone,) = read(shelly, "shellysmoke-9/online", "false")
    assert (gone.device, gone.online) == ("shellysmoke-9", False)
    assert read(shelly, "s/events/rpc", {"src": "s", "method": "NotifyEvent"}) == [Known("rpc")]


@pytest.mark.parametrize(
    ("module", "topic", "said", "reason"),
    [
        (tasmota, "tele/x/LWT", "maybe", "wrong_value"),
        (tasmota, "tele/x/SENSOR", "[]", "wrong_field"),
        (zigbee2mqtt, "zigbee2mqtt/bridge/devices", "{}", "wrong_field"),
        (shelly, "s/events/rpc", '{"method":"NotifyStatus"}', "wrong_field"),
        (shelly, "shellies/announce", "{}", "no_device"),
        (shelly, "shellies/s/sensor/temperature", "\ud7ff" * 300, "too_large"),
        (shelly, "a/b/c", "{}", "unknown_topic"),
    ],
)
def test_what_is_refused(module: ModuleType, topic: str, said: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(module, topic, said)


def test_captured_lines() -> None:
    if not LINES.exists():
        print(f"no samples at {LINES}: read with our own fixtures only")  # noqa: T201
        return
    modules = {"tele": tasmota, "zigbee2mqtt": zigbee2mqtt, "shelly1minig3-54320464a1d0": shelly}
    for line in LINES.read_text().splitlines():
        said = json.loads(line)
        module = modules[said["topic"].split("/")[0]]
        reader = module.reader(source(module.__name__.rsplit(".", 1)[-1], clock="arrival"))
        got = reader.read(said["topic"], said["payload_text"].encode(), NOW)
        assert isinstance(got[-1], Telemetry)
