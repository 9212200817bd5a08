"""From MQTT into Redis: how fast, at what cost and how late, beside three others.

python -m bench.ingest [--quick]      what it measures and how: docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench._ingest_consumers import (
    Consumer,
    Naive,
    NodeRed,
    Ours,
    seconds_of,
    stop,
    wait_started,
)
from bench._ingest_late import delays, newest
from bench._ingest_load import Load, leave_session
from bench._ingest_naive import TOPIC
from bench._ingest_site import Site, mosquitto, site
from bench._machine import machine
from bench._verdict import verdict

OURS, NAIVE, NODE_RED, CEILING = "ours", "naive", "node-red", "mosquitto_sub"
RATES = (1_000, 5_000, 10_000)
AHEAD = 4_000  # messages that a live consumer may be behind its publisher
WARM = 0.25  # of the live seconds: not counted
BEGAN = time.monotonic()
# ours against them: what must be, what we aim at
TARGETS = {
    "drain_naive": (5.0, 5.0),
    "drain_mosquitto_sub": (0.25, 0.6),
    "live_node-red": (1.2, 2.0),
    "cpu_naive": (4.0, 4.0),
}
LATE_TARGET_MS = {"p50": 5.0, "p99": 50.0}


class Plan(NamedTuple):
    """Rounds in which all take turns, messages of a drain, seconds of the rest."""

    rounds: int
    drain: dict[str, int]
    live_s: float
    late_s: float


FULL = Plan(5, {OURS: 100_000, NAIVE: 15_000, NODE_RED: 60_000, CEILING: 200_000}, 6.0, 10.0)
QUICK = Plan(1, {OURS: 40_000, NAIVE: 5_000, NODE_RED: 20_000, CEILING: 100_000}, 2.5, 3.0)


class Figures(defaultdict[str, list[float]]):
    """Samples by the name of their figure."""

    def __init__(self) -> None:
        super().__init__(list)

    def median(self) -> dict[str, float]:
        """The median of each, rounded to three digits or so."""
        found = {name: statistics.median(samples) for name, samples in self.items()}
        return {name: round(v, 2 if v < 100 else 0) for name, v in found.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when every target is met, else see `verdict`."""
    parser = argparse.ArgumentParser(prog="bench.ingest", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round, within 90 s")
    parser.add_argument("--only", default="", help="names with commas, to look at one alone")
    args = parser.parse_args(argv)
    mosquitto()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="chengyun-bench-ingest-") as folder:
        found, missing = measure(Path(folder), QUICK if args.quick else FULL, args.only)
    about["load_after"] = round(os.getloadavg()[0], 1)
    result = summary(found, missing, about)
    table(result)
    code = verdict(result["targets"])
    print(json.dumps(result, ensure_ascii=False))
    return code


def measure(folder: Path, plan: Plan, only: str) -> tuple[dict[str, Figures], dict[str, str]]:
    """All in turn, so that a change of the machine meets everybody; who is missing, and why."""
    found: dict[str, Figures] = defaultdict(Figures)
    missing: dict[str, str] = {}
    consumers = _consumers(folder, only, missing)
    for turn in range(plan.rounds):
        for consumer in consumers:
            _one(consumer, plan, found[consumer.name])
            told = {name: round(values[-1], 1) for name, values in found[consumer.name].items()}
            say(f"round {turn + 1} {consumer.name}: {told}")
        if not only or CEILING in only:
            _ceiling(plan.drain[CEILING], found[CEILING])
            say(f"round {turn + 1} {CEILING}: {found[CEILING]['drain_msg_s'][-1]:.0f}")
    return found, missing


def _consumers(folder: Path, only: str, missing: dict[str, str]) -> list[Consumer]:
    wanted = only.split(",") if only else [OURS, NAIVE, NODE_RED]
    consumers: list[Consumer] = []
    if OURS in wanted:
        consumers.append(Ours(folder))
        say("our ledger knows the devices")
    if NAIVE in wanted:
        consumers.append(Naive())
    if NODE_RED in wanted:
        try:
            consumers.append(NodeRed(folder))
            say("Node-RED is installed")
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as why:
            missing[NODE_RED] = str(why)
            say(f"without Node-RED: {why}")
    return consumers


def _one(consumer: Consumer, plan: Plan, figures: Figures) -> None:
    """Drain, live and, for ours, lateness, with servers of their own."""
    with site(durable=consumer.durable) as where:
        load = Load(where.mqtt_port)
        consumer.leave_session(where)
        load.fill(plan.drain[consumer.name])
        process = consumer.start(where)
        try:
            wait_started(consumer, where, process)
            _drain(consumer, where, process, plan.drain[consumer.name], figures)
            _live(consumer, where, load, plan, figures)
            for rate in RATES if consumer.name == OURS else ():
                _late(where, process, load, rate, plan.late_s, figures)
        finally:
            stop(process)
            load.close()


def _drain(
    consumer: Consumer,
    where: Site,
    process: subprocess.Popen[bytes],
    count: int,
    figures: Figures,
) -> None:
    """From the first look to the last message: messages a second, processor µs per message."""
    began, busy, first = time.perf_counter(), seconds_of(process), consumer.count(where)
    while (now := consumer.count(where)) < count:
        time.sleep(0.005)
        if time.perf_counter() - began > 120:
            raise TimeoutError(f"{consumer.name} stands at {now} of {count}")
    spent = time.perf_counter() - began
    figures["drain_msg_s"].append((count - first) / spent)
    figures["cpu_us"].append((seconds_of(process) - busy) / (count - first) * 1e6)


def _live(consumer: Consumer, where: Site, load: Load, plan: Plan, figures: Figures) -> None:
    """The publisher follows the consumer closely: what goes through in a second."""
    before = consumer.count(where)
    base = load.done.value = before
    load.begin("flood", plan.live_s, AHEAD)
    began = time.perf_counter()
    at_first: tuple[float, int] | None = None
    last = (began, base)
    while time.perf_counter() - began < plan.live_s:
        load.done.value = consumer.count(where)
        last = (time.perf_counter(), load.done.value)
        if at_first is None and last[0] - began > WARM * plan.live_s:
            at_first = last
        time.sleep(0.005)
    assert at_first is not None
    figures["live_msg_s"].append((last[1] - at_first[1]) / (last[0] - at_first[0]))
    sent, _ = load.end()
    while consumer.count(where) < before + sent:
        time.sleep(0.02)


def _late(
    where: Site,
    process: subprocess.Popen[bytes],
    load: Load,
    rate: int,
    seconds: float,
    figures: Figures,
) -> None:
    """How long from the publish until a reader of Redis has it, at a steady rate."""
    busy, last = seconds_of(process), newest(where.redis)
    load.begin("pace", rate, seconds)
    found = delays(where.redis, round(rate * seconds), last)
    count, spent = load.end()
    figures[f"offered_msg_s_{rate}"].append(count / spent)
    figures[f"cpu_us_{rate}"].append((seconds_of(process) - busy) / count * 1e6)
    for name, value in found.items():
        figures[f"{name}_ms_{rate}"].append(value)


def _ceiling(count: int, figures: Figures) -> None:
    """mosquitto_sub drains a stored session into nothing."""
    with site(durable=False) as where:
        load = Load(where.mqtt_port)
        leave_session(where.mqtt_port, CEILING, [TOPIC])
        load.fill(count)
        command = ["mosquitto_sub", "-p", str(where.mqtt_port), "-i", CEILING, "-c", "-q", "1"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            [*command, "-t", TOPIC, "-C", str(count)], stdout=subprocess.DEVNULL, check=True
        )
        spent, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        load.close()
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures["drain_msg_s"].append(count / spent)
    figures["cpu_us"].append(busy / count * 1e6)


def summary(
    found: dict[str, Figures], missing: dict[str, str], about: dict[str, Any]
) -> dict[str, Any]:
    """The one object of the last line."""
    figures = {name: samples.median() for name, samples in found.items()}
    ours = figures.pop(OURS, {})
    ratios = {f"drain_{n}": _times(ours, f, "drain_msg_s") for n, f in figures.items()}
    ratios |= {f"live_{n}": _times(ours, f, "live_msg_s") for n, f in figures.items()}
    ratios |= {f"cpu_{n}": _times(f, ours, "cpu_us") for n, f in figures.items()}
    ratios = {name: ratio for name, ratio in ratios.items() if ratio}
    targets = {n: ratios[n] >= must if n in ratios else None for n, (must, _) in TARGETS.items()}
    aims = {n: ratios[n] >= aim if n in ratios else None for n, (_, aim) in TARGETS.items()}
    for name, limit in LATE_TARGET_MS.items():
        late = ours.get(f"{name}_ms_{RATES[-1]}")
        targets[f"{name}_10000"] = None if late is None else late <= limit
    runs = {
        name: {k: [round(v, 1) for v in vs] for k, vs in f.items()} for name, f in found.items()
    }
    return {
        **{"bench": "ingest", "machine": about, "ours": ours, "peers": figures},
        **{"ratios": ratios, "targets": targets, "aims": aims, "missing": missing, "runs": runs},
    }


def _times(above: dict[str, float], below: dict[str, float], figure: str) -> float:
    if figure not in above or not below.get(figure):
        return 0.0
    return round(above[figure] / below[figure], 2)


def table(result: dict[str, Any]) -> None:
    """Tell a person."""
    print(f"\n{'':<15}{'drain/s':>10}{'live/s':>10}{'CPU µs':>9}")
    for name, f in {OURS: result["ours"], **result["peers"]}.items():
        row = "".join(f"{f.get(k, float('nan')):>10.0f}" for k in ("drain_msg_s", "live_msg_s"))
        print(f"{name:<15}{row}{f.get('cpu_us', float('nan')):>9.1f}")
    for rate in RATES:
        f = result["ours"]
        if f"p50_ms_{rate}" in f:
            late = f"p50 {f[f'p50_ms_{rate}']:g} ms, p99 {f[f'p99_ms_{rate}']:g} ms"
            print(f"ours at {rate}/s: {late}, CPU {f[f'cpu_us_{rate}']:g} µs a message")
    print("ratios: " + ", ".join(f"{n} {r:g}" for n, r in result["ratios"].items()))
    for name, why in result["missing"].items():
        print(f"without {name}: {why}")


def say(sentence: str) -> None:
    """Progress, on stderr: the result alone is on stdout's last line."""
    print(f"{time.monotonic() - BEGAN:5.1f} s  {sentence}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
