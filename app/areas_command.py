"""run.py areas …: building the area tree of a city, and importing boundaries into it."""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from app.terminal import ended, refuse, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.city import City
    from app.config import Settings
    from app.services.areas import Move, Trial
    from geodata.area import AreaLevel
    from geodata.importing import Finding, Sheet

AWAY = "a store does not answer ({why}); start it, or give --tree-only"
SHOWN = 20  # moves and findings of a kind that are listed on the screen


def arguments(areas: argparse.ArgumentParser) -> None:
    """Add the verbs of `run.py areas`."""
    verbs = areas.add_subparsers(dest="verb", required=True)
    build = verbs.add_parser("build", help="build a city's area tree and say what is in it")
    build.add_argument("--city", help="six-digit code of a district or city (default: the city's)")
    _import_arguments(verbs.add_parser("import", help="try boundaries; with --take, swap them in"))


def _import_arguments(drawn: argparse.ArgumentParser) -> None:
    add_reading(drawn)
    drawn.add_argument("--level", required=True, help="district, street, community or grid")
    drawn.add_argument("--take", action="store_true", help="swap the tree and move what is open")
    drawn.add_argument(
        "--tree-only", action="store_true", help="no store is asked: before a city's first start"
    )
    drawn.add_argument("--moves", type=Path, help="write everything that moves to this CSV file")


def add_reading(drawn: argparse.ArgumentParser) -> None:
    """Add the options of reading boundaries from a file."""
    drawn.add_argument("file", type=Path, help="GeoJSON, Shapefile, GeoPackage or KML")
    drawn.add_argument(
        "--crs", default="", help="wgs84, cgcs2000, gcj02, bd09 or epsg:N (default: as the file)"
    )
    drawn.add_argument("--code-field", default="code", help="field of the code (default: code)")
    drawn.add_argument("--name-field", default="name", help="field of the name (default: name)")
    drawn.add_argument("--layer", default="", help="layer, where the file has several")
    drawn.add_argument("--encoding", default="", help="of a Shapefile (default: .cpg, UTF-8, GBK)")


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code: 0 fine, 1 refused or faults, 2 wrong options."""
    verb = {"build": _build, "import": _import}[args.verb]
    return ended(lambda: verb(settings, args), AWAY)


def _build(settings: Settings, args: argparse.Namespace) -> int:
    from geodata.areas import open_areas

    code = args.city or settings.city
    began = time.perf_counter()
    tree = open_areas(code, settings.var / "areas")
    took = time.perf_counter() - began
    every = Counter((area.level.value, area.schematic) for area in tree.under(tree.city.code))
    say(f"{tree.city.code} {tree.city.name}, shown: {tree.home.code} {tree.home.name}")
    for (level, schematic), count in every.items():
        say(f"  {count:>6} {level}{' (示意, generated)' if schematic else ''}")
    say(f"  {took:.2f} s, fingerprint {tree.fingerprint}")
    return 0


def sheet_of(args: argparse.Namespace, level: AreaLevel | None) -> Sheet:
    """Read the file that the options of `add_reading` name."""
    from geodata.importing import read_sheet

    return read_sheet(
        args.file,
        level,
        crs=args.crs,
        code_field=args.code_field,
        name_field=args.name_field,
        layer=args.layer,
        encoding=args.encoding,
    )


def _import(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from app.services import areas

    level = areas.level_of(args.level)
    sheet = sheet_of(args, level)
    city = open_city(settings)
    trial = areas.attempt(city, args.file, level, sheet, stores=not args.tree_only)
    _report(sheet, trial, args)
    if trial.faults:
        return refuse(f"{len(trial.faults)} faults: mend the file, nothing can be taken", 1)
    if not args.take:
        say("dry run: nothing was changed; --take swaps the tree")
        return 0
    return _take(city, trial, args)


def _take(city: City, trial: Trial, args: argparse.Namespace) -> int:
    from app.services import areas

    if args.tree_only:
        areas.put(city, trial)
        say("taken; devices and open cases move when ingest starts")
        return 0
    moved = areas.take(city, trial, "cli")
    _list(moved, args.moves)
    say(f"taken: {len(moved)} moved; roles that run start again with the new tree within seconds")
    return 0


def _report(sheet: Sheet, trial: Trial, args: argparse.Namespace) -> None:
    from app.services import areas

    taken = trial.taken
    say(f"{taken.file}: {taken.count} of {len(sheet.drawn)} areas fit, coordinates {taken.crs}")
    findings(trial.findings)
    far = areas.changed(trial.moves, taken.level)
    say(f"{len(trial.moves)} devices and open things change their area:")
    for what in areas.WHATS:
        all_, over = (sum(m.what == what for m in moves) for moves in (trial.moves, far))
        say(f"  {all_:>6} {what}s, {over} of them to another {taken.level.value}")
    for move in far[:SHOWN]:
        say(f"    {move.what} {move.id}: {move.before or '-'} → {move.after or 'outside'}")
    if not args.take:
        _list(trial.moves, args.moves)
    for who, code in trial.adrift[:SHOWN]:
        say(f"  people: {who} has the area {code}, which goes; change it by hand")


def findings(found: Sequence[Finding]) -> None:
    """List findings, faults first, at most SHOWN of a kind."""
    counts: Counter[str] = Counter()
    for finding in sorted(found, key=lambda each: not each.fault):
        counts[finding.kind] += 1
        if counts[finding.kind] <= SHOWN:
            word = "FAULT" if finding.fault else "note "
            say(f"  {word} {finding.kind:<9} {finding.code}: {finding.detail}")
    for kind, count in counts.items():
        if count > SHOWN:
            say(f"        … {count - SHOWN} more of {kind}")


def _list(moves: Sequence[Move], file: Path | None) -> None:
    if file is None:
        return
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("what", "id", "before", "after"))
        rows.writerows((m.what, m.id, m.before, m.after) for m in moves)
