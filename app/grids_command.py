"""run.py grids …: unit grids, who answers for responsibility grids, and functional zones."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.areas_command import add_reading, findings, sheet_of
from app.terminal import ended, refuse, say

if TYPE_CHECKING:
    from app.city import City
    from app.config import Settings

SHOWN = 20  # rows of a kind that are listed on the screen


def arguments(grids: argparse.ArgumentParser) -> None:
    """Add the verbs of `run.py grids`."""
    verbs = grids.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="cut the unit grids (单元网格) of the city and keep them")
    units = verbs.add_parser("import", help="try official unit grids; with --take, use them")
    add_reading(units)
    duties = verbs.add_parser("duties", help="try a table of who answers for which grid")
    duties.add_argument("file", type=Path, help="CSV, UTF-8 or GBK (docs/grids.md)")
    zones = verbs.add_parser("zones", help="try functional zones (经开区, 高新区 …)")
    add_reading(zones)
    zones.add_argument("--kind", default="", help="what they are, for example 经开区")
    for each in (units, duties, zones):
        each.add_argument("--take", action="store_true", help="use it; without, nothing changes")
    gone = verbs.add_parser("drop-zones", help="drop functional zones")
    gone.add_argument("codes", nargs="+", help="their codes")


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code: 0 fine, 1 refused or faults, 2 wrong options."""
    from app.city import open_city

    return ended(lambda: VERBS[args.verb](open_city(settings), args))


def _build(city: City, args: argparse.Namespace) -> int:
    from app.services import units

    began = time.perf_counter()
    cut = units.made(city)
    took = time.perf_counter() - began
    say(f"{len(cut)} unit grids of {city.areas.city.name}, {took:.2f} s")
    for what, count in cut.tally().items():
        say(f"  {count:>7} {what}" + (" (示意, generated)" if what != "imported" else ""))
    return 0


def _import(city: City, args: argparse.Namespace) -> int:
    from app.services import units_import
    from geodata.area import AreaLevel

    sheet = sheet_of(args, AreaLevel.GRID)
    trial = units_import.attempt(city, args.file, sheet)
    say(f"{args.file.name}: {trial.taken.count} of {len(sheet.drawn)} unit grids fit")
    findings(trial.findings)
    say(f"{len(trial.after)} unit grids then, {len(trial.before)} now")
    if trial.faults:
        return refuse(f"{len(trial.faults)} faults: mend the file, nothing can be taken", 1)
    if not args.take:
        return _dry()
    units_import.take(city, trial, "cli")
    say("taken; the web role shows them within seconds")
    return 0


def _duties(city: City, args: argparse.Namespace) -> int:
    from app.services import duties

    trial = duties.attempt(city, args.file)
    say(f"{trial.file}: {len(trial.duties)} grids with their people")
    for number, why in trial.bad[:SHOWN]:
        say(f"  FAULT row {number}: {why}")
    if len(trial.bad) > SHOWN:
        say(f"        … {len(trial.bad) - SHOWN} more bad rows")
    if trial.without:
        say(f"  note  {len(trial.without)} grids have nobody, {trial.without[0]} first")
    if trial.bad:
        return refuse(f"{len(trial.bad)} bad rows: mend the table, nothing can be taken", 1)
    if not args.take:
        return _dry()
    duties.take(city, trial, "cli")
    say(f"taken: {len(trial.duties)} grids")
    return 0


def _zones(city: City, args: argparse.Namespace) -> int:
    from app.services import zones

    sheet = sheet_of(args, None)
    trial = zones.attempt(city, sheet, args.kind, f"{args.file.name} {sheet.digest[:12]}")
    say(f"{args.file.name}: {len(trial.zones)} of {len(sheet.drawn)} zones fit")
    findings(trial.findings)
    for zone in trial.gone:
        say(f"  note  {zone.code} {zone.name} (示意) goes")
    if trial.faults:
        return refuse(f"{len(trial.faults)} faults: mend the file, nothing can be taken", 1)
    if not args.take:
        return _dry()
    zones.take(city, trial, "cli")
    say(f"taken: {len(trial.zones)} zones")
    return 0


def _drop_zones(city: City, args: argparse.Namespace) -> int:
    from app.services import zones

    say(f"{zones.drop(city, args.codes, 'cli')} zones dropped")
    return 0


def _dry() -> int:
    say("dry run: nothing was changed; --take uses it")
    return 0


VERBS = {
    "build": _build,
    "import": _import,
    "duties": _duties,
    "zones": _zones,
    "drop-zones": _drop_zones,
}
