"""The area tree of a running city: imported boundaries, tried first and then taken.

A try changes nothing. Taking replaces one file, then brings devices, open cases, alerts and tasks
in line with the new tree; what was interrupted is finished when ingest starts (`settle_if_new`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread

import msgspec
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.domain.alerts import Alert
from app.domain.cases import Case
from app.domain.facts import Fact
from app.domain.people import WARNING
from app.domain.readings import Device
from app.domain.tasks import Task
from app.errors import Conflict, Invalid, Refused
from app.services import components_import, resources_import, roster, units
from app.store import area_marks, duties, points
from app.store.reads import GOING_ON
from app.store.tx import NOUNS, Tx, telling
from geodata import imports
from geodata.area import AreaLevel
from geodata.areas import AreaTree, open_areas
from geodata.codes import LENGTHS
from geodata.importing import Finding, Sheet
from geodata.imports import Edition, Taken
from geodata.review import review

log = logging.getLogger(__name__)

RETRY_S = 2.0
BATCH = 1_000  # devices or things of one step
LEVELS = {level.value: level for level in LENGTHS}
WHATS = ("device", *NOUNS.values())


class Move(msgspec.Struct, frozen=True):
    """One thing whose area changes: `what` is device, case, alert or task; areas are codes."""

    what: str
    id: str
    before: str
    after: str


@dataclass(frozen=True)
class Trial:
    """What an import would do; nothing has been done. `adrift` are people whose area goes."""

    tree: AreaTree
    edition: Edition
    taken: Taken
    findings: list[Finding]
    moves: list[Move]
    adrift: list[tuple[str, str]]

    @property
    def faults(self) -> list[Finding]:
        """What must be mended in the file first."""
        return [finding for finding in self.findings if finding.fault]


def attempt(
    city: City, file: Path, level: AreaLevel, sheet: Sheet, *, stores: bool = True
) -> Trial:
    """Try boundaries as read from a file on the city's tree; Invalid when none of them fit.

    Without `stores` neither Redis nor the ledger is asked what would move.
    """
    found = review(city.areas, sheet.drawn, level)
    findings = [*sheet.findings, *found.findings]
    if not found.borders:
        why = {f.code or f.kind: f.detail for f in findings[:5]}
        raise Invalid("文件中没有可用的边界。", fields=why)
    now = city.now().isoformat(timespec="seconds")
    taken = Taken(level, file.name, sheet.digest, sheet.crs, len(found.borders), now)
    folder, root = _folder(city), city.areas.city.code
    edition = imports.read(folder, root).with_borders(taken, found.borders)
    tree = open_areas(city.settings.city, folder, edition)
    moves = list(_moves(city, tree)) if stores else []
    adrift = _adrift(city, tree) if stores else []
    return Trial(tree, edition, taken, findings, moves, adrift)


def put(city: City, trial: Trial) -> None:
    """Swap the file in one step and nothing else: what is open moves when ingest starts.

    Conflict when the file has faults or somebody imported meanwhile.
    """
    if trial.faults:
        raise Conflict(f"边界文件有 {len(trial.faults)} 处错误，请修正后再导入。")
    folder, root = _folder(city), city.areas.city.code
    if imports.read(folder, root).taken != trial.edition.taken[:-1]:
        raise Conflict("刚刚已有其他边界导入，请重新试运行。")
    imports.write(folder, root, trial.edition)


def take(city: City, trial: Trial, who: str) -> list[Move]:
    """Swap the tree (as `put`) and re-assign what is open; returns what moved.

    Roles that run have the old tree until they start again (app.swaps sees to that).
    """
    put(city, trial)
    after = replace(city, areas=open_areas(city.settings.city, _folder(city)))
    moved = settle(after, who)
    body = {
        "areas": msgspec.to_builtins(trial.taken),
        "fingerprint": trial.tree.fingerprint,
        "moved": {what: sum(m.what == what for m in moved) for what in WHATS},
    }
    root = city.areas.city.code
    fact = Fact(kind="areas.taken", thing=root, area="", at=city.now(), who=who, body=body)
    with city.ledger.begin() as tx:
        tx.record(fact)
    city.feed.publish(city.ledger)
    units.made(after)  # the roles that start again find them cut
    return moved


def settle(city: City, who: str = "ingest") -> list[Move]:
    """Bring everything that is open in line with the city's tree; harmless when it already is.

    Two may do so at once (an import, and ingest that starts again with it). The components come
    last: they wait for whoever writes them.
    """
    moves = list(_moves(city, city.areas))
    _settle_devices(city)
    resources_import.settle(city, who)
    things = [move for move in moves if move.what != "device"]
    for start in range(0, len(things), BATCH):
        _settle_things(city, things[start : start + BATCH], who)
    city.feed.publish(city.ledger)
    components_import.settle(city)
    return moves


def settle_if_new(city: City) -> list[Move]:
    """Settle when the packed points were written with another tree than this city's.

    Ingest does so when it starts: what its predecessor wrote during a swap is put right.
    """
    if area_marks.edition(city.live) == city.areas.fingerprint:
        return []
    moves = settle(city)
    area_marks.set_edition(city.live, city.areas.fingerprint)
    return moves


def settle_beside(city: City, stop: Event) -> None:
    """`settle_if_new` in a thread of its own, again and again until the stores have answered."""

    def work() -> None:
        while not stop.is_set():
            try:
                moved = settle_if_new(city)
            except (RedisError, SQLAlchemyError, Refused, OSError) as why:
                log.warning("areas cannot be settled yet: %s", why)
                stop.wait(RETRY_S)
                continue
            log.info("areas settled, %d moved", len(moved))
            return

    Thread(target=work, name="areas", daemon=True).start()


def level_of(word: str) -> AreaLevel:
    """The level that can be imported by its word; Invalid for any other."""
    if word not in LEVELS:
        raise Invalid("层级不存在。", fields={"--level": ", ".join(LEVELS)})
    return LEVELS[word]


def changed(moves: Sequence[Move], level: AreaLevel) -> list[Move]:
    """The moves to another area of a level, without those to a finer piece of the same."""
    digits = LENGTHS[level]
    return [move for move in moves if move.before[:digits] != move.after[:digits]]


def _folder(city: City) -> Path:
    return city.settings.var / "areas"


def _moves(city: City, tree: AreaTree) -> Iterator[Move]:
    """What would lie elsewhere in a tree: devices by number, then what is open."""
    devices = list(city.live.devices().values())
    for device, code in zip(devices, _located(tree, devices), strict=True):
        if code != device.area:
            yield Move("device", device.code, device.area, code)
    with city.ledger.read() as tx:
        things: list[Alert | Case | Task] = [*tx.cases(open=True), *tx.alerts(open=True)]
        things += tx.tasks(open=True)
    for thing in things:
        code = area_in(tree, thing)
        if code != thing.area:
            yield Move(NOUNS[type(thing)], thing.id, thing.area, code)


def _located(tree: AreaTree, devices: Sequence[Device]) -> list[str]:
    """The area codes of devices, by one query."""
    if not devices:
        return []
    return tree.locate([d.lon for d in devices], [d.lat for d in devices])


def area_in(tree: AreaTree, thing: Alert | Case | Task) -> str:
    """Where an open thing lies in a tree: by its point, as fine as it was; else by its code.

    What is about an area (a warning, a street) stays with its code as long as there is one.
    """
    about_area = isinstance(thing, Alert) and thing.rule == WARNING
    if about_area or thing.lon is None or thing.lat is None:
        return by_code(tree, thing.area)
    found = tree.locate_one(thing.lon, thing.lat)
    if not found:
        return by_code(tree, thing.area)
    if thing.area not in tree or not tree.children(thing.area):
        return found
    if found.startswith(tree.area(thing.area).scope):
        return thing.area
    return by_code(tree, found[: len(thing.area)])


def by_code(tree: AreaTree, code: str) -> str:
    """The code itself, else the nearest one above it that a tree has."""
    for digits in (len(code), 12, 9, 6):
        if digits <= len(code) and code[:digits] in tree:
            return code[:digits]
    return tree.city.code


def _adrift(city: City, tree: AreaTree) -> list[tuple[str, str]]:
    """Users, workers, units and duties whose area is not in a tree; people decide on them."""
    with city.ledger.read() as tx:
        found = [(u.id, u.scope) for u in tx.users()]
        found += [(w.id, w.grid) for w in tx.workers()] + [(u.id, u.area) for u in tx.units()]
        found += [(f"{duty.officer} ({duty.worker})", duty.grid) for duty in duties.listed(tx)]
    return [(who, code) for who, code in found if not _is_there(tree, code)]


def _is_there(tree: AreaTree, code: str) -> bool:
    return not code or code in tree or code == tree.city.scope or tree.city.code.startswith(code)


def _settle_devices(city: City) -> None:
    """Write the devices again whose area or grid index is not that of the city's tree."""
    devices = list(city.live.devices().values())
    shown = points.unpack(city.live.points())["area"]
    stale = []
    for device, code in zip(devices, _located(city.areas, devices), strict=True):
        index = roster.grid_of(city, code)
        if code != device.area or device.n >= len(shown) or int(shown[device.n]) != index:
            stale.append(msgspec.structs.replace(device, area=code))
    for start in range(0, len(stale), BATCH):
        roster.register(city, stale[start : start + BATCH])


def _settle_things(city: City, moves: Sequence[Move], who: str) -> None:
    """Move what is open, in one transaction; what was ended or moved meanwhile stays."""
    with city.ledger.begin() as tx:
        for move in moves:
            thing = _again(tx, move)
            if thing is None or thing.area != move.before:
                continue
            there = msgspec.structs.replace(thing, area=move.after)
            fact = Fact(
                kind=f"{move.what}.relocated",
                thing=move.id,
                area=move.after,
                at=city.now(),
                who=who,
                body={"before": move.before},
            )
            if tx.save(there):
                saved = msgspec.structs.replace(there, version=there.version + 1)
                tx.record(telling(fact, saved))


def _again(tx: Tx, move: Move) -> Alert | Case | Task | None:
    """The thing as it is in this transaction; None when it has ended."""
    kind = {noun: kind for kind, noun in NOUNS.items()}[move.what]
    read: dict[type, Callable[[str], Alert | Case | Task]] = {
        Alert: tx.alert,
        Case: tx.case,
        Task: tx.task,
    }
    thing = read[kind](move.id)
    return thing if thing.status in GOING_ON[kind] else None
