"""A border at which something was refused, and a device that nobody knows."""

from __future__ import annotations

from app.city import City
from app.domain.readings import Telemetry
from app.services import ingest
from app.services.letters import Letter
from tests.cast import START

NOW = int(START.timestamp() * 1000)
EVIL = "<img src=x onerror=alert(1)>"


def refused(city: City, n: int = 3) -> None:
    """Some dead letters of a source, whose topic and payload are hostile."""
    letters = [
        Letter(f"plant/{EVIL}/{i}", b'{"p": "' + EVIL.encode() + b'"}', "not_json", EVIL, "works")
        for i in range(n)
    ]
    ingest.reject(city, letters, NOW)
    counts = {"received:works": n, "said:works": n, "refused:works:not_json": n}
    ingest.count(city, counts, NOW)


def spoken(city: City, code: str = "UFO-7", *, lon: float | None = 119.95) -> None:
    """An unknown device has said something, and where it is."""
    lat = None if lon is None else 31.78
    said = Telemetry(device=code, kind="ufo", at=NOW, metrics={"glow": 4.2}, lon=lon, lat=lat)
    ingest.observe(city, [said], NOW)
