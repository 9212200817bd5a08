"""One device's month out of 1 to 100 million readings: how the cost grows, beside small files.

python -m bench.history [--quick]      what it measures and how: docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.readings import Readings
from app.store import history_curves, history_query
from app.store.history import History
from bench._history_city import DAY_MS, DAYS, FIRST, FLUSH, City, put_naively, put_parts
from bench._machine import machine

SIZES, QUICK_SIZES = (1, 10, 100), (1, 5)  # million readings
ASKED = 9  # devices a question; the median counts
LIMIT_S = 1.0  # issue 3, item 12
FREE_FACTOR = 100  # bytes of free disk a reading, parts and naive files included
OURS, NAIVE = "ours", "small-files"
END = FIRST + DAYS * DAY_MS - 1
WEEK = END - 7 * DAY_MS + 1
Figures = dict[str, float]


def main(argv: list[str] | None = None) -> int:
    """Measure; the last line is the JSON object, the exit code 1 when the limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1 and 5 million, under a minute")
    parser.add_argument("--millions", type=int, nargs="+", help="other sizes")
    args = parser.parse_args(argv)
    districts = 2 if args.quick else 7
    sizes = args.millions or (QUICK_SIZES if args.quick else SIZES)
    os.nice(5)
    result: dict[str, Any] = {"bench": "history", "machine": machine()}
    with tempfile.TemporaryDirectory(prefix="chengyun-history-") as folder:
        free = shutil.disk_usage(folder).free
        if free < max(sizes) * 1_000_000 * FREE_FACTOR:
            say(f"{free / 1e9:.0f} GB of disk are not enough for {max(sizes)} million readings")
            return 2
        found = {f"{size}m": measure(Path(folder), size, districts) for size in sizes}
    result["machine"]["load_after"] = round(os.getloadavg()[0], 1)
    result |= summary(found)
    table(found)
    print(json.dumps(result, ensure_ascii=False))
    return 0 if result["ours"]["worst_month_s"] < LIMIT_S else 1


def measure(folder: Path, millions: int, districts: int) -> dict[str, Figures]:
    """Build both layouts of so many readings, ask them, and throw them away."""
    city = City(millions * 1_000_000, districts)
    history, naive = History(folder / OURS), folder / NAIVE
    naive.mkdir()
    built = build(city, history)
    rate = built["upkeep_a_second"]
    say(f"{millions} million: {city.count} devices, ours built, {rate:.0f} a second")
    for day in range(DAYS):
        put_naively(city, naive, day)
    ours = built | sizes_of(history, built["readings"]) | ask_ours(city, history)
    theirs = ask_naively(city, naive) | {"files": float(len(list(naive.iterdir())))}
    theirs["bytes_a_reading"] = size(naive) / built["readings"]
    say(f"  minute's device, month: {ours['month_s']:.3f} s, small files {theirs['month_s']:.3f} s")
    for each in (history.path, naive):
        shutil.rmtree(each)
    return {OURS: ours, NAIVE: theirs}


def build(city: City, history: History) -> Figures:
    """Day by day what the archive does: parts (made with pyarrow here), merge, close, tables."""
    spent: Figures = {"merge_s": 0.0, "close_s": 0.0, "tables_s": 0.0}
    rows = 0
    for day in range(DAYS):
        rows += put_parts(city, history.path, day)
        since, until = FIRST + day * DAY_MS, FIRST + (day + 1) * DAY_MS
        steps: dict[str, Callable[[], object]] = {
            "merge_s": lambda since=since: history.compact(since),  # type: ignore[misc]
            "close_s": lambda since=since, until=until: history.close(until, since),  # type: ignore[misc]
            "tables_s": lambda since=since: history.build(since),  # type: ignore[misc]
        }
        for name, step in steps.items():
            spent[name] += timed(step)[0]
    upkeep = sum(spent.values())
    return {
        "readings": rows,
        "upkeep_a_second": rows / upkeep,
        "written_a_second": write_rate(),
    } | spent


def write_rate() -> float:
    """Readings a second of History.write itself: a flush of 50,000, as the archive calls it."""
    batch = [
        (
            f"{i}-0",
            Readings(
                i, f"G{i % 5000}", "gas", "320404001001001", FIRST + i, FIRST + i, {"ch4": 1.5}
            ),
        )
        for i in range(FLUSH)
    ]
    with tempfile.TemporaryDirectory(prefix="chengyun-history-") as folder:
        spent, _ = timed(lambda: History(Path(folder)).write(batch))
    return FLUSH / spent


def sizes_of(history: History, readings: float) -> Figures:
    """Bytes a reading of the readings and of each table, and how many files a month is."""
    files = history.files(FIRST, END)
    found = {"files": float(len(files))}
    found["bytes_a_reading"] = sum(f.stat().st_size for f in files) / readings
    for level in ("minute", "hour", "daily"):
        found[f"{level}_bytes_a_reading"] = size(history.path / level) / readings
    return found


def ask_ours(city: City, history: History) -> Figures:
    """Seconds of each question, medians over devices."""

    def month(device: str, metric: str, area: str) -> list[Any]:
        return history.curve(device, metric, FIRST, END, area)

    def anywhere(device: str, metric: str, _: str) -> list[Any]:
        return history.curve(device, metric, FIRST, END)

    def chart(device: str, metric: str, area: str) -> list[Any]:
        return history.envelope(device, metric, FIRST, END, 3_600_000, area)

    def week(device: str, metric: str, area: str) -> list[Any]:
        return history.curve(device, metric, WEEK, END, area)

    def week_chart(device: str, metric: str, area: str) -> list[Any]:
        return history.envelope(device, metric, WEEK, END, 900_000, area)

    for file in history.path.rglob("*.parquet"):
        forget(file)
    cold, _ = timed(lambda: month(*one(city, "gas", 3)))
    return {
        "month_s": median(city, "gas", month, 44_640),
        "month_cold_s": cold,
        "month_slow_device_s": median(city, "manhole", month, 744),
        "month_any_district_s": median(city, "gas", anywhere, 44_640),
        "month_chart_s": median(city, "gas", chart, 744),
        "week_chart_s": median(city, "gas", week_chart, 672),
        "week_readings_s": median(city, "gas", week, 10_080),
    }


def ask_naively(city: City, folder: Path) -> Figures:
    """The same question to the small files."""
    source = f"read_parquet('{folder}/*.parquet')"
    question = history_curves.CURVE.format(source=source)

    def month(device: str, metric: str, _: str) -> list[Any]:
        asked = {"device": device, "metric": metric, "since": FIRST / 1000, "until": END / 1000}
        return history_query.ask(question, asked)

    return {
        "month_s": median(city, "gas", month, 44_640, 3),
        "month_slow_device_s": median(city, "manhole", month, 744, 3),
    }


def median(
    city: City, kind: str, ask: Callable[..., Sequence[Any]], expected: int, times: int = ASKED
) -> float:
    """Median seconds over devices spread over the city; an answer of another length is a fault."""
    spent = []
    for turn in range(times):
        seconds, answer = timed(lambda turn=turn: ask(*one(city, kind, turn)))  # type: ignore[misc]
        if len(answer) != expected:
            raise SystemExit(f"{ask.__name__}: {len(answer)} rows instead of {expected}")
        spent.append(seconds)
    return statistics.median(spent)


def one(city: City, kind: str, turn: int) -> tuple[str, str, str]:
    """A device of a kind: code, metric, area."""
    mine = city.of_kind(kind)
    n = int(mine[np.random.default_rng(turn).integers(len(mine))])
    return city.codes[n].as_py(), city.metrics[n].as_py(), city.areas[n].as_py()


def summary(found: dict[str, dict[str, Figures]]) -> dict[str, Any]:
    """The largest size's figures, the growth from the smallest on, and how far ahead."""
    first, last = list(found)[0], list(found)[-1]
    ours, naive = found[last][OURS], found[last][NAIVE]
    months = [ours[name] for name in ("month_s", "month_cold_s", "month_any_district_s")]
    more = ours["readings"] / found[first][OURS]["readings"]
    growth = {
        "readings": round(more, 1),
        "month_ours": round(ours["month_s"] / found[first][OURS]["month_s"], 2),
        "month_small_files": round(naive["month_s"] / found[first][NAIVE]["month_s"], 2),
    }
    ratios = {
        name: round(naive[name] / ours[name], 1) for name in ("month_s", "month_slow_device_s")
    }
    return {
        "ours": rounded(ours) | {"worst_month_s": round(max(months), 4)},
        "peers": {NAIVE: rounded(naive)},
        "ratios": {NAIVE: ratios},
        "growth": growth,
        "sizes": {s: {who: rounded(f) for who, f in both.items()} for s, both in found.items()},
    }


def table(found: dict[str, dict[str, Figures]]) -> None:
    """The figures for people."""
    print(f"{'':<28}" + "".join(f"{s:>14}" for s in found))
    for who in (OURS, NAIVE):
        for name in next(iter(found.values()))[who]:
            print(
                f"{who[:5]:<6}{name:<22}"
                + "".join(f"{f[who][name]:>14.3f}" for f in found.values())
            )


def rounded(figures: Figures) -> Figures:
    """Figures as people read them."""
    return {name: round(value, 4) for name, value in figures.items()}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def forget(file: Path) -> None:
    """Let the system drop what it remembers of a file, so that the disk is asked."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def size(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(f.stat().st_size for f in folder.rglob("*.parquet"))


def say(sentence: str) -> None:
    """Progress, beside the result."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
