"""run.py check: whether settings, Redis, the ledger and the areas are usable, with the mend."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, ResponseError
from sqlalchemy.exc import SQLAlchemyError

from app.city import open_city
from app.config import Settings
from app.domain.retention import load_retention
from app.errors import BadConfiguration
from app.store.ledger import Ledger
from geodata.areas import open_areas

Finding = tuple[str, bool, str]


def checkup(settings: Settings) -> list[Finding]:
    """Return (name, usable, sentence) for each thing that a role needs."""
    return [
        ("settings", True, f"city {settings.city}, var {settings.var.absolute()}"),
        ("disk", *_disk(settings)),
        ("secret key", *_secret(settings)),
        ("Redis", *_redis(settings)),
        ("ledger", *_ledger(settings)),
        ("areas", *_areas(settings)),
        ("files", *_files(settings)),
        ("retention", *_retention(settings)),
    ]


def _disk(settings: Settings) -> tuple[bool, str]:
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.var).free // 1_000_000
    except OSError as why:
        return False, f"{settings.var}: {why.strerror}; set CHENGYUN_VAR to a writable folder"
    return free > 300, f"{free} MB free" + ("" if free > 300 else "; make room")


def _secret(settings: Settings) -> tuple[bool, str]:
    if settings.secret_key:
        return True, "given"
    return False, "none; set CHENGYUN_SECRET_KEY (openssl rand -hex 32)"


def _redis(settings: Settings) -> tuple[bool, str]:
    try:
        redis = Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=5)
        known = redis.info()
        kept = known.get("aof_enabled") == 1
    except (RedisError, ValueError) as why:
        return False, f"does not answer ({why}); start it or set CHENGYUN_REDIS_URL"
    version = str(known.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < (6, 2):
        return False, f"version {version}; 6.2 or newer is needed"
    if not kept:
        return False, f"version {version}, but appendonly is off: a crash would lose readings"
    if weak := _weak(redis, known):
        return False, f"version {version}, but {weak}; see deploy/redis.conf"
    return True, f"version {version}, append-only file on"


def _weak(redis: Redis, known: Mapping[str, Any]) -> str:
    """What this server does not promise; a hosted one may keep its settings to itself."""
    if known.get("maxmemory") and known.get("maxmemory_policy") != "noeviction":
        return f"maxmemory-policy is {known['maxmemory_policy']}: it forgets readings when full"
    try:
        synced = redis.config_get("appendfsync").get("appendfsync", "always")
    except ResponseError:
        return ""
    late = "what it has answered may not be on the disk"
    return "" if synced == "always" else f"appendfsync is {synced}: {late}"


def _ledger(settings: Settings) -> tuple[bool, str]:
    try:
        ledger = Ledger.open(settings.database_url)
        last = ledger.last_seq()
        broken = ledger.verify()
    except SQLAlchemyError as why:
        first = str(why).splitlines()[0]
        return False, f"{first}; run: python run.py migrate, or mend CHENGYUN_DATABASE_URL"
    if broken is not None:
        return False, f"the chain of facts is broken at {broken}: somebody changed the record"
    return True, f"{last} facts, chain whole"


def _areas(settings: Settings) -> tuple[bool, str]:
    try:
        tree = open_areas(settings.city, settings.var / "areas")
    except (KeyError, ValueError, OSError) as why:
        return False, f"no areas for {settings.city} ({why}); set CHENGYUN_CITY"
    return True, f"{len(tree.grids)} grids, fingerprint {tree.fingerprint[:12]}"


def _files(settings: Settings) -> tuple[bool, str]:
    """What every role reads when it starts: rules, presets of layers, base maps, place names."""
    try:
        city = open_city(settings)
    except BadConfiguration as why:
        return False, "; ".join(why.faults)
    counts = {"rules": city.rules.rules, "presets": city.layers.presets}
    counts |= {"base maps": city.bases, "place names": city.places}
    return True, ", ".join(f"{len(found)} {name}" for name, found in counts.items())


def _retention(settings: Settings) -> tuple[bool, str]:
    try:
        policy = load_retention(settings.retention)
    except BadConfiguration as why:
        return False, "; ".join(why.faults)
    return True, f"readings are kept {policy.days} days, {len(policy.kinds)} kinds differ"
