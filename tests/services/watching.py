"""A small city to watch: devices on the map, and readings as ingest would have written them."""

from __future__ import annotations

from collections.abc import Sequence

from app.city import City
from app.domain.alerts import Alert
from app.domain.kinds import BY_CODE
from app.domain.readings import Device, Quality, Readings, Telemetry
from app.services import ingest, registry
from app.services.watch import step, tick
from app.services.watch_post import Post, take_post
from app.store.live import Observed
from app.store.points import unpack
from tests.cast import GRID
from tests.conftest import Clock

PLACE = (119.917, 31.777)
LEASE_MS = 600_000


def register(city: City, *codes: str, kind: str = "gas", **more: object) -> list[Device]:
    """Put devices on the map; `more` are fields of Device (name, period_s, gateway, area)."""
    given = {"name": kind, "area": GRID, "period_s": 30} | more
    devices = [
        Device(code=code, n=-1, kind=kind, lon=PLACE[0], lat=PLACE[1], **given) for code in codes
    ]
    return city.live.register(devices, [0] * len(devices))


def say(
    city: City, device: Device, quality: Quality = Quality.GOOD, ago_s: float = 0, **metrics: float
) -> None:
    """The device says something now, or said it `ago_s` before."""
    say_at_once(city, [device], quality, ago_s, **metrics)


def say_at_once(
    city: City,
    devices: Sequence[Device],
    quality: Quality = Quality.GOOD,
    ago_s: float = 0,
    **metrics: float,
) -> None:
    """Devices of one kind say the same in one batch."""
    now = round(city.now().timestamp() * 1000)
    at = now - round(ago_s * 1000)
    value = metrics.get(BY_CODE[devices[0].kind].primary.code)
    readings = [
        Readings(d.n, d.code, d.kind, d.area, at, now, dict(metrics), quality) for d in devices
    ]
    city.live.write(
        [Observed(r, d.lon, d.lat, 0, value) for r, d in zip(readings, devices, strict=True)], now
    )


def post(city: City, owner: str = "me", partition: int = 0) -> Post:
    """Take over a partition for as long as a test may take: no loop prolongs the lease."""
    taken = take_post(city, partition, owner)
    assert taken is not None
    assert taken.store.take(LEASE_MS)
    return taken


def opened(city: City) -> list[Alert]:
    """The open alerts."""
    with city.ledger.read() as tx:
        return tx.alerts(open=True)


def every(city: City) -> list[Alert]:
    """All alerts that ever were."""
    with city.ledger.read() as tx:
        return tx.alerts()


def point(city: City, device: Device) -> tuple[int, int]:
    """Presence and level as the map shows them."""
    record = unpack(city.live.points())[device.n]
    return int(record["presence"]), int(record["level"])


def pass_by(
    city: City, clock: Clock, seconds: float, *speaking: Device, step_s: float = 10
) -> None:
    """Let time pass while some devices keep speaking (and so keep the feed alive)."""
    for _ in range(round(seconds / step_s)):
        clock.advance(seconds=step_s)
        for device in speaking:
            say(city, device, **{BY_CODE[device.kind].primary.code: 0.0})


class Town:
    """A city that hears its own topics and a source "lora"; each device says a word when told."""

    def __init__(self, city, clock, **declared) -> None:
        self.city, self.clock, self.hearing = city, clock, True
        registry.declare(city, [{"name": "lora", "period_s": 60, **declared}])
        self.own = [("A", "telemetry"), ("B", "telemetry")]
        self.lora = [("L1", "lora"), ("L2", "lora"), ("L3", "lora")]
        self.say(*self.own, *self.lora)
        self.post = post(city)

    def say(self, *devices: tuple[str, str]) -> None:
        at = round(self.clock.at.timestamp() * 1000)
        lon, lat = PLACE
        batch = [
            Telemetry(device=d, kind="gas", at=at, metrics={"ch4": 1.0}, lon=lon, lat=lat, feed=f)
            for d, f in devices
        ]
        ingest.observe(self.city, batch, at)

    def live(self, seconds: float, *devices: tuple[str, str]) -> None:
        for _ in range(round(seconds / 10)):
            self.clock.advance(seconds=10)
            if devices:
                self.say(*devices)
            self.call()

    def call(self) -> None:
        if self.hearing:
            ingest.beat(self.city, "ingest")
        step(self.city, self.post)
        tick(self.city, self.post)

    def restart(self, owner: str = "next") -> None:
        """Another watch takes over."""
        self.post.store.release()
        self.post = post(self.city, owner)

    def shown(self, code: str) -> int:
        device = self.city.live.device(code)
        assert device is not None
        return point(self.city, device)[0]

    def silent(self) -> set[str]:
        return {name for name, flags in self.city.live.flags().items() if "silent" in flags}
