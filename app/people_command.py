"""run.py people …: the units, workers and accounts of a city; passwords are shown once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.enrolment import Sort
from app.terminal import ended, refuse, say

if TYPE_CHECKING:
    from app.city import City
    from app.config import Settings
    from app.services.enrolling import Trial

SHOWN = 20  # bad rows that are listed on the screen


def arguments(people: argparse.ArgumentParser) -> None:
    """Add the verbs of `run.py people`."""
    verbs = people.add_subparsers(dest="verb", required=True)
    taken = verbs.add_parser("import", help="try a table (CSV); with --take, write it")
    taken.add_argument("file", type=Path, help="CSV in UTF-8 or GBK, see docs/people.md")
    taken.add_argument(
        "--sort", required=True, choices=list(map(str, Sort)), help="what its rows are"
    )
    taken.add_argument("--take", action="store_true", help="write it; passwords are shown once")
    verbs.add_parser("list", help="the accounts, one line each")
    for name, what in {
        "password": "give an account a new password, shown once",
        "shut": "let nobody in with an account, until it gets a password",
    }.items():
        verbs.add_parser(name, help=what).add_argument("user", help="the account")


def run(settings: Settings, args: argparse.Namespace) -> int:
    """Carry out one verb; the exit code: 0 fine, 1 refused or rows that do not fit."""
    from app.city import open_city

    verb = {"import": _import, "list": _list, "password": _password, "shut": _shut}[args.verb]
    return ended(lambda: verb(open_city(settings), args))


def _import(city: City, args: argparse.Namespace) -> int:
    from app.services import enrolling

    trial = enrolling.attempt(city, Sort(args.sort), args.file)
    _report(trial)
    if trial.bad:
        return refuse(f"{len(trial.bad)} bad rows: mend the table, nothing can be taken", 1)
    if not args.take:
        say("dry run: nothing was changed; --take writes it")
        return 0
    passwords = enrolling.take(city, trial, "cli")
    say("taken")
    if passwords:
        say(*(f"{user}\t{word}" for user, word in passwords.items()))
        say("These passwords are not shown again; only their hashes are kept.")
    return 0


def _report(trial: Trial) -> None:
    say(
        f"{trial.file}: {len(trial.added)} new {trial.sort.value}, {len(trial.changed)} changed, "
        f"{trial.same} as they are, {len(trial.bad)} do not fit"
    )
    say(*(f"  row {number}: {why}" for number, why in trial.bad[:SHOWN]))
    if len(trial.bad) > SHOWN:
        say(f"  … {len(trial.bad) - SHOWN} more bad rows")


def _list(city: City, _: argparse.Namespace) -> int:
    with city.ledger.read() as tx:
        for user in tx.users():
            secret = tx.user_secret(user.id)
            state = "open" if secret and secret.password_hash else "shut"
            say("\t".join((user.id, user.name, user.role, user.scope, user.worker or "", state)))
    return 0


def _password(city: City, args: argparse.Namespace) -> int:
    from app.services import enrolling

    word = enrolling.renew(city, args.user, "cli")
    say(f"{args.user}\t{word}", "This password is not shown again; its sessions have ended.")
    return 0


def _shut(city: City, args: argparse.Namespace) -> int:
    from app.services import enrolling

    enrolling.shut(city, args.user, "cli")
    say(f"{args.user} is shut, and its sessions have ended; `people password` opens it again")
    return 0
