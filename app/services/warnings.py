"""Warnings of others become area alerts: one per chain and area, with the colour of its level.

They open no case by themselves, red ones neither: a forecast is nobody's task yet. The wall calls
the duty officer as for any red alert, and he opens the case.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import msgspec

from app.city import City
from app.domain import alert_life
from app.domain import warnings as chains
from app.domain.alerts import Alert, AlertStep
from app.domain.facts import Fact
from app.domain.levels import Level
from app.domain.warnings import RULE, Chain, Warning, Zone
from app.errors import Conflict
from app.store import warnings as kept
from app.store.tx import Tx
from geodata import covering
from geodata.areas import Area

log = logging.getLogger(__name__)

BATCH = 200
ELSEWHERE_KEPT = timedelta(days=30)  # default: longer than any chain of messages is


def take(city: City, warning: Warning) -> list[Alert]:
    """Take a message in: raise, change or clear the alerts of its chain; return what has changed.

    Repeatable, in any order: a message that came before, or is older than what the chain says,
    changes nothing. Raises Conflict when another process takes the same chain at this moment.
    """
    areas = covered(city, warning.zones)
    with city.ledger.begin() as tx:
        changed = settle(city, tx, warning, areas)
    city.feed.publish(city.ledger)
    return changed


def enter(city: City, warning: Warning) -> None:
    """Take a message in and count the one that changes nothing here; the caller publishes."""
    areas = covered(city, warning.zones)  # many shapes take seconds: before the ledger is locked
    with city.ledger.begin() as tx:
        changed = settle(city, tx, warning, areas)
    if not changed:
        what = "repeated" if areas else "elsewhere"
        city.live.count(f"known:{warning.source}:{what}")


def settle(
    city: City, tx: Tx, warning: Warning, areas: tuple[tuple[str, Level], ...]
) -> list[Alert]:
    """The same inside a transaction of the caller, who publishes; `areas` are what is `covered`."""
    known = kept.of_messages(tx, warning.keys)
    if not known:
        after = chains.follow(None, warning, areas, at=city.now())
        assert after is not None  # the first message always speaks
        tx.add(after)
        kept.belong(tx, warning.keys, after.id)
        return _bring(city, tx, None, after)
    return _go_on(city, tx, known, warning, areas)


def _go_on(
    city: City, tx: Tx, known: list[Chain], warning: Warning, areas: tuple[tuple[str, Level], ...]
) -> list[Alert]:
    """A message of chains that are known; several of them become one."""
    chain, merged = chains.merge(known, at=city.now())
    kept.belong(tx, warning.keys, chain.id, [each.id for each in merged])
    after = chains.follow(chain, warning, areas, at=city.now())
    if after is None and not merged:
        return []
    after = kept.keep(tx, after or chain)
    before = {each.id: each for each in known}
    changed = _bring(city, tx, before[after.id], after)
    for each in merged:
        changed += _bring(city, tx, before[each.id], kept.keep(tx, each))
    return changed


def covered(city: City, zones: tuple[Zone, ...]) -> tuple[tuple[str, Level], ...]:
    """The areas of ours that zones warn, with the worst level of each; empty when elsewhere.

    A street may be warned worse than the district around it; of a milder one it is no alert more.
    """
    found: dict[str, tuple[Area, Level]] = {}
    for level in sorted({zone.level for zone in zones}, reverse=True):
        areas = [a for zone in zones if zone.level == level for a in _areas(city, zone)]
        for area in covering.coarsest(city.areas, areas):
            if not any(area.code.startswith(worse.scope) for worse, _ in found.values()):
                found[area.code] = area, level
    return tuple((code, found[code][1]) for code in sorted(found))


def _areas(city: City, zone: Zone) -> list[Area]:
    tree = city.areas
    found = [area for code in zone.codes for area in covering.by_code(tree, code)]
    for points in zone.polygons:
        found += covering.by_shape(tree, covering.ring(points))
    for lon, lat, radius in zone.circles:
        found += covering.by_shape(tree, covering.circle(lon, lat, radius))
    return found + covering.by_names(tree, zone.names)


def expire(city: City) -> int:
    """End the warnings whose time is over, and clear their alerts; return how many ended."""
    now = city.now()
    with city.ledger.read() as tx:
        waiting = kept.due(tx, now, BATCH)
    for chain in waiting:
        _end(city, chain)
    if waiting:
        city.feed.publish(city.ledger)
    return len(waiting)


def _end(city: City, chain: Chain) -> None:
    try:
        with city.ledger.begin() as tx:
            after = chains.run_out(chain, at=city.now())
            if after is not None:
                _bring(city, tx, chain, kept.keep(tx, after))
    except Conflict:
        log.info("the warning %s has a newer message", chain.id)


def forget_elsewhere(city: City) -> int:
    """Drop the ended warnings that never were about us; return how many."""
    with city.ledger.begin() as tx:
        return kept.forget_elsewhere(tx, city.now() - ELSEWHERE_KEPT)


def _bring(city: City, tx: Tx, before: Chain | None, after: Chain) -> list[Alert]:
    """Bring the alerts of a chain to what it says now; return those that have changed."""
    old, new = before.standing if before else {}, after.standing
    changed = [_clear(city, tx, after, area) for area in sorted(old.keys() - new.keys())]
    changed += [_warn(city, tx, after, area) for area in sorted(new)]
    return [alert for alert in changed if alert]


def _warn(city: City, tx: Tx, chain: Chain, area: str) -> Alert | None:
    change = chains.told(chain, AlertStep.RAISE, area, covering.label(city.areas, area))
    current = tx.open_alert(change.device, RULE)
    if current is not None:
        alert, fact = chains.revise(current, change, at=city.now())
        return tx.keep(alert, _with_text(fact, chain))
    if tx.has_alert(change.id):
        return None
    alert, fact = alert_life.raise_(change, at=city.now())
    tx.add(alert)
    tx.record(_with_text(fact, chain))
    return alert


def _clear(city: City, tx: Tx, chain: Chain, area: str) -> Alert | None:
    current = tx.open_alert(chains.device_of(chain.id, area), RULE)
    if current is None:
        return None
    change = chains.told(chain, AlertStep.CLEAR, area, (current.lon, current.lat))
    alert, fact = alert_life.clear(current, change, at=city.now())
    return tx.keep(alert, _with_text(fact, chain))


def _with_text(fact: Fact, chain: Chain) -> Fact:
    """The fact keeps what was said, word for word, for ever."""
    body = fact.body | {"warning": chains.public(chain)}
    return msgspec.structs.replace(fact, body=body, who="clock")
