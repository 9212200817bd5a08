"""How often one address may fail: guessing is made slow, and nobody else is shut out by it."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError

from app.city import City
from app.errors import TooMany
from app.store import limits

log = logging.getLogger(__name__)

FAILURES = 30  # default: an office behind one address has several people who mistype
WINDOW_S = 15 * 60  # default: as long as an account stays locked


def ask(city: City, what: str, ip: str) -> None:
    """Raise TooMany when this address has failed too often in the present window."""
    now = _now(city)
    try:
        failed = limits.hits(city.live.redis, f"{what}:{ip}", now, WINDOW_S)
    except RedisError as why:
        # the account's own lock is in the ledger and still holds
        log.warning("failures by address cannot be read: %s", why)
        return
    if failed >= FAILURES:
        raise TooMany("失败次数过多，请稍后再试。", retry_after_s=WINDOW_S - now % WINDOW_S)


def failed(city: City, what: str, ip: str) -> None:
    """Count a failure of this address."""
    try:
        limits.hit(city.live.redis, f"{what}:{ip}", _now(city), WINDOW_S)
    except RedisError as why:
        log.warning("a failure by address cannot be counted: %s", why)


def _now(city: City) -> int:
    return int(city.now().timestamp())
