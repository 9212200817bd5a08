"""run.py feeds drop: a CSV or Excel file against a mapping; nothing is taken unless it is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.domain import masking
from app.errors import BadConfiguration, Rejected
from app.terminal import say
from streams.drop import runs
from streams.drop.saved import DIALECT
from streams.feeds_try import choose, row, table
from streams.sourcefile import load

if TYPE_CHECKING:
    import argparse

    from app.config import Settings

SHOWN = 5


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Print what the rows become; 0 when all can be (or were) taken, 1 when some cannot."""
    sources = [source for source in load(args.profile) if source.dialect == DIALECT]
    source = choose(sources, None, args.source)
    try:
        content = args.file.read_bytes()
    except OSError as why:
        raise BadConfiguration([f"{args.file}: cannot be read ({why.strerror})"]) from why
    try:
        tried = runs.attempt(content, source, round(datetime.now(UTC).timestamp() * 1000))
    except Rejected as why:
        say(f"REFUSED  {why.reason}: {why.detail}")
        return 1
    _report(tried)
    if args.take_good or (args.take and not tried.bad):
        from app.city import open_city

        n = runs.take(open_city(settings), tried, by=None, good_only=args.take_good)
        say(f"taken: {n} rows; each opens one case, however often it is taken")
        return 0
    if args.take:
        say("nothing taken; mend the rows, or take the good ones with --take-good")
    return 1 if tried.bad else 0


def _report(tried: runs.Tried) -> None:
    say(f"source {tried.source.name}: {len(tried.good)} good rows, {len(tried.bad)} bad")
    if tried.good:
        say(table([row(thing) for _, thing in tried.good[:SHOWN]]))
    for bad in tried.bad:
        say(f"row {bad.row.number}  {bad.reason}  {masking.text(bad.detail)}")
