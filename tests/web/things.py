"""Things that happen in the tests' city: an alert, its case, a device with a reading."""

from __future__ import annotations

from typing import Any

from app.city import City
from app.domain.alerts import Alert, AlertChange, AlertStep
from app.domain.cases import Case
from app.domain.levels import Level
from app.domain.readings import Device, Readings
from app.services import alerts
from app.store.live import Observed
from tests import cast


def raise_alert(
    city: City, area: str = cast.GRID, level: Level = Level.RED, device: str = "GAS-1"
) -> Alert:
    """A gas alert in a grid; a red one has its case."""
    lon, lat = city.areas.area(area).polygon.representative_point().coords[0]
    change = AlertChange(
        step=AlertStep.RAISE,
        id=f"alert-{device}-{city.new_id()}",
        rule="gas-ch4",
        title="井下甲烷浓度超限",
        device=device,
        device_name="广电路井",
        kind="gas",
        domain="safety",
        area=area,
        lon=lon,
        lat=lat,
        level=level,
        metric="ch4",
        value=58.0,
        threshold=50.0,
        unit="%LEL",
        at=city.now(),
    )
    raised = alerts.raise_(city, change)
    assert raised is not None
    return raised


def open_case(city: City, area: str = cast.GRID, device: str = "GAS-1") -> Case:
    """The case of a red alert."""
    alert = raise_alert(city, area, device=device)
    assert alert.case_id is not None
    with city.ledger.read() as tx:
        return tx.case(alert.case_id)


def put_device(
    city: City, code: str, kind: str = "gas", area: str = cast.GRID, value: float | None = 3.0
) -> Device:
    """A device in a grid; with a value it has spoken just now."""
    lon, lat = city.areas.area(area).polygon.representative_point().coords[0]
    grid = city.areas.grid_index(area)
    device = Device(code=code, n=-1, kind=kind, name=code, lon=lon, lat=lat, area=area, period_s=30)
    known = city.live.register([device], [grid])[0]
    with city.ledger.begin() as tx:
        tx.put_devices([known])
    if value is not None:
        say(city, known, value)
    return known


def say(city: City, device: Device, value: float, quality: int = 0) -> None:
    """A reading of a device's primary metric, taken now."""
    from app.domain.kinds import BY_CODE

    now = int(city.now().timestamp() * 1000)
    metric = BY_CODE[device.kind].primary.code
    reading = Readings(
        n=device.n,
        device=device.code,
        kind=device.kind,
        area=device.area,
        at=now,
        arrived=now,
        metrics={metric: value},
        quality=quality,
    )
    grid = city.areas.grid_index(device.area)
    observed = Observed(reading, device.lon, device.lat, grid, value)
    city.live.write([observed], now)


EVERYWHERE = [119.0, 31.0, 121.0, 33.0]


def look(
    socket: Any, area: str = "320404", box: list[float] = EVERYWHERE, zoom: float = 12, **more: Any
) -> Any:
    """Turn a socket's map somewhere; the server's answer."""
    asked = {"area": area, "box": box, "zoom": zoom, **more}
    return socket.emit("look", asked, callback=True)
