"""run.py feeds …: trying sources, tokens of other systems, accounts at the broker."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import BadConfiguration, Refused
from app.terminal import say

if TYPE_CHECKING:
    from app.config import Settings
    from app.domain.tokens import Token

LONGEST_DAYS = 3650  # of a token; without an end it has none


def arguments(feeds: argparse.ArgumentParser) -> None:
    """Add the verbs of `run.py feeds`."""
    verbs = feeds.add_subparsers(dest="verb", required=True)
    _try_arguments(verbs.add_parser("try", help="show what a message becomes, or why not"))
    _places_arguments(verbs.add_parser("places", help="hold devices against a survey (CSV)"))
    _token_arguments(verbs.add_parser("token", help="tokens of other systems (webhooks, API)"))
    _drop_arguments(verbs.add_parser("drop", help="a CSV or Excel file by a column mapping"))
    _letters_arguments(verbs.add_parser("letters", help="dead letters: how many, and the newest"))
    _letters_arguments(verbs.add_parser("replay", help="read dead letters again, after the mend"))
    named = verbs.add_parser("accounts", help="mosquitto's passwords, ACL and TLS listener")
    named.add_argument("--out", type=Path, required=True, help="folder of the three files")
    named.add_argument("--renew", action="append", default=[], help="user who gets a new password")


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code."""
    verb = {
        "try": _try,
        "places": _places,
        "token": _token,
        "accounts": _accounts,
        "drop": _drop,
        "letters": _letters,
        "replay": _letters,
    }[args.verb]
    try:
        return verb(settings, args)
    except Refused as why:
        more = "".join(f"\n  {field}: {mend}" for field, mend in why.fields.items())
        sys.stderr.write(f"{why.message}{more}\n")
        return 1


def _try_arguments(trying: argparse.ArgumentParser) -> None:
    trying.add_argument("profile", type=Path, help="the YAML file of sources")
    trying.add_argument("sample", type=Path, help="a file with the payload; - is stdin")
    trying.add_argument("--topic", help="its topic (default: the source's own, wildcards filled)")
    trying.add_argument("--source", help="name of the source, when the file has several")
    trying.add_argument("--survey", type=Path, help="CSV device,lon,lat (WGS-84) to compare with")
    trying.add_argument(
        "--at",
        type=lambda text: datetime.fromisoformat(text).astimezone(UTC),
        help="when it arrived, ISO-8601 (default: now; an old sample is refused as too old)",
    )


def _letters_arguments(letters: argparse.ArgumentParser) -> None:
    letters.add_argument("--source", default="", help="only of this source")
    letters.add_argument("--reason", default="", help="only of this reason")
    letters.add_argument("--text", default="", help="only with this in topic, detail or preview")
    letters.add_argument("--limit", type=int, default=20, help="how many are listed (default: 20)")


def _places_arguments(places: argparse.ArgumentParser) -> None:
    places.add_argument("survey", type=Path, help="CSV with the columns device,lon,lat (WGS-84)")
    places.add_argument("--keep", action="store_true", help="hold later messages against it too")


def _token_arguments(token: argparse.ArgumentParser) -> None:
    steps = token.add_subparsers(dest="step", required=True)
    issue = steps.add_parser("issue", help="a new token; its secret is shown once")
    issue.add_argument("--source", required=True, help="who gets it: a source's name, or a system")
    issue.add_argument(
        "--scope", action="append", help="webhook:<source> (default), open311, read; may repeat"
    )
    issue.add_argument("--per-minute", type=int, help="requests in a minute (default: 600)")
    issue.add_argument("--days", type=_days, help="days until it ends (default: never)")
    steps.add_parser("list", help="all tokens, without their secrets")
    steps.add_parser("revoke", help="end a token at once").add_argument("id")


def _days(text: str) -> float:
    days = float(text)
    if not 0 < days <= LONGEST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is not within 0 to {LONGEST_DAYS} days")
    return days


def _drop_arguments(drop: argparse.ArgumentParser) -> None:
    drop.add_argument("profile", type=Path, help="the YAML file of sources, with a table among it")
    drop.add_argument("file", type=Path, help="CSV (UTF-8, GB18030) or XLSX")
    drop.add_argument("--source", help="name of the source, when the file has several")
    drop.add_argument("--take", action="store_true", help="take it, when no row is bad")
    drop.add_argument(
        "--take-good", action="store_true", help="take the good rows; bad ones become dead letters"
    )


def _try(_: Settings, args: argparse.Namespace) -> int:
    from streams.feeds_try import attempt

    more = {"topic": args.topic, "name": args.source, "at": args.at, "survey": args.survey}
    return attempt(args.profile, args.sample, **more)


def _places(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from streams import placecheck

    for line in placecheck.check(open_city(settings), args.survey, keep=args.keep):
        say(line)
    return 0


def _letters(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from streams import letters_command

    return letters_command.run(open_city(settings), args)


def _drop(settings: Settings, args: argparse.Namespace) -> int:
    from streams.drop import command

    return command.run(settings, args)


def _token(settings: Settings, args: argparse.Namespace) -> int:
    from app.city import open_city
    from app.services import tokens

    if not settings.secret_key:
        raise BadConfiguration(["secret_key: tokens sign with a key that is derived from it"])
    city = open_city(settings)
    if args.step == "issue":
        more = {"per_minute": args.per_minute} if args.per_minute is not None else {}
        ends = city.now() + timedelta(days=args.days) if args.days is not None else None
        scopes = tuple(args.scope or [f"webhook:{args.source}"])
        token, secret = tokens.issue(
            city, None, source=args.source, scopes=scopes, expires=ends, **more
        )
        say(_told(token))
        say(f"secret       {secret}")
        say(f"signing key  {tokens.signing_key(city, token.id)}")
        say("Neither is shown again. Bearer: the secret; signatures: the key.")
        if f"webhook:{args.source}" in scopes:
            _warn_of_unknown(settings, args.source)
    elif args.step == "revoke":
        say(_told(tokens.revoke(city, None, args.id)))
    else:
        for token in tokens.listed(city, None):
            say(_told(token))
    return 0


def _warn_of_unknown(settings: Settings, source: str) -> None:
    """A token may come before its source; a wrong name would never be let in."""
    from streams import sourcefile

    sources = sourcefile.load(settings.sources) if settings.sources else []
    known = {each.name for each in sources}
    if source not in known:
        names = ", ".join(sorted(known)) or "none"
        say(f"note: no source is called {source!r} yet (CHENGYUN_SOURCES has: {names})")


def _told(token: Token) -> str:
    ended = f"revoked {token.revoked_at:%Y-%m-%d %H:%M}" if token.revoked_at else ""
    ends = f"until {token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else "without end"
    used = f"used {token.used_at:%Y-%m-%d %H:%M}" if token.used_at else "never used"
    scopes, often = ",".join(token.scopes), f"{token.per_minute}/min"
    return "  ".join((token.id, token.source, scopes, often, ended or ends, used))


def _accounts(settings: Settings, args: argparse.Namespace) -> int:
    from streams import accounts
    from streams.sourcefile import load

    sources = load(settings.sources) if settings.sources else []
    every = accounts.accounts(sources, settings.mqtt_user or "")
    unknown = sorted(set(args.renew) - {account.user for account in every})
    if unknown:
        raise BadConfiguration([f"--renew {name}: there is no such account" for name in unknown])
    given = accounts.write(args.out, every, args.renew)
    say(f"{args.out}: passwords, acl and border.conf for {len(every)} accounts")
    for user, password in given.items():
        say(f"{user}  {password}")
    if given:
        say("These passwords are not shown again; only their hashes are kept.")
    return 0
