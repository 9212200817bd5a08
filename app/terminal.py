"""What a command of run.py says at the terminal, and how it ends when something cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Callable

from app.errors import Refused

AWAY = "a store does not answer ({why}); start it"


def say(*lines: str) -> None:
    """Say lines on stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def refuse(sentence: str, code: int) -> int:
    """Say on stderr why something is not done; returns the exit code."""
    sys.stderr.write(f"{sentence}\n")
    return code


def ended(verb: Callable[[], int], away: str = AWAY) -> int:
    """Carry out a verb and return its exit code.

    2: a file that cannot be read or is missing; 1: refused, or a store does not answer, which
    `away` says with {why}.
    """
    from redis.exceptions import RedisError
    from sqlalchemy.exc import SQLAlchemyError

    from geodata.importing import Unreadable
    from geodata.sources import MissingSource

    try:
        return verb()
    except Unreadable as why:
        return refuse(f"{why}" + (f": give {why.wants}" if why.wants else ""), 2)
    except MissingSource as why:
        return refuse(f"{why}", 2)
    except Refused as why:
        more = "".join(f"\n  {field}: {mend}" for field, mend in why.fields.items())
        return refuse(f"{why.message}{more}", 1)
    except (RedisError, SQLAlchemyError) as why:
        return refuse(away.format(why=str(why).splitlines()[0]), 1)
