"""run.py components …: importing components (部件), and making some up for a demo."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.terminal import ended, say

if TYPE_CHECKING:
    from app.config import Settings
    from app.services.components_import import Trial

REASONS = {
    "code": "the mark is malformed",
    "kind": "the catalogue has no such kind, or no successor of the old one",
    "state": "no state of the standard (完好, 破损, 丢失, 废弃, 移除)",
    "place": "no place",
    "degrees": "not degrees: wrong --crs?",
    "outside": "outside the city",
    "duplicate": "the mark comes twice; the first row counts",
    "torn": "too few or too many cells in the row",
}
NOTES = {
    "legacy": "old marks of 16 digits, brought to 17",
    "state": "say no state: taken as 完好",
    "elsewhere": "lie in another district than their mark says",
}


def arguments(components: argparse.ArgumentParser) -> None:
    """Add the verbs of `run.py components`."""
    verbs = components.add_subparsers(dest="verb", required=True)
    _import_arguments(verbs.add_parser("import", help="try a file; with --take, swap it in"))
    made = verbs.add_parser("generate", help="made-up components (示意) along made-up streets")
    made.add_argument("count", type=int, help="how many")
    made.add_argument("--out", type=Path, help="write this CSV (WGS-84) and import nothing")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--if-none", action="store_true", help="only where nothing was imported")
    verbs.add_parser("show", help="say what is imported")


def _import_arguments(file: argparse.ArgumentParser) -> None:
    file.add_argument("file", type=Path, help="CSV, XLSX, Shapefile, GeoPackage or GeoJSON")
    file.add_argument(
        "--crs", default="", help="wgs84, cgcs2000, gcj02, bd09 or epsg:N (default: as the file)"
    )
    file.add_argument("--code-field", default="", help="column of the mark (default: GLBJBSM)")
    file.add_argument(
        "--mapping",
        default="",
        help="other columns: GLBJMC=名称,ZGBMMC=部门,x=经度,y=纬度 (default: by their titles)",
    )
    file.add_argument("--layer", default="", help="layer, where the file has several")
    file.add_argument("--encoding", default="", help="of a CSV or Shapefile (default: found out)")
    file.add_argument("--take", action="store_true", help="swap in what fits")


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code: 0 fine, 1 refused, 2 wrong options."""
    verb = {"import": _import, "generate": _generate, "show": _show}[args.verb]
    return ended(lambda: verb(settings, args), "the ledger does not answer ({why})")


def _told(args: argparse.Namespace) -> dict[str, str]:
    """Which columns the user names: word of the standard → column."""
    pairs = [pair.partition("=") for pair in args.mapping.split(",") if pair]
    told = {word.strip(): column.strip() for word, _, column in pairs}
    return told | ({"GLBJBSM": args.code_field} if args.code_field else {})


def _import(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from app.services import components_import
    from geodata.components_file import open_components

    began = time.perf_counter()
    file = open_components(args.file, layer=args.layer, encoding=args.encoding)
    city = open_city(settings)
    trial = components_import.attempt(city, file, args.crs, _told(args))
    _report(trial)
    say(f"  read and checked in {time.perf_counter() - began:.1f} s")
    if not args.take:
        say("dry run: nothing was changed; --take swaps in what fits")
        return 0
    told = components_import.take(city, trial, "cli")
    say(f"taken: {told.rows} components in all, {time.perf_counter() - began:.1f} s")
    return 0


def _report(trial: Trial) -> None:
    tally = trial.tally
    say(
        f"{trial.file}: {len(trial.rows.code)} of {tally.rows} rows fit, "
        f"coordinates {trial.how.crs}: {trial.fresh} new, {trial.known} known and replaced"
    )
    for reason, count in tally.refused.most_common():
        say(f"  FAULT {count:>7} {reason}: {REASONS.get(reason, '')}")
        say(*(f"                  {example}" for example in tally.examples.get(reason, ())))
    for note, count in tally.notes.items():
        if count:
            say(f"  note  {count:>7} {note}: {NOTES.get(note, 'the standard demands it')}")
    say(*(f"  HINT  {hint}" for hint in trial.hints))


def _generate(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from app.services import components_import, components_made
    from geodata.components_file import open_components

    city = open_city(settings)
    if args.if_none and city.components.current():
        return 0
    file = args.out or settings.var / "components-made.csv"
    count = components_made.write(city.areas, args.count, file, args.seed)
    if args.out:
        say(f"{file}: {count} made-up components (示意), WGS-84")
        return 0
    try:
        trial = components_import.attempt(city, open_components(file), "wgs84", {})
    finally:
        file.unlink()
    told = components_import.take(city, trial, "cli")
    say(f"taken: {told.rows} components in all, {count} of them made up (示意)")
    return 0


def _show(settings: Settings, _: argparse.Namespace) -> int:
    from app.store.components import Components

    edition = Components(settings.var / "components").current()
    if edition is None:
        say("no components were imported")
        return 0
    say(f"{edition.told.rows} components, edition {edition.told.name} of {edition.told.at}")
    for file in edition.told.files:
        say(f"  {file['at']}  {file['rows']:>7} rows  {file['crs']:<8} {file['file']}")
    return 0
