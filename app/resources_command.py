"""run.py resources …: taking in teams, supplies, shelters, hazards, protected objects, cameras."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.resources import Sort
from app.terminal import ended, say

if TYPE_CHECKING:
    from app.config import Settings
    from app.services.resources_import import Trial

SHOWN = 20  # faults and changes that are listed on the screen
MOST = 100_000


def arguments(resources: argparse.ArgumentParser) -> None:
    """Add the verbs of `run.py resources`."""
    verbs = resources.add_subparsers(dest="verb", required=True)
    taken = verbs.add_parser("import", help="try a table; with --take, write it to the ledger")
    taken.add_argument("file", type=Path, help="CSV, GeoJSON, Shapefile, GeoPackage or KML")
    taken.add_argument("--sort", required=True, choices=list(map(str, Sort)), help="what they are")
    taken.add_argument("--crs", default="", help="wgs84, cgcs2000, gcj02 or bd09")
    taken.add_argument("--encoding", default="", help="of the text (default: UTF-8, else GB18030)")
    taken.add_argument("--layer", default="", help="layer, where the file has several")
    taken.add_argument("--take", action="store_true", help="write the rows that fit")
    shown = verbs.add_parser("list", help="what the ledger has, one line each")
    shown.add_argument("--sort", choices=list(map(str, Sort)), help="only these")
    shown.add_argument("--area", default="", help="only those of this area")


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code: 0 fine, 1 rows do not fit, 2 the file cannot be read."""
    verb = {"import": _import, "list": _list}[args.verb]
    return ended(lambda: verb(settings, args))


def _import(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from app.services import resources_import
    from geodata.point_table import read_points

    rows = read_points(args.file, crs=args.crs, encoding=args.encoding, layer=args.layer)
    city = open_city(settings)
    trial = resources_import.attempt(city, Sort(args.sort), rows)
    _report(trial, len(rows))
    if not args.take:
        say("dry run: nothing was changed; --take writes the rows that fit")
        return 1 if trial.faults else 0
    taken = resources_import.take(city, trial, "cli")
    say(f"taken: {taken}; the map shows them with its next move")
    return 1 if trial.faults else 0


def _report(trial: Trial, rows: int) -> None:
    say(
        f"{rows} rows of {trial.sort.value}: {len(trial.added)} new, {len(trial.changed)} changed, "
        f"{trial.same} as they are, {len(trial.faults)} do not fit"
    )
    for fault in trial.faults[:SHOWN]:
        say(f"  row {fault.row}: {fault.why}")
    if len(trial.faults) > SHOWN:
        say(f"  … {len(trial.faults) - SHOWN} more rows do not fit")
    for before, after in trial.changed[:SHOWN]:
        names = [n for n in before.__struct_fields__ if getattr(before, n) != getattr(after, n)]
        say(f"  {after.id}: {', '.join(name for name in names if name != 'updated')}")
    if trial.outside:
        say(f"  {trial.outside} lie outside the city: are they given in the system of --crs?")


def _list(settings: Settings, args: argparse.Namespace) -> int:
    from app.domain.resources import what
    from app.store import resources
    from app.store.ledger import Ledger

    sorts = [Sort(args.sort)] if args.sort else list(Sort)
    with Ledger.open(settings.database_url).read() as tx:
        found = resources.listed(tx, args.area, sorts, MOST)
    for one in found:
        place = f"{one.lon:.5f},{one.lat:.5f}"
        cells = (one.sort.value, one.id, one.name, what(one), place, one.area, one.state.value)
        say("\t".join(cells))
    return 0
