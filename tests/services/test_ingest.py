"""The way in: registering, placing, grading, refusing."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
import redis
from PIL import Image

from app.domain.readings import DeviceStatus, Quality, Telemetry, WorkerPosition
from app.domain.reports import HotlineOrder, Report
from app.errors import Unavailable
from app.services import ingest, roster
from app.services.ingest import Filed, Letter
from app.store import keys, points
from app.store.live import Live

PLACE = (119.93, 31.78)
NOW = 1_795_165_200_000


def said(device: str = "G1", at: int = NOW, **more) -> Telemetry:
    given = {"kind": "gas", "metrics": {"ch4": 3.2}} | more
    return Telemetry(device=device, at=at, **given)


def sited(device: str = "G1", at: int = NOW, **more) -> Telemetry:
    return said(device, at, lon=PLACE[0], lat=PLACE[1], **more)


def stored(city) -> list:
    city.live.ensure_groups()
    return [r for _, r in city.live.read("archive", "test")]


def test_a_device_that_says_where_it_is_is_registered(city) -> None:
    assert ingest.observe(city, [sited(), said("X")], NOW).new == 2
    device = city.live.device("G1")
    assert device is not None
    assert device.area == city.areas.locate_one(*PLACE)
    assert (device.name, device.period_s, device.n) == ("燃气监测 G1", 30, 0)
    with city.ledger.read() as tx:
        assert [d.code for d in tx.devices()] == ["G1"]
    known, unknown = stored(city)
    assert (known.n, known.area, known.moved) == (0, device.area, PLACE)
    assert (unknown.n, unknown.area, unknown.moved) == (-1, "", None)
    point = points.unpack(city.live.points())[0]
    assert point["area"] == city.areas.grid_index(device.area)
    assert point["value"] == pytest.approx(3.2)


def test_it_is_located_again_only_when_it_moves(city) -> None:
    ingest.observe(city, [sited()], NOW)
    near = msgspec.structs.replace(sited(at=NOW + 1), lon=PLACE[0] + 0.0001)
    far = msgspec.structs.replace(sited(at=NOW + 2), lon=PLACE[0] + 0.001)
    ingest.observe(city, [near], NOW)
    ingest.observe(city, [far, said(at=NOW + 3)], NOW)
    _, second, third, fourth = stored(city)
    assert second.moved is None
    assert third.moved == (far.lon, far.lat)
    assert fourth.area == third.area
    assert city.live.device("G1").lon == far.lon


def test_an_unknown_kind_stays_in_the_record(city) -> None:
    ingest.observe(city, [sited("S1", kind="sundial"), sited("S1", NOW + 1, kind="sundial")], NOW)
    assert city.live.device("S1") is None
    assert [(r.n, r.area) for r in stored(city)] == [(-1, city.areas.locate_one(*PLACE))] * 2


def test_outside_the_city_there_is_no_area(city) -> None:
    ingest.observe(city, [said(lon=121.47, lat=31.23)], NOW)
    assert stored(city)[0].area == ""
    assert points.unpack(city.live.points())[0]["area"] == points.OUTSIDE


@pytest.mark.parametrize(
    ("metrics", "quality"),
    [
        ({"ch4": 100}, Quality.GOOD),
        ({"ch4": 100.1}, Quality.BAD),
        ({"h2s": -1}, Quality.BAD),
        ({"unheard": 1e9}, Quality.GOOD),
    ],
)
def test_unit_nonsense_is_bad_and_kept(city, metrics, quality) -> None:
    ingest.observe(city, [said(metrics=metrics)], NOW)
    assert stored(city)[0].quality == quality


def test_a_suspect_reading_stays_suspect(city) -> None:
    ingest.observe(city, [said(quality=Quality.SUSPECT)], NOW)
    assert stored(city)[0].quality == Quality.SUSPECT


def test_a_birth_names_the_device_and_keeps_its_number(city) -> None:
    ingest.observe(city, [sited()], NOW)
    birth = DeviceStatus(
        device="G1", kind="gas", at=NOW, online=True, name="1 号井", period_s=60, gateway="GW1"
    )
    unplaced = DeviceStatus(device="G2", kind="gas", at=NOW, online=True)
    ingest.status(city, [birth, unplaced], NOW)
    device = city.live.device("G1")
    assert device is not None
    assert (device.n, device.name, device.period_s, device.gateway) == (0, "1 号井", 60, "GW1")
    assert (device.lon, device.lat) == PLACE
    assert city.live.device("G2") is None
    assert city.live.feeds()["telemetry"] == NOW


def test_an_emptied_redis_knows_the_devices_again(city) -> None:
    ingest.observe(city, [sited("A"), sited("B")], NOW)
    city.live.redis.flushall()
    ingest.begin(city)
    assert set(city.live.devices()) == {"A", "B"}
    ingest.observe(city, [said("B", NOW + 1)], NOW)
    assert city.live.last("B").n == city.live.device("B").n


def test_the_ledger_learns_of_devices_that_only_redis_knows(city) -> None:
    ingest.observe(city, [sited("A")], NOW)
    only_there = msgspec.structs.replace(city.live.device("A"), code="B", n=-1)
    city.live.register([only_there], [0])  # somebody was killed between Redis and ledger
    ingest.begin(city)
    with city.ledger.read() as tx:
        assert {device.code for device in tx.devices()} == {"A", "B"}


def test_reports_and_orders_wait_with_their_photos(city) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    report = Report(
        id="R1",
        channel="mqtt",
        worker="W001",
        at=NOW,
        code="06",
        title="t",
        description="",
        lon=PLACE[0],
        lat=PLACE[1],
    )
    order = HotlineOrder(
        order_no="O1",
        channel="电话",
        at=NOW,
        type="投诉",
        urgency="一般",
        category="",
        title="t",
        content="",
        address="",
        lon=None,
        lat=None,
    )
    ingest.receive(city, [Filed(report, (picture.getvalue(), b"no picture")), order], NOW)
    (_, first), (_, second) = city.live.redis.xrange(keys.REPORTS)
    assert (first[b"t"], second[b"t"]) == (b"report", b"order")
    kept = msgspec.msgpack.decode(first[b"b"], type=Report)
    assert len(kept.photos) == 1
    assert msgspec.msgpack.decode(second[b"b"], type=HotlineOrder) == order
    assert city.live.counts() == {
        "reports": 1,
        "orders": 1,
        "rejected": 1,
        "rejected:bad_photo": 1,
    }


def test_positions_and_refusals(city) -> None:
    ingest.positions(city, [WorkerPosition(worker="W001", at=NOW, lon=120.0, lat=31.5)], NOW)
    assert city.live.workers() == {"W001": (120.0, 31.5, NOW)}
    ingest.reject(city, [Letter("a", b"{", "not_json", "why")], NOW)
    assert city.live.dead_letters()[0].payload == b"{"


def test_a_store_that_is_away_is_unavailable_and_the_cache_is_dropped(city) -> None:
    ingest.observe(city, [sited()], NOW)
    gone = redis.Redis(port=1, socket_connect_timeout=0.1, retry=None)
    away = replace(city, live=Live(gone))
    roster.of(away)["G1"] = roster.NOWHERE
    with pytest.raises(Unavailable):
        ingest.observe(away, [sited()], NOW)
    assert roster.of(away) == {}


@pytest.mark.parametrize(
    "why",
    [
        redis.exceptions.OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        redis.exceptions.NoPermissionError("this user has no permissions"),
        redis.ResponseError("OOM command not allowed, script: 1"),
        OSError(28, "No space left on device"),
    ],
    ids=["memory", "permission", "memory in a script", "disk"],
)
def test_a_store_that_is_full_or_shut_is_waited_for(city, why) -> None:
    with pytest.raises(Unavailable), ingest.answering(city):
        raise why


def test_a_fault_of_ours_is_not_waited_for(city) -> None:
    with pytest.raises(redis.ResponseError), ingest.answering(city):
        raise redis.ResponseError("WRONGTYPE")
