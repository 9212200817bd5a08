"""Several settle the same new tree at once: an import, and each ingest that starts with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from app.domain.readings import Device
from app.services import areas, components_import, roster
from app.store import area_marks
from geodata.area import AreaLevel
from geodata.areas import AreaTree
from geodata.components_file import open_components
from tests.waiting import until


@pytest.fixture
def coarse(city):
    """The city's tree without its finest level."""
    return AreaTree(
        [a for a in city.areas.under("3204") if a.level is not AreaLevel.GRID], "320404"
    )


@pytest.fixture
def device(city):
    """A device somewhere in 五星街道."""
    spot = city.areas.area("320404001").polygon.representative_point()
    area = city.areas.locate_one(spot.x, spot.y)
    what = {"code": "GAS-1", "n": 0, "kind": "gas", "name": "gas 1", "period_s": 30}
    return roster.register(city, [Device(**what, lon=spot.x, lat=spot.y, area=area)])


@pytest.fixture
def parts(city, tmp_path):
    """Components of the city, one in each street of Zhonglou."""
    file = tmp_path / "parts.csv"
    spots = [s.polygon.representative_point() for s in city.areas.children("320404")]
    rows = [f"320404010370{n:05d},完好,{p.x},{p.y}" for n, p in enumerate(spots, 1)]
    file.write_text("\n".join(("GLBJBSM,GLBJZT,lon,lat", *rows, "")))
    trial = components_import.attempt(city, open_components(file), "wgs84", {})
    return components_import.put(city, trial)


@pytest.mark.usefixtures("device", "parts")
def test_an_import_and_every_ingest_may_settle_at_once(city, coarse):
    """All wait for who writes the components, and the first of them does it for all."""
    stop, folder = Event(), city.settings.var / "components"
    with ThreadPoolExecutor(2) as pool:
        with city.components.writing():  # an import of components, for a while
            done = [pool.submit(areas.settle, replace(city, areas=coarse)) for _ in range(2)]
            areas.settle_beside(replace(city, areas=coarse), stop)
            until(lambda: city.live.devices()["GAS-1"].area in coarse)
            assert not any(one.done() for one in done)
            assert area_marks.edition(city.live) != coarse.fingerprint
        assert all(one.result(60) is not None for one in done)
    until(lambda: area_marks.edition(city.live) == coarse.fingerprint)
    stop.set()
    assert city.components.current().told.tree == coarse.fingerprint
    assert len(list(folder.glob("*/edition.json"))) == 2  # the one before, and one of this tree


@pytest.mark.usefixtures("parts")
def test_ingest_settles_again_until_it_can(city, coarse, monkeypatch, caplog):
    """Whatever keeps it from settling, the thread goes on until it has."""
    folder = city.settings.var / "components"
    away = folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    now, stop = replace(city, areas=coarse), Event()
    monkeypatch.setattr(areas, "RETRY_S", 0.02)
    areas.settle_beside(now, stop)
    until(lambda: "cannot be settled yet" in caplog.text)
    folder.unlink()
    away.rename(folder)
    until(lambda: area_marks.edition(city.live) == coarse.fingerprint)
    stop.set()
    assert city.components.current().told.tree == coarse.fingerprint
