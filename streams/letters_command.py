"""run.py feeds letters | replay: dead letters at the machine, without a browser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from app.city import City
from app.errors import Invalid
from app.services import letters
from app.terminal import say


def run(city: City, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code."""
    return again(city, args) if args.verb == "replay" else listed(city, args)


def listed(city: City, args: argparse.Namespace) -> int:
    """Print the piles, then the newest letters that are meant."""
    for pile in letters.totals(city)["by_source_reason"]:
        say(f"{pile['kept']:>7}  {pile['source']}  {pile['reason']}")
    for row in letters.search(city, None, **_which(args), limit=args.limit):
        at = datetime.fromtimestamp(row["at"] / 1000, UTC)
        tries = f" (refused again {row['tries']} times)" if row["tries"] else ""
        say(f"{at:%Y-%m-%d %H:%M:%S}Z  {row['topic']}  {row['reason']}: {row['detail']}{tries}")
        say(f"    {row['size']} bytes: {row['preview'][:160]}")
    return 0


def again(city: City, args: argparse.Namespace) -> int:
    """Ask for the replay of all letters that are meant; the ingest role carries it out."""
    if not any(_which(args).values()):
        raise Invalid("请用 --source、--reason 或 --text 指明要重放的死信。")
    queued = sum(letters.replay(city, None, ids) for ids in _pages(city, _which(args)))
    say(f"{queued} letters wait for their replay")
    return 0


def _pages(city: City, which: dict[str, Any]) -> Iterator[list[str]]:
    before = ""
    while True:
        rows = letters.search(city, None, **which, before=before, limit=letters.AT_ONCE)
        if not rows:
            return
        yield [row["id"] for row in rows]
        before = rows[-1]["id"]


def _which(args: argparse.Namespace) -> dict[str, Any]:
    return {"source": args.source, "reason": args.reason, "text": args.text}
