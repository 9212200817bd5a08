"""The Things Stack v3: uplinks are readings, the rest is presence or known."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Rejected
from streams.dialects import Known, thethings
from streams.sources import MetricMap, Source
from tests.streams.fuzzing import NOW, only_rejected, sample, shared

SOURCE = Source(
    name="covers",
    dialect="thethings",
    owner="市政",
    crs="wgs84",
    kind={"dragino/ldds75": "manhole", "covers": "manhole"},
    metrics={"tilt_deg": MetricMap("tilt", unit="deg"), "bat_v": MetricMap("voltage")},
)
AT = 1_795_300_110_401


def topic(what: str = "up") -> str:
    return f"v3/covers/devices/manhole-07/{what}"


def read(name: str, what: str = "up", **more: Any) -> list[Any]:
    body = json.loads(sample("thethings", f"{name}.json")) | more
    return thethings.reader(SOURCE).read(topic(what), json.dumps(body).encode(), NOW)


def uplink(**more: Any) -> dict[str, Any]:
    return json.loads(sample("thethings", "up.json"))["uplink_message"] | more


def test_an_uplink_is_a_reading_and_tells_who_is_alive() -> None:
    gateway, device, reading = read("up")
    assert (gateway.device, gateway.kind, gateway.lon) == ("lxd-roof", "gateway", 119.9533)
    assert device == DeviceStatus(
        device="A84041000181C007",
        kind="manhole",
        at=AT,
        online=True,
        name="manhole-07",
        lon=119.9541,
        lat=31.7712,
        gateway="lxd-roof",
        unit="市政",
        feed="covers",
    )
    assert reading == Telemetry(
        device="A84041000181C007",
        kind="manhole",
        at=AT,
        metrics={"tilt": 17.5, "voltage": 3.04},
        lon=119.9541,
        lat=31.7712,
        message_id="as:up:01KAMJ0000000000000000AS01",
        feed="covers",
    )


def test_nested_values_have_dotted_names() -> None:
    plain = msgspec.structs.replace(SOURCE, metrics={})
    things = thethings.reader(plain).read(topic(), sample("thethings", "up.json"), NOW)
    assert things[-1].metrics == {"bat_v": 3.04, "tilt_deg": 17.5, "water.level_cm": 12, "alarm": 1}


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ({"f_port": 0, "decoded_payload": None}, Known("up:mac")),
        ({"decoded_payload": {"fw": "1.0"}}, Known("up:unmapped")),
        ({"decoded_payload": None, "frm_payload": ""}, Known("up:unmapped")),
    ],
)
def test_frames_without_values_are_known(more: dict[str, Any], known: Known) -> None:
    assert read("up", uplink_message=uplink(**more))[-1] == known


def test_joins_and_places_are_presence() -> None:
    (join,) = read("join", "join")
    assert (join.device, join.online, join.at) == ("A84041000181C007", True, 1_795_299_600_935)
    solved = {"service": "geo", "location": {"latitude": 31.78, "longitude": 119.95}}
    (place,) = read("join", "location/solved", join_accept=None, location_solved=solved)
    assert (place.lon, place.lat) == (119.95, 31.78)


def test_a_join_says_no_model_and_is_known_where_only_models_are_mapped() -> None:
    by_model = msgspec.structs.replace(SOURCE, kind={"dragino/ldds75": "manhole"})
    reader = thethings.reader(by_model)
    assert reader.read(topic("join"), sample("thethings", "join.json"), NOW) == [Known("join")]


def test_messages_about_messages_are_known() -> None:
    assert read("ack", "down/ack") == [Known("downlink_ack")]
    assert read("up", "down/push") == [Known("downlink_command")]
    assert read("up", simulated=True) == [Known("simulated")]
    assert read("join", join_accept=None, service_data={"x": 1}) == [Known("service_data")]
    with pytest.raises(Rejected, match="unknown_message"):
        read("join", join_accept=None)


def test_without_a_formatter_or_a_name_it_is_refused() -> None:
    with pytest.raises(Rejected, match="not_decoded"):
        read("up", uplink_message=uplink(decoded_payload=None))
    ids = {"device_id": "d 1", "application_ids": {"application_id": "covers"}}
    (said,) = read("join", end_device_ids=ids)
    assert said.device.startswith("covers:d_1.")


def test_the_shared_sample_is_understood() -> None:
    message = shared("lorawan/ttn_v3_up_docs.json")
    source = msgspec.structs.replace(SOURCE, kind="manhole")
    message["payload"]["uplink_message"]["decoded_payload"] = {"tilt_deg": 1}
    got = thethings.reader(source).read(
        message["topic"], json.dumps(message["payload"]).encode(), NOW
    )
    assert got[-1].device == "4200000000000000"
    assert got[-1].at == NOW
    assert got[-1].message_id == "as:up:01D2CV8HNGJ57G25BW0FCZNY07"


@pytest.mark.parametrize("name", ["up", "join", "ack"])
def test_only_rejected_comes_out(name: str) -> None:
    only_rejected(lambda: thethings.reader(SOURCE), topic(), [sample("thethings", f"{name}.json")])
