"""What the watch judges in a second, and what 50,000 devices cost Redis.

python -m bench.watch [--quick]      what it measures and how: docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil

from app.city import City, open_city
from app.config import load_settings
from app.domain.alerts import judge
from app.domain.kinds import KINDS, Kind
from app.domain.readings import Device, Readings
from app.services import watch
from app.services.watch_post import Post, take_post
from app.store import embedded, keys
from app.store.live import Observed
from bench._machine import machine
from bench._stack import DISTRICT, generated_areas
from bench._watch_rules import RULES, write_rules

DEVICES, QUICK_DEVICES = 50_000, 5_000
ROUNDS, REPEATS = 2, 5
AT_ONCE = 500
OVER = 0.002  # share of readings that reach a limit
NAIVE = 4_000  # readings for the naive loop: it needs a round trip for each
KIND_POOL = [kind for kind in KINDS if kind.code != "gateway"]
JUDGED_TARGET, SNAPSHOT_TARGET_MS = 10_000, 10.0


class Field(NamedTuple):
    """The devices and a deterministic source of chance."""

    devices: list[Device]
    chance: random.Random


def main(argv: list[str] | None = None) -> int:
    """Run it; the last line is one JSON object, the exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bench.watch", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="5,000 devices")
    quick = parser.parse_args(argv).quick
    with _city() as city:
        result = {"machine": machine(), **_measure(city, QUICK_DEVICES if quick else DEVICES)}
    judged = result["judged_per_cpu_second"]["median"]
    snapshot = result["snapshot_ms"]["ours"]
    result["targets"] = {
        "judged": judged >= JUDGED_TARGET,
        "snapshot": snapshot <= SNAPSHOT_TARGET_MS,
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0 if all(result["targets"].values()) else 1


@contextmanager
def _city() -> Iterator[City]:
    """A city with a Redis of its own, the real ledger, and as many rules as the target names."""
    var = Path(tempfile.mkdtemp(prefix="chengyun-watch-"))
    server = embedded.start_redis(var)
    try:
        generated_areas(var / "areas")
        rules = write_rules(var / "rules.yaml")
        url = server.url
        city = open_city(load_settings(var=var, redis_url=url, city=DISTRICT, rules=rules))
        city.ledger.migrate()
        city.live.ensure_groups()
        yield city
    finally:
        server.stop()
        shutil.rmtree(var, ignore_errors=True)


def _measure(city: City, count: int) -> dict[str, Any]:
    empty = _memory(city)
    field = Field(_register(city, count), random.Random(1))
    registered = _memory(city)
    post = take_post(city, 0, "bench")
    assert post is not None
    spoken = _speak(city, field, ROUNDS)
    full = _memory(city)
    rates = [_drain(city, post, field) for _ in range(REPEATS)]
    naive = _naive(city, field)
    return {
        "devices": count,
        "rules": RULES,
        "judged_per_cpu_second": _spread([rate.cpu for rate in rates]),
        "judged_per_second": _spread([rate.wall for rate in rates]),
        "naive_per_cpu_second": round(naive),
        "times_naive": round(statistics.median(rate.cpu for rate in rates) / naive, 1),
        "tick_ms": round(_median_ms(lambda: watch.tick(city, post), 5), 1),
        "alerts_open": len(post.levels()),
        "snapshot_ms": _snapshot(city),
        "bytes_per_device": round((registered - empty) / count),
        "bytes_per_device_that_spoke": round((full - empty) / count),
        "bytes_per_message_in_stream": _per_message(city, spoken),
        "watch_rss_mb": round(psutil.Process().memory_info().rss / 1e6),
    }


def _memory(city: City) -> int:
    """Bytes that Redis uses for its data (not the allocator's slack)."""
    return int(city.live.redis.info("memory")["used_memory_dataset"])


def _register(city: City, count: int) -> list[Device]:
    grids = [area.code for area in city.areas.grids]
    made = []
    for i in range(count):
        kind = KIND_POOL[i % len(KIND_POOL)]
        made.append(
            Device(
                code=f"{kind.code}-{i:06}",
                n=-1,
                kind=kind.code,
                name=f"{kind.name} {i:06}",
                lon=119.9 + (i % 251) * 0.0003,
                lat=31.75 + (i % 199) * 0.0003,
                area=grids[i % len(grids)],
                period_s=kind.period_s,
            )
        )
    known: list[Device] = []
    for start in range(0, count, 1000):
        part = made[start : start + 1000]
        known += city.live.register(part, [(start + i) % len(grids) for i in range(len(part))])
    return known


def _speak(city: City, field: Field, rounds: int) -> int:
    """Every device says something, `rounds` times; returns how many messages that are."""
    now = round(city.now().timestamp() * 1000)
    said = 0
    for turn in range(rounds):
        for start in range(0, len(field.devices), AT_ONCE):
            part = field.devices[start : start + AT_ONCE]
            at = now + turn
            city.live.write([_observed(d, field.chance, at) for d in part], at)
            said += len(part)
    return said


def _observed(device: Device, chance: random.Random, at: int) -> Observed:
    kind = KIND_POOL[int(device.code[-6:]) % len(KIND_POOL)]
    metrics = {m.code: _value(kind, m.code, chance) for m in kind.metrics}
    readings = Readings(device.n, device.code, device.kind, device.area, at, at, metrics)
    return Observed(readings, device.lon, device.lat, 0, metrics[kind.primary.code])


CALM = {
    **{"ch4": 1, "h2s": 0.5, "pressure": 0.3, "depth": 1, "rain_1h": 2, "rain_3h": 5, "level": 3.4},
    **{"load_ratio": 45, "aqi": 60, "leq": 48, "temp": 25, "residual": 80, "tilt": 1},
    **{"battery": 90, "lit_rate": 99.5, "leak": 2, "tpi": 3, "occupancy": 60, "pm10": 50},
    **{"tsp": 200, "load": 55, "forebay": 2},
}


def _value(kind: Kind, metric: str, chance: random.Random) -> float:
    known = next(m for m in kind.metrics if m.code == metric)
    if chance.random() < OVER:
        return known.high
    return CALM.get(metric, max(known.low, 0.0)) * (1 + chance.random() / 50)


class Rate(NamedTuple):
    """Readings per second of processor time and of the clock on the wall."""

    cpu: float
    wall: float


def _drain(city: City, post: Post, field: Field) -> Rate:
    """Judge what waits, as the role does it: batches, and its ledger, memory and states."""
    _speak(city, field, 1)
    post.store.take(600_000)  # nobody is there to prolong the lease
    wall, cpu, done = time.perf_counter(), time.process_time(), 0
    while judged := watch.step(city, post):
        done += judged
    rate = Rate(done / (time.process_time() - cpu), done / (time.perf_counter() - wall))
    city.live.redis.xtrim(keys.readings(0), maxlen=0, approximate=False)
    return rate


def _naive(city: City, field: Field) -> float:
    """The same rules with their memory in Redis, read and written for each reading."""
    redis = city.live.redis
    now = round(city.now().timestamp() * 1000) + 60_000
    part = field.devices[:NAIVE]
    readings = [_observed(d, field.chance, now).reading for d in part]
    rules = {kind.code: city.rules.for_device(kind.code, "", "") for kind in KIND_POOL}
    cpu = time.process_time()
    for one in readings:
        _judge_naively(redis, one, rules[one.kind])
    return len(readings) / (time.process_time() - cpu)


def _judge_naively(redis: Any, readings: Readings, rules: Any) -> None:
    from app.domain.alerts import Memory

    for rule in rules:
        key = f"naive:{readings.device}|{rule.id}"
        raw = redis.get(key)
        known = msgspec.msgpack.decode(raw, type=Memory) if raw else None
        memory, _ = judge(rule, known, readings)
        redis.set(key, msgspec.msgpack.encode(memory))


def _snapshot(city: City) -> dict[str, float]:
    """Reading all devices for a new browser: packed points beside a hash per device."""
    redis = city.live.redis
    codes = [code for code, _ in zip(city.live.devices(), range(DEVICES), strict=False)]
    for start in range(0, len(codes), 1000):
        pipe = redis.pipeline(transaction=False)
        for code in codes[start : start + 1000]:
            pipe.hset(f"naive:{code}", mapping={"lon": 119.9, "lat": 31.7, "v": 1.5, "at": 1})
        pipe.execute()

    def by_hashes() -> None:
        pipe = redis.pipeline(transaction=False)
        for code in codes:
            pipe.hgetall(f"naive:{code}")
        pipe.execute()

    ours = _median_ms(city.live.points, 30)
    hashes = _median_ms(by_hashes, 3)
    return {
        "ours": round(ours, 2),
        "hash_per_device": round(hashes, 1),
        "times": round(hashes / ours),
    }


def _per_message(city: City, spoken: int) -> int:
    """Bytes of the readings stream per entry, measured on entries that nobody has taken yet."""
    stream = keys.readings(0)
    field = Field(list(city.live.devices().values())[:2000], random.Random(2))
    city.live.redis.xtrim(stream, maxlen=0, approximate=False)
    count = _speak(city, field, 1)
    return round(int(city.live.redis.memory_usage(stream, samples=0)) / count)


def _median_ms(work: Callable[[], Any], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _spread(values: list[float]) -> dict[str, int]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered)),
        "low": round(ordered[0]),
        "high": round(ordered[-1]),
    }


if __name__ == "__main__":
    sys.exit(main())
