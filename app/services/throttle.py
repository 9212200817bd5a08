"""How often one address may fail: guessing is made slow, and nobody else is shut out by it."""

from __future__ import annotations

import logging
from ipaddress import IPv6Address, ip_address

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
        failed = limits.hits(city.live.redis, f"{what}:{caller(ip)}", now, WINDOW_S)
    except RedisError as why:
        # the account's own lock is in the ledger and still holds
        log.warning("failures by address cannot be read: %s", why)
        return
    if failed >= FAILURES:
        raise TooMany("失败次数过多，请稍后再试。", retry_after_s=WINDOW_S - now % WINDOW_S)


def failed(city: City, what: str, ip: str) -> None:
    """Count a failure of this address."""
    try:
        limits.hit(city.live.redis, f"{what}:{caller(ip)}", _now(city), WINDOW_S)
    except RedisError as why:
        log.warning("a failure by address cannot be counted: %s", why)


def caller(ip: str) -> str:
    """Who is counted: an IPv4 address, or the /64 that one IPv6 line has for itself (RFC 6177)."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ip  # a Unix socket has none
    if not isinstance(address, IPv6Address):
        return ip
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


def _now(city: City) -> int:
    return int(city.now().timestamp())
