"""Twenty random moments of two hours are what the files and the ledger say, asked by hand."""

from __future__ import annotations

import json
import random

import duckdb
import msgspec
import numpy as np
import pytest

from app.services import archive, replay, replay_devices
from app.services.archive import Shelf
from app.services.replay import NUMBERED
from app.services.watch import step, tick
from app.store import history_files
from tests import cast
from tests.services.watching import post, register, say

MINUTE = 60_000
NEWEST = """
select arg_max(value, "at"), epoch_ms(max("at")) // 1000, arg_max(quality, "at")
from read_parquet('{files}', hive_partitioning = false)
where device = $device and metric = 'ch4' and epoch_ms(arrived) <= $at and quality <> 3
"""


def ms(moment) -> int:
    return round(moment.timestamp() * 1000)


def archived(city) -> None:
    shelf = Shelf(0)
    shelf.add(city.live.read("archive", "archive", count=100_000), 0.0)
    archive.flush(city, shelf)


@pytest.fixture
def lived(city, clock, monkeypatch):
    """Two hours over midnight: gaps, late readings, alerts that came and went, an archive away."""
    monkeypatch.setattr(history_files, "FAN_IN", 3)
    clock.advance(hours=6, minutes=30)  # 15:30 UTC: half an hour to Beijing's midnight
    city.live.ensure_groups()
    devices = register(city, "G1", "G2", "G3", "G4", "G5")
    watch, chance, begun = post(city), random.Random(3), ms(clock.now())
    for minute in range(120):
        for k, device in enumerate(devices):
            clock.advance(seconds=chance.randrange(1, 12))
            if (minute // 10 + k) % 5:  # each is silent for ten minutes of fifty
                level = 60.0 if minute % 30 < 3 and k < 2 else 1.0
                say(city, device, ch4=level + chance.randrange(9))
            if chance.random() < 0.1:
                say(city, device, ago_s=600, ch4=99.0)  # late: never shown
        step(city, watch)
        tick(city, watch)
        if minute % 10 == 9 and not 60 <= minute < 100:  # for forty minutes nothing is archived
            archived(city)
            city.history.compact()
            city.history.arrange(begun)
    return city, devices, begun, ms(clock.now())


def test_the_map_is_as_files_and_ledger_have_it(lived, clock):
    city, devices, begun, ended = lived
    (moved,) = devices[4:]
    other = msgspec.structs.replace(moved, name="搬走了", lon=119.95, lat=31.8)
    city.live.register([other], [0])
    chance = random.Random(5)
    moments = sorted(chance.randrange(begun + 5 * MINUTE, ended) for _ in range(20))
    shown = [of(city, at) for at in moments]  # some of it waits in the stream
    archived(city)
    clock.advance(hours=3)
    replay_devices.desk(city).moments.clear()
    levels = set()
    for at, before in zip(moments, shown, strict=True):
        again = of(city, at)
        assert again == before, "the same from the stream and from the files"
        for device in devices:
            value, when, quality, level = again[device.n]
            assert (value, when, quality) == by_hand(city, device.code, at)
            assert level == by_ledger(city, device.code, at)
            levels.add(level)
    assert len(levels) > 1


def of(city, at) -> dict:
    """By number: value, event time, quality, level."""
    found = np.frombuffer(replay.as_was(city, cast.COMMANDER, at).points, NUMBERED)
    points = {int(one["n"]): one["point"] for one in found}
    names = ("value", "at", "quality", "level")
    return {n: tuple(p[name].item() for name in names) for n, p in points.items()}


def by_hand(city, device, at) -> tuple:
    files = str(city.history.path / "day=*/*/*.parquet")
    question = NEWEST.format(files=files)
    (found,) = duckdb.execute(question, {"device": device, "at": at}).fetchall()
    return found


def by_ledger(city, device, at) -> int:
    """The worst alert that was open: its newest fact by then, whatever has become of it since."""
    newest: dict[str, dict] = {}
    with city.ledger.engine.connect() as raw:
        rows = raw.exec_driver_sql("select at, body from facts order by seq").fetchall()
    for when, body in rows:
        alert = json.loads(body).get("alert")
        if alert and alert["device"] == device and when <= at * 1000:  # µs
            newest[alert["id"]] = alert
    return max((a["level"] for a in newest.values() if a["status"] != "cleared"), default=0)
