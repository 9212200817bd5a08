"""ChirpStack v4: uplinks are readings, the rest is presence or known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from streams.dialects import Known, chirpstack
from streams.feeds_try import filled
from streams.sources import MetricMap, Source
from tests.streams.fuzzing import NOW, only_rejected, sample, shared

SOURCE = Source(
    name="lora",
    dialect="chirpstack",
    owner="市政",
    crs="wgs84",
    kind={"EM310-UDL": "waterlogging", "Test device-profile": "smoke"},
    period_s=600,
    metrics={
        "distance": MetricMap("depth", unit="mm", scale=-1, offset=1500),
        "battery": MetricMap("battery"),
    },
)
EUI = "24e124713c140001"


def topic(what: str, eui: str = EUI) -> str:
    return f"application/aa52d4ee-1c1f-4f0b-9f43-5d0b6f2a7002/device/{eui}/event/{what}"


def read(what: str, **more: Any) -> list[Any]:
    body = json.loads(sample("chirpstack", f"{what}.json")) | more
    return chirpstack.reader(SOURCE).read(topic(what), json.dumps(body).encode(), NOW)


def test_an_uplink_is_a_reading_and_tells_who_is_alive() -> None:
    first, second, device, reading = read("up")
    at = 1_795_300_110_120
    assert first == DeviceStatus(
        device="24e124fffef00001",
        kind="gateway",
        at=at,
        online=True,
        lon=119.9471,
        lat=31.7785,
        period_s=600,
        unit="市政",
        feed="lora",
    )
    assert (second.device, second.lon) == ("24e124fffef00002", None)
    assert device == DeviceStatus(
        device=EUI,
        kind="waterlogging",
        at=at,
        online=True,
        name="怀德桥下穿积水 1",
        lon=119.95,
        lat=31.78,
        period_s=600,
        gateway="24e124fffef00002",
        unit="市政",
        feed="lora",
    )
    assert reading == Telemetry(
        device=EUI,
        kind="waterlogging",
        at=at,
        metrics={"depth": 12.0, "battery": 92.0},
        lon=119.95,
        lat=31.78,
        message_id="6f0e1c9a-5a0e-4a53-9d6e-0c5f7a3be101",
        feed="lora",
    )


def test_births_are_told_once_and_the_gateway_is_kept_while_it_hears_the_device() -> None:
    reader = chirpstack.reader(SOURCE)
    body = json.loads(sample("chirpstack", "up.json"))
    reader.read(topic("up"), json.dumps(body).encode(), NOW)
    body["rxInfo"][0]["rssi"] = -20
    again = reader.read(topic("up"), json.dumps(body).encode(), NOW)
    assert [type(thing) for thing in again] == [Telemetry]
    del body["rxInfo"][1]
    moved = reader.read(topic("up"), json.dumps(body).encode(), NOW)
    assert moved[0].gateway == "24e124fffef00001"


def test_a_gateway_in_a_wrong_place_takes_no_reading_along() -> None:
    swapped = {"gatewayId": "g", "location": {"latitude": 119.95, "longitude": 31.78}}
    wrong, gateway, device, reading = read("up", rxInfo=[swapped])
    assert (wrong.reason, gateway.device, gateway.lon) == ("swapped_lonlat", "g", None)
    assert (device.gateway, device.lon, reading.lon) == ("g", 119.95, 119.95)


def test_empty_tags_are_no_place() -> None:
    about = json.loads(sample("chirpstack", "up.json"))["deviceInfo"] | {
        "tags": {"lon": "", "lat": ""}
    }
    assert read("up", deviceInfo=about)[-1].lon is None


@pytest.mark.parametrize(
    ("more", "what"),
    [({"fPort": 0}, "up:mac"), ({"object": {"version": "1.2"}}, "up:unmapped")],
)
def test_frames_without_values_are_known(more: dict[str, Any], what: str) -> None:
    assert read("up", **more)[-1] == Known(what)


def test_null_is_no_value_and_a_wrong_one_is_refused_alone() -> None:
    reading = read("up", object={"distance": 1200, "battery": None})[-1]
    assert read("up", object={"distance": 1200, "battery": ""})[-1].metrics == reading.metrics
    assert reading.metrics == {"depth": 30.0}
    assert read("up", object={"distance": None})[-1] == Known("up:unmapped")
    *_, part, wrong = read("up", object={"distance": 1200, "battery": "read error"})
    assert part.metrics == {"depth": 30.0}
    assert (wrong.reason, wrong.detail) == ("wrong_field", "battery 'read error' is no number")
    # the letter, mended and replayed, says the whole: it is no repetition of this part
    assert part.message_id is None
    assert reading.message_id
    with pytest.raises(Rejected, match="wrong_field"):
        read("up", object={"battery": "read error"})


def test_an_uplink_that_nobody_decoded_is_refused_with_the_mend() -> None:
    with pytest.raises(Rejected, match="not_decoded: no object: give the device profile a codec"):
        read("up", object=None)


def test_status_join_and_location_are_presence() -> None:
    device, battery = read("status")
    assert device.online
    assert battery.metrics == {"battery": 91.5}
    assert [type(t) for t in read("status", batteryLevelUnavailable=True)] == [DeviceStatus]
    (join,) = read("join")
    assert (join.device, join.online, join.kind) == (EUI, True, "waterlogging")
    (place,) = read("location")
    assert (place.lon, place.lat) == (119.951, 31.781)


def test_messages_about_messages_are_known() -> None:
    assert read("log") == [Known("log:error")]
    for what in ("ack", "txack", "integration"):
        got = chirpstack.reader(SOURCE).read(topic(what), sample("chirpstack", "log.json"), NOW)
        assert got == [Known(what)]
    with pytest.raises(Rejected, match="unknown_topic"):
        chirpstack.reader(SOURCE).read(topic("x"), sample("chirpstack", "log.json"), NOW)


def test_a_gateways_own_line_tells_when_it_dies() -> None:
    reader, at = chirpstack.reader(SOURCE), "cn470/gateway/24e124fffef00001/state/conn"
    for state, online in (("ONLINE", True), ("OFFLINE", False)):
        body = json.dumps({"gatewayId": "24e124fffef00001", "state": state}).encode()
        (said,) = reader.read(at, body, NOW)
        assert (said.device, said.kind, said.online) == ("24e124fffef00001", "gateway", online)


def test_an_unknown_profile_is_named() -> None:
    info = {"devEui": EUI, "deviceProfileName": "WS101"}
    with pytest.raises(Rejected, match="unknown_kind: types 'WS101'"):
        read("up", deviceInfo=info)


@pytest.mark.parametrize("what", ["up", "join", "status"])
def test_the_shared_samples_are_understood(what: str) -> None:
    message = shared(f"lorawan/chirpstack_v4_{what}.json")
    reader = chirpstack.reader(SOURCE)
    payload = json.dumps(message["payload"]).encode()
    late = 1_658_136_900_000
    if what == "up":  # it has no codec
        with pytest.raises(Rejected, match="not_decoded"):
            reader.read(message["topic"], payload, late)
        return
    things = reader.read(message["topic"], payload, late)
    assert things[0].device == "0101010101010101"
    assert things[0].kind == "smoke"


@pytest.mark.parametrize("what", ["up", "status", "join", "location", "log"])
def test_only_rejected_comes_out(what: str) -> None:
    own = sample("chirpstack", f"{what}.json")
    only_rejected(lambda: chirpstack.reader(SOURCE), topic(what), [own])


def test_trying_a_message_needs_no_topic() -> None:
    mine, theirs = ("application/+/device/+/event/+",), ("webhook/lora", "webhook/lora/#")
    assert filled(mine, chirpstack.EVENT) == "application/x/device/x/event/up"
    assert filled(theirs, chirpstack.EVENT) == "webhook/lora/up"
    assert filled(theirs) == "webhook/lora"
