"""Unknown devices: noted, adopted by person or rule with their history, or ignored."""

from __future__ import annotations

import pytest

from app.domain.adoption import Adopt
from app.domain.readings import DeviceStatus, Telemetry
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.services import archive, ingest, roster, strangers, views_devices
from app.store import keys
from tests.cast import ADMIN, COMMANDER
from tests.recorded import recorded

HOUR_MS = 3_600_000


def now(city) -> int:
    return int(city.now().timestamp() * 1000)


def speak(city, device: str = "S1", kind: str = "sundial", **more) -> None:
    """One message of a device that nobody knows."""
    given = {"at": now(city), "metrics": {"depth": 12.0}} | more
    ingest.observe(city, [Telemetry(device=device, kind=kind, **given)], now(city))


def waiting(city, **more) -> list[str]:
    return [row["device"] for row in strangers.waiting(city, ADMIN, **more)]


def take(city, device: str = "S1", **more):
    given = {"kind": "waterlogging", "name": "", "lon": 119.93, "lat": 31.78} | more
    return strangers.adopt(city, ADMIN, device, **given)


def archived(city) -> None:
    """All readings so far are in Parquet, and Redis has forgotten the last hours."""
    city.live.ensure_groups()
    shelf = archive.Shelf(0)
    shelf.add(city.live.read("archive", "archive"), 0.0)
    archive.flush(city, shelf)
    city.live.redis.delete(*city.live.redis.keys(keys.recent("*")))


def test_who_is_not_on_the_map_waits_in_the_inbox(city, clock, spot) -> None:
    lon, lat = spot
    speak(city, lon=lon, lat=lat)
    speak(city, "S2", kind="gas", feed="lora", metrics={"ch4": 3.0})
    clock.advance(minutes=30)
    speak(city, metrics={"depth": 14.0})
    first, second = strangers.waiting(city, ADMIN)
    assert first["device"] == "S1"
    assert (first["kind"], first["kind_known"], first["source"]) == ("sundial", False, "city")
    assert (first["lon"], first["lat"]) == (lon, lat)
    assert first["area"] == city.areas.locate_one(lon, lat)
    assert first["place"]
    assert first["metrics"] == {"depth": 14.0}
    assert (first["count"], first["last"] - first["first"]) == (2, HOUR_MS // 2)
    assert first["per_hour"] == 2.0
    assert (second["kind_known"], second["source"], second["lon"]) == (True, "lora", None)
    assert waiting(city, text="LORA") == ["S2"]
    assert waiting(city, limit=1) == ["S1"]


def test_a_birth_tells_its_name_and_a_device_on_the_map_does_not_wait(city) -> None:
    born = DeviceStatus(device="S1", kind="sundial", at=now(city), online=True, name="日晷")
    ingest.status(city, [born], now(city))
    speak(city)
    speak(city, "G1", kind="gas", lon=119.93, lat=31.78)
    (row,) = strangers.waiting(city, ADMIN)
    assert (row["device"], row["name"], row["metrics"]) == ("S1", "日晷", {"depth": 12.0})


def test_the_longest_silent_are_forgotten_when_there_are_too_many(city, clock) -> None:
    few = city.settings.model_copy(update={"strangers_kept": 3})
    object.__setattr__(city, "settings", few)
    for n in range(6):
        clock.advance(seconds=1)
        speak(city, f"S{n}")
    assert waiting(city) == ["S5", "S4", "S3"]
    assert city.live.redis.hlen(keys.STRANGER_COUNTS) == 3


def test_an_adopted_device_has_its_history_from_the_first_message(city, clock) -> None:
    began = now(city)
    for value in (10.0, 20.0, 30.0):
        speak(city, metrics={"depth": value})
        clock.advance(hours=2)
    archived(city)
    device = take(city)
    assert (device.kind, device.name, device.period_s) == ("waterlogging", "道路积水 S1", 30)
    assert device.area == city.areas.locate_one(device.lon, device.lat)
    speak(city, metrics={"depth": 40.0})
    curve = views_devices.curve(city, COMMANDER, "S1", None, 24)
    assert curve["metric"] == "depth"
    assert [value for _, value in curve["points"]] == [10.0, 20.0, 30.0, 40.0]
    assert curve["points"][0][0] == began


def test_one_that_said_its_place_has_its_history_too(city, clock, spot) -> None:
    speak(city, lon=spot[0], lat=spot[1])
    clock.advance(hours=2)
    archived(city)
    take(city, lon=spot[0], lat=spot[1])
    curve = views_devices.curve(city, COMMANDER, "S1", "depth", 24)
    assert [value for _, value in curve["points"]] == [12.0]


def test_after_adoption_it_is_like_any_other(city, kinds_told) -> None:
    speak(city)
    device = take(city, name=" 怀德桥下 ")
    assert waiting(city) == []
    assert device.name == "怀德桥下"
    city.live.redis.delete(keys.readings(0))
    speak(city, at=now(city) + 1, metrics={"depth": 14.0})
    last = city.live.last("S1")
    assert (last.kind, last.n, last.area) == ("waterlogging", device.n, device.area)
    assert last.moved == (device.lon, device.lat)
    speak(city, at=now(city) + 2, metrics={"depth": 9_000.0}, lon=119.94, lat=31.79)
    last = city.live.last("S1")
    assert (last.kind, last.quality) == ("waterlogging", 2)
    moved = city.live.device("S1")
    assert (moved.kind, moved.name, moved.lon) == ("waterlogging", "怀德桥下", 119.94)
    assert waiting(city) == []
    born = DeviceStatus(device="S1", kind="sundial", at=now(city), online=True, period_s=60)
    ingest.status(city, [born], now(city))
    assert city.live.device("S1").period_s == 60
    with city.ledger.read() as tx:
        assert [d.code for d in tx.devices()] == ["S1"]
    (fact,) = city.ledger.facts_after(0)
    assert (fact.kind, fact.who, fact.thing) == ("device.adopted", ADMIN.id, "S1")


def test_another_process_adopts_and_ingest_notices(city) -> None:
    speak(city)
    speak(city, "S2", lon=119.94, lat=31.79)
    cached = dict(roster.of(city))
    assert {place.n for place in cached.values()} == {-1}
    take(city)
    take(city, "S2")
    roster.of(city).update(cached)
    for device in ("S1", "S2"):
        speak(city, device, at=now(city) + 1)
        assert city.live.last(device).n == city.live.device(device).n


@pytest.mark.parametrize(
    ("more", "field"),
    [({"kind": "sundial"}, "kind"), ({"lon": 10.0}, "lon"), ({"kind": "gas"}, None)],
)
def test_kind_and_place_must_fit(city, more, field) -> None:
    speak(city)
    if field is None:
        assert take(city, **more).kind == "gas"
        return
    with pytest.raises(Invalid) as why:
        take(city, **more)
    assert field in why.value.fields
    assert waiting(city) == ["S1"]


def test_a_kind_of_ours_that_it_says_is_not_overruled(city) -> None:
    speak(city, kind="gas")
    with pytest.raises(Invalid) as why:
        take(city)
    assert "燃气监测" in why.value.fields["kind"]
    assert take(city, kind="gas").kind == "gas"


def test_only_who_waits_can_be_adopted_or_ignored(city) -> None:
    with pytest.raises(NotFound):
        take(city)
    with pytest.raises(NotFound):
        strangers.ignore(city, ADMIN, "S1", "x")
    speak(city, "G1", kind="gas", lon=119.93, lat=31.78)
    with pytest.raises(Conflict):
        take(city, "G1")
    speak(city)
    for ask in (
        lambda: strangers.waiting(city, COMMANDER),
        lambda: strangers.ignored(city, COMMANDER),
        lambda: strangers.heed(city, COMMANDER, "S1"),
        lambda: strangers.ignore(city, COMMANDER, "S1", "x"),
        lambda: strangers.adopt(city, COMMANDER, "S1", kind="gas", name="", lon=119.93, lat=31.78),
    ):
        with pytest.raises(NotAllowed):
            ask()


def test_who_is_ignored_is_silent_until_heeded(city, kinds_told) -> None:
    speak(city)
    with pytest.raises(Invalid):
        strangers.ignore(city, ADMIN, "S1", " ")
    strangers.ignore(city, ADMIN, "S1", "测试设备 13800001234")
    speak(city, at=now(city) + 1)
    assert waiting(city) == []
    (row,) = strangers.ignored(city, ADMIN)
    assert (row["device"], row["note"]) == ("S1", "测试设备 138****1234")
    assert len(recorded(city)) == 2
    strangers.heed(city, ADMIN, "S1")
    speak(city, at=now(city) + 2)
    assert waiting(city) == ["S1"]
    assert kinds_told() == ["device.ignored", "device.heeded"]


def test_a_rule_adopts_by_code_with_a_place_of_the_list_or_the_message(city, kinds_told) -> None:
    rule = Adopt(
        "P*", kind="waterlogging", name="{kind}（{device}）", places={"P1": (119.93, 31.78)}
    )
    strangers.teach(city, {"city": [rule], "lora": [Adopt("*", places={"G7": (119.94, 31.79)})]})
    speak(city, "P1")
    speak(city, "P2", lon=119.93, lat=31.79)
    speak(city, "P3")
    speak(city, "Q1", lon=119.93, lat=31.79)
    speak(city, "G7", kind="gas", feed="lora", metrics={"ch4": 1.0})
    speak(city, "G8", kind="sundial", feed="lora")
    assert set(waiting(city)) == {"P3", "Q1", "G8"}
    assert city.live.device("P1").name == "道路积水（P1）"
    assert city.live.device("P2").lat == 31.79
    assert city.live.device("G7").kind == "gas"
    first = city.live.last("P1")
    assert (first.n, first.kind, first.moved) == (0, "waterlogging", (119.93, 31.78))
    assert kinds_told() == ["device.adopted"] * 3


def test_a_rule_adopts_at_birth(city) -> None:
    strangers.teach(city, {"city": [Adopt("P*", kind="gas")]})
    born = DeviceStatus(
        device="P1", kind="x", at=now(city), online=True, name="三号", lon=119.93, lat=31.78
    )
    ingest.status(city, [born, born], now(city))
    assert city.live.device("P1").name == "三号"
    assert waiting(city) == []


def test_a_place_set_by_hand_is_a_reference_and_one_the_device_said_is_none(city, spot) -> None:
    lon, lat = spot
    speak(city)
    speak(city, "S2", lon=lon, lat=lat)
    take(city, lon=lon, lat=lat)
    take(city, "S2", lon=lon, lat=lat)
    assert city.live.references(["S1", "S2"]) == {"S1": (lon, lat)}


def test_the_record_of_an_adoption_tells_of_nobody(city, spot) -> None:
    lon, lat = spot
    speak(city)
    take(city, name="王女士 13812345678", lon=lon, lat=lat)
    with city.ledger.read() as tx:
        (fact,) = tx.trail("S1")
    assert "13812345678" not in str(fact.body)


def test_a_fleet_adopted_by_rule_is_one_transaction(city, spot, monkeypatch) -> None:
    lon, lat = spot
    strangers.teach(city, {"city": [Adopt("F*", kind="waterlogging")]})
    begun = []
    begin = city.ledger.begin
    monkeypatch.setattr(city.ledger, "begin", lambda: (begun.append(1), begin())[1])
    at = now(city)
    fleet = [
        Telemetry(device=f"F{n}", kind="sundial", at=at, metrics={}, lon=lon, lat=lat)
        for n in range(50)
    ]
    ingest.observe(city, fleet, at)
    assert len(begun) == 2, "the devices, and the facts about them"
    assert strangers.waiting(city, ADMIN) == []
