"""What publishers say they have sent."""

from __future__ import annotations

from app.domain.readings import DeviceStatus
from app.services import ingest, strangers
from app.store import statuses
from tests import cast

NOW = 1_795_000_000_000


def says(city, sent: int, at: int, device: str = "P1", kind: str = "publisher", **more) -> None:
    said = DeviceStatus(device=device, kind=kind, at=NOW + at, online=True, sent=sent, **more)
    ingest.status(city, [said], NOW)


def test_counts_are_summed_per_source_and_a_smaller_one_is_a_new_start(city) -> None:
    says(city, 100, 1)
    says(city, 160, 2)
    says(city, 40, 3)
    says(city, 7, 1, "P2", feed="lora")
    says(city, 8, 1, "P3", feed="lora")
    counts = city.live.counts()
    assert (counts["sent:city"], counts["sent:lora"]) == (200, 15)


def test_what_comes_again_or_late_changes_nothing(city) -> None:
    for sent, at in ((100, 5), (100, 5), (60, 2)):
        says(city, sent, at)
    assert city.live.counts()["sent:city"] == 100


def test_a_publisher_is_no_device(city) -> None:
    says(city, 100, 1)
    assert strangers.waiting(city, cast.ADMIN) == []
    assert statuses.everybody(city.live.redis) == {}
    assert city.live.feeds() == {}, "sensors that are silent stay silent"


def test_a_gateway_counts_for_its_devices_and_is_born_as_ever(city) -> None:
    says(city, 100, 1, "GW1", "gateway")
    assert city.live.counts()["sent:city"] == 100
    assert "GW1" in statuses.everybody(city.live.redis)
