"""How many orders does the gazetteer place, at which level, and how often wrongly?

    python -m bench.gazetteer [--quick] [CSV ...]

Made orders are those of our simulator with their coordinates taken away; what they say of their
place is ours, so their figures show that the parts fit, not how a real city's orders do.
CSV files are orders of other cities, so every placement of theirs is a wrong one; their columns are
留言主题 and 留言详情, or title, content and address. Ends with one JSON; the exit code is always 0.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from types import SimpleNamespace
from typing import Any

import msgspec

from app.domain.reports import HotlineOrder
from app.services import places
from bench._stack import DISTRICT, generated_tree
from geodata.areas import AreaTree
from geodata.coordinates import to_wgs84
from geodata.gazetteer import Gazetteer
from geodata.gazetteer_text import CROSSING, ROAD, normal
from streams.simulator.hotline import Hotline

LEVELS = {0: "not", 6: "district", 9: "street", 12: "community", 15: "grid"}
MADE, QUICK_MADE = 3_000, 300


def main(argv: list[str] | None = None) -> int:
    """Print a table for each set of orders, then one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.gazetteer", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_MADE} made orders")
    parser.add_argument("csv", nargs="*", type=Path, help="orders of other cities")
    args = parser.parse_args(argv)
    tree = generated_tree()
    city = SimpleNamespace(areas=tree, settings=SimpleNamespace(city=DISTRICT))
    known = Gazetteer(tree)
    places.gazetteer = lambda _: known  # type: ignore[assignment]
    found = {"simulated": _measured(city, _made(tree, QUICK_MADE if args.quick else MADE))}
    for path in args.csv:
        rows = list(_read(path))
        found[path.name] = _measured(city, ((row, "") for row in rows)) | _named(rows)
    for name, figures in found.items():
        print(name, *(f"  {key}: {value}" for key, value in figures.items()), sep="\n")
    print(json.dumps(found, ensure_ascii=False))
    return 0


def _measured(city: Any, orders: Any) -> dict[str, Any]:
    """Levels, how many are right there (of those whose place is known), and the CPU time of one."""
    levels, right, wrong, points = Counter[str](), Counter[str](), Counter[str](), 0
    began, n = process_time(), 0
    for order, truth in orders:
        placed = places.by_texts(city, order)
        level = LEVELS[len(placed.area) if placed.confidence else 0]
        levels[level] += 1
        points += placed.lon is not None
        if placed.confidence and truth:
            (right if truth.startswith(placed.area) else wrong)[level] += 1
        n += 1
    each = (process_time() - began) / max(n, 1) * 1e6
    return {
        "orders": n,
        "placed": dict(levels),
        "right": dict(right),
        "wrong": dict(wrong),
        "points": points,
        "us_each": round(each),
    }


def _made(tree: AreaTree, count: int) -> Iterator[tuple[HotlineOrder, str]]:
    """Orders of the simulator without their coordinates, and the area these lie in."""
    hotline = Hotline(tree, 7, "20261122", ())
    for n in range(count):
        said = json.loads(hotline.order(1_795_000_000_000 + n, 0.0).payload)
        if "lon" not in said:
            continue
        lon, lat = to_wgs84(said["lon"], said["lat"], said.get("crs", "wgs84"))
        order = _order(said["title"], said["content"], said["address"])
        yield order, tree.locate_one(float(lon), float(lat))


def _read(path: Path) -> Iterator[HotlineOrder]:
    with path.open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            title, told = row.get("留言主题") or row["title"], row.get("留言详情") or row["content"]
            yield _order(title, told, row.get("address", title))


def _named(orders: list[HotlineOrder]) -> dict[str, int]:
    """How many of the texts name what only a city's own place-name file can know."""
    texts = [normal(f"{o.title} {o.content}"[:400]) for o in orders]
    return {
        "name_a_road": sum(bool(ROAD.search(text)) for text in texts),
        "name_a_crossing": sum(bool(CROSSING.search(text)) for text in texts),
        "name_an_estate": sum("小区" in text or "花园" in text or "苑" in text for text in texts),
    }


def _order(title: str, content: str, address: str) -> HotlineOrder:
    blank = dict.fromkeys(("order_no", "channel", "type", "urgency", "category"), "")
    said = {"title": title, "content": content, "address": address}
    return msgspec.convert({**blank, **said, "at": 0, "lon": None, "lat": None}, HotlineOrder)


if __name__ == "__main__":
    sys.exit(main())
