"""The fault matrix: what is lost or applied twice when a part of the city is hurt under load.

python -m bench.faults [--quick] [--only NAME]      what each fault does: docs/benchmarks.md

Prints a table, then one JSON object; exit code 1 unless all hit and nothing was lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from redis.exceptions import RedisError

from app.store import embedded
from bench._border import Border, Counted, border
from bench._flow import Flow, Sent
from bench._machine import machine
from bench._stack import until

SMALL_DISK_MB = 400
KILLS = 2
PARTS = (0.2, 0.4, 0.6, 0.8, 1.0)  # of a flow: two of them are hit, one more is missed at most
Hurt = Callable[[Border, Flow, float], int | None]  # how often it hit, where that is chance


class Fault(NamedTuple):
    """One row of the matrix: messages and their rate in the long form, and what is done."""

    name: str
    total: int
    rate: float
    hurt: Hurt
    keeps: bool = True  # the embedded iotcore broker can bear it too
    hits: int = 0  # how often it must have hit at least


def ingest_twice(there: Border, flow: Flow, _: float) -> int:
    """The consumer is killed with -9 twice."""
    return _while_storing(there, flow, "ingest")


def redis_twice(there: Border, flow: Flow, _: float) -> int:
    """Redis is killed with -9 twice; it comes back on its append-only file."""
    return _while_storing(there, flow, "redis")


def _while_storing(there: Border, flow: Flow, name: str) -> int:
    """Kill a process while some of a part of the flow is stored and the rest is not; how often.

    Each part begins when all before it is stored, so who was killed is back at its work.
    """
    hits = 0
    flow.stop_at(PARTS[0])
    for share, more in pairwise(PARTS):
        flow.until(share)
        until(lambda: _now(flow.on_the_way) == 0, 60, f"{name} has stored all there is")
        stored = there.stored()
        flow.stop_at(more)
        until(lambda before=stored: there.stored() > before, 60, f"{name} works", every=0.002)
        if flow.on_the_way() > 0:
            there.end(name)
            hits += 1
        if hits == KILLS:
            break
    flow.stop_at(1)
    return hits


def _now(ask: Callable[[], int]) -> int | None:
    """What Redis says; None while it is away or reads its file."""
    try:
        return ask()
    except RedisError:
        return None


def redis_away(there: Border, flow: Flow, seconds: float) -> None:
    """Redis is stopped and stays away (12 s in the long form)."""
    flow.until(0.3)
    there.end("redis", how=signal.SIGTERM, away_s=seconds * 0.4)


def broker_restarted(there: Border, flow: Flow, _: float) -> None:
    """The broker is stopped and started; publishers store and forward."""
    flow.until(0.4)
    there.end("broker", how=signal.SIGTERM, away_s=1.0)


def archive_between(there: Border, flow: Flow, _: float) -> int:
    """The archive is killed when its file is there and not acknowledged; returns how often.

    To be there in time is chance, so Redis refuses acknowledgements for that moment.
    """
    hits = 0
    flow.until(0.1)
    while flow.share < 0.6:
        with there.no_acknowledgement():
            until(there.written_but_unacknowledged, 60, "a file that is not acknowledged")
            there.end("archive")
            hits += there.written_but_unacknowledged()
        until(lambda: not there.written_but_unacknowledged(), 60, "the archive goes on")
    return hits


def watch_twice(there: Border, flow: Flow, _: float) -> int:
    """The watch is killed with -9 twice when it has read and not acknowledged; returns how often.

    Each time it holds its post and has done all before, and Redis refuses acknowledgements.
    """
    hits, dead = 0, None
    flow.stop_at(0.3)
    for share, more in ((0.3, 0.6), (0.6, 1)):
        flow.until(share)
        until(lambda who=dead: there.watching() not in (None, who), 60, "the watch has its post")
        until(lambda: flow.on_the_way() == 0 and there.done("watch"), 60, "all is judged")
        dead = there.watching()
        with there.no_acknowledgement():
            flow.stop_at(more)
            until(lambda: there.reads("watch"), 60, "the watch reads", every=0.002)
            there.end("watch")
            hits += there.reads("watch")
    return hits


def archive_without_room(there: Border, flow: Flow, seconds: float) -> None:
    """The archive cannot write a byte for a while (30 s in the long form)."""
    flow.until(0.3)
    give_back = there.without_room("archive")
    time.sleep(seconds)
    give_back()


def disk_full(there: Border, flow: Flow, seconds: float) -> None:
    """The file system of everything is full for a while: Redis, ledger, broker, history."""
    flow.until(0.3)
    ballast = there.stack.var / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 1_000_000) == 1_000_000:
                pass
        except OSError:
            pass
    time.sleep(seconds)
    ballast.unlink()


FAULTS = (
    Fault("ingest killed -9 twice, 6,000/s", 90_000, 6_000, ingest_twice, hits=KILLS),
    Fault("ingest killed -9 twice, 25,000/s", 150_000, 25_000, ingest_twice, hits=KILLS),
    Fault("Redis killed -9 twice", 60_000, 6_000, redis_twice, hits=KILLS),
    Fault("Redis away", 60_000, 3_000, redis_away),
    Fault("broker stopped and started", 60_000, 6_000, broker_restarted, keeps=False),
    Fault("archive killed between write and ack", 120_000, 2_000, archive_between, hits=1),
    Fault("watch killed -9 mid-batch, twice", 60_000, 6_000, watch_twice, hits=KILLS),
    Fault("archive without room", 60_000, 3_000, archive_without_room),
    Fault("disk full", 60_000, 2_000, disk_full),
)
LONG_S, SHORT_S = 30.0, 3.0  # how long a fault lasts that lasts
SHORT = 20  # the short form publishes a part of the messages, 1 / SHORT


class Outcome(NamedTuple):
    """A row of the result."""

    fault: str
    sent: Sent
    counted: Counted
    settled_s: float
    hits: int | None
    wanted: int

    @property
    def clean(self) -> bool:
        """Whether it hit where it was meant to, and nothing is lost or applied twice."""
        hit = (self.hits or 0) >= self.wanted
        return hit and self.counted.lost == 0 and self.counted.doubled == 0


def suffer(there: Border, fault: Fault, run: str, *, short: bool) -> Outcome:
    """One fault under load, counted to the end."""
    total = fault.total // SHORT if short else fault.total
    flow = Flow(there, run, total, fault.rate / 2 if short else fault.rate)
    hits = fault.hurt(there, flow, SHORT_S if short else LONG_S)
    sent = flow.done()
    began = time.monotonic()
    counted = there.count(sent)
    return Outcome(fault.name, sent, counted, time.monotonic() - began, hits, fault.hits)


def main(argv: list[str] | None = None) -> int:
    """Run the matrix; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.faults", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a twentieth of the messages")
    parser.add_argument("--only", help="faults whose name contains this")
    args = parser.parse_args(argv)
    chosen = [fault for fault in FAULTS if (args.only or "") in fault.name]
    outcomes, not_run, chain = _all(chosen, short=args.quick)
    _table(outcomes, not_run)
    ok = all(outcome.clean for outcome in outcomes) and chain
    said = {"machine": machine(), "short": args.quick, "ok": ok, "chain_whole": chain}
    rows = [_row(outcome) for outcome in outcomes]
    print(json.dumps({**said, "not_run": not_run, "faults": rows}, ensure_ascii=False))
    return 0 if ok else 1


def _all(chosen: list[Fault], *, short: bool) -> tuple[list[Outcome], dict[str, str], bool]:
    """Every fault in one city after the other; the full disk in a city of its own."""
    not_run = {
        fault.name: "iotcore keeps its sessions in memory only: needs mosquitto"
        for fault in chosen
        if not fault.keeps and not embedded.mosquitto_program()
    }
    usual = [f for f in chosen if f.hurt is not disk_full and f.name not in not_run]
    outcomes, chain = _in_turn(usual, None, short=short)
    for fault in (f for f in chosen if f.hurt is disk_full):
        with _small_disk() as var:
            if var is None:
                not_run[fault.name] = "a file system of its own cannot be mounted: needs root"
                continue
            more, whole = _in_turn([fault], var, short=short)
            outcomes, chain = outcomes + more, chain and whole
    return outcomes, not_run, chain


def _in_turn(faults: list[Fault], var: Path | None, *, short: bool) -> tuple[list[Outcome], bool]:
    outcomes: list[Outcome] = []
    if not faults:
        return outcomes, True
    with border(var, CHENGYUN_ARCHIVE_FLUSH_S="1" if short else "3") as there:
        for i, fault in enumerate(faults):
            outcomes.append(suffer(there, fault, f"R{i}", short=short))
            print(f"{_row(outcomes[-1])}", file=sys.stderr, flush=True)
        return outcomes, there.chain_is_whole()


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    """A folder on a small file system of its own, None where it cannot be mounted."""
    folder = Path(tempfile.mkdtemp(prefix="chengyun-faults-"))
    size = f"size={SMALL_DISK_MB}m"
    mounted = os.geteuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], stderr=subprocess.DEVNULL
    )
    try:
        if mounted:
            (folder / "var").mkdir()
        yield folder / "var" if mounted else None
    finally:
        if mounted:
            subprocess.call(["umount", "-l", str(folder)])
        folder.rmdir()


def _row(outcome: Outcome) -> dict[str, Any]:
    sent, counted = outcome.sent, outcome.counted
    return {
        "fault": outcome.fault,
        "acknowledged": sent.telemetry,
        "rate": round(sent.telemetry / sent.seconds),
        "reports_and_orders": sent.reports + sent.orders,
        "alarms": sent.alarms,
        "in_parquet": counted.stored,
        "lost": counted.lost,
        "doubled": counted.doubled,
        "settled_s": round(outcome.settled_s, 1),
        **({} if outcome.hits is None else {"hits": outcome.hits}),
    }


def _table(outcomes: list[Outcome], not_run: dict[str, str]) -> None:
    print(f"{'fault':<42}{'sent':>8}{'/s':>7}{'told':>6}{'alarms':>7}{'lost':>6}{'twice':>6}")
    for outcome in outcomes:
        row = _row(outcome)
        print(
            f"{row['fault']:<42}{row['acknowledged']:>8}{row['rate']:>7}"
            f"{row['reports_and_orders']:>6}{row['alarms']:>7}{row['lost']:>6}{row['doubled']:>6}"
        )
    for name, why in not_run.items():
        print(f"{name:<42}not run: {why}")


if __name__ == "__main__":
    sys.exit(main())
