"""Unknown devices: an inbox of those that speak and are not on the map, adopted or ignored.

Their readings are in the record under their code from the first message on, so that whoever is
adopted has a history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from app.city import City
from app.domain import masking
from app.domain.adoption import Adopt, rule_for
from app.domain.facts import Fact
from app.domain.kinds import BY_CODE
from app.domain.people import User, Verb, require
from app.domain.readings import Device, DeviceStatus, Telemetry
from app.errors import Conflict, Invalid, NotFound
from app.services import roster
from app.services.views_scope import place
from app.store import strangers as store
from app.store.strangers import METRICS_KEPT, Heard, Stranger

NAME = 100  # characters
NOTE = 200
SAME_PLACE = 1e-5  # degrees: a form rounds
HOUR_MS = 3_600_000
OWN = "telemetry"  # the feed of our own topics


def meet(
    city: City, batch: Sequence[Telemetry], arrived: int
) -> tuple[Sequence[Telemetry], set[str]]:
    """Adopt by rule who fits one, and note who is still unknown.

    Returns the readings with the kinds under which their devices were adopted, and who was adopted
    now. For readings of which the roster has learnt.
    """
    known = roster.of(city)
    strange = [t for t in batch if known.get(t.device, roster.NOWHERE).n < 0]
    adopted: set[str] = set()
    if strange:
        newest = {t.device: _by_reading(t) for t in strange}
        adopted = _by_rule(city, newest)
        rest = {code: said for code, said in newest.items() if code not in adopted}
        _note(city, rest, Counter(t.device for t in strange), arrived)
    if any(t.kind not in BY_CODE for t in batch):
        batch = [_as_adopted(t, known) for t in batch]
    return batch, adopted


def introduce(city: City, statuses: Iterable[DeviceStatus], arrived: int) -> None:
    """Take down births of devices that nobody knows; for births of which the roster has learnt."""
    births = {s.device: s for s in statuses if s.online}
    there = city.live.devices(births)
    said = {code: _by_birth(s) for code, s in births.items() if code not in there}
    for code in _by_rule(city, said):
        del said[code]
    _note(city, said, {}, arrived)


def _by_reading(t: Telemetry) -> Stranger:
    metrics = dict(list(t.metrics.items())[:METRICS_KEPT])
    return Stranger(
        device=t.device,
        kind=t.kind,
        source=_source(t.feed),
        at=t.at,
        lon=t.lon,
        lat=t.lat,
        metrics=metrics,
    )


def _by_birth(s: DeviceStatus) -> Stranger:
    return Stranger(
        device=s.device,
        kind=s.kind,
        source=_source(s.feed),
        at=s.at,
        name=s.name or "",
        lon=s.lon,
        lat=s.lat,
    )


def _source(feed: str) -> str:
    return "city" if feed == OWN else feed


def _note(city: City, said: dict[str, Stranger], counts: dict[str, int], arrived: int) -> None:
    store.note(city.live.redis, said, counts, arrived, city.settings.strangers_kept)


def _as_adopted(t: Telemetry, known: dict[str, roster.Known]) -> Telemetry:
    place = known.get(t.device, roster.NOWHERE)
    if t.kind in BY_CODE or place.n < 0:
        return t
    return msgspec.structs.replace(t, kind=place.kind)


def teach(city: City, rules: Mapping[str, Sequence[Adopt]]) -> None:
    """Let every role that takes readings in know the rules of adoption, by source."""
    store.put_rules(city.live.redis, rules)


def _by_rule(city: City, said: dict[str, Stranger]) -> set[str]:
    """Register those whose source has a rule for them and whose place is known."""
    rules = store.rules(city.live.redis) if said else {}
    if not rules:
        return set()
    found = (_ruled(city, s, rules.get(s.source, ())) for s in said.values())
    devices = [device for device in found if device]
    codes = set(roster.register(city, devices))
    store.forget(city.live.redis, codes)
    _record(city, devices, "ingest")
    return codes


def _ruled(city: City, said: Stranger, rules: Sequence[Adopt]) -> Device | None:
    rule = rule_for(rules, said.device)
    kind = rule.kind_of(said.kind) if rule else ""
    if rule is None or not kind:
        return None
    lon, lat = said.lon, said.lat
    if lon is None or lat is None:
        if said.device not in rule.places:
            return None
        lon, lat = rule.places[said.device]
    area = city.areas.locate_one(lon, lat)
    return _device(said.device, kind, rule.named(said.device, kind, said.name), lon, lat, area)


def _device(code: str, kind: str, name: str, lon: float, lat: float, area: str) -> Device:
    period = BY_CODE[kind].period_s
    return Device(
        code=code, n=0, kind=kind, name=name, lon=lon, lat=lat, area=area, period_s=period
    )


def waiting(city: City, by: User, *, text: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """Return the unknown devices as rows, who spoke last first.

    `text` is looked for in code, kind, name and source.
    """
    require(by, Verb.ADMINISTER)
    wanted = text.strip().casefold()
    found = [h for h in store.everybody(city.live.redis) if not wanted or wanted in _words(h)]
    there = city.live.devices([heard.said.device for heard in found])
    unknown = [heard for heard in found if heard.said.device not in there]
    return [_row(city, heard) for heard in unknown[:limit]]


def _words(heard: Heard) -> str:
    said = heard.said
    return f"{said.device}\n{said.kind}\n{said.name}\n{said.source}".casefold()


def _row(city: City, heard: Heard) -> dict[str, Any]:
    said = heard.said
    here = said.lon is not None and said.lat is not None
    area = city.areas.locate_one(said.lon, said.lat) if here else ""  # type: ignore[arg-type]
    hours = max(heard.last - heard.first, 1) / HOUR_MS
    return {
        "device": said.device,
        "kind": said.kind,
        "kind_known": said.kind in BY_CODE,
        "name": masking.text(said.name),
        "source": said.source,
        "lon": said.lon,
        "lat": said.lat,
        "area": area,
        "place": place(city, area) if area else "",
        "metrics": said.metrics,
        "count": heard.messages,
        "first": heard.first,
        "last": heard.last,
        "per_hour": round((heard.messages - 1) / hours, 1) if heard.messages > 1 else 0.0,
    }


def ignored(city: City, by: User) -> list[dict[str, Any]]:
    """Return who is ignored: {"device", "note", "who", "at"}, the newest first."""
    require(by, Verb.ADMINISTER)
    found = store.ignored(city.live.redis).items()
    rows = [{"device": d, "note": why, "who": who, "at": at} for d, (why, who, at) in found]
    return sorted(rows, key=lambda row: -row["at"])


def adopt(
    city: City, by: User, device: str, *, kind: str, name: str, lon: float, lat: float
) -> Device:
    """Put an unknown device on the map; from its next message on it is like any other.

    Raises NotFound when it is not in the inbox, Conflict when it is on the map, Invalid when kind
    or place do not fit. A device that says a kind of ours is adopted as that kind.
    """
    require(by, Verb.ADMINISTER)
    if city.live.device(device) is not None:
        raise Conflict("该设备已登记。")
    heard = store.one(city.live.redis, device)
    if heard is None:
        raise NotFound("收件箱里没有这台设备。")
    area = city.areas.locate_one(lon, lat)
    _check(heard.said, kind, area)
    label = name.strip()[:NAME] or heard.said.name or f"{BY_CODE[kind].name} {device}"
    with roster.alone:
        roster.register(city, [_device(device, kind, label, lon, lat, area)])
        # whoever takes its next message finds it then, and tells the screens that it is new
        roster.of(city)[device] = roster.NOWHERE
    made = city.live.devices([device])[device]
    if _by_hand(heard.said, lon, lat):
        city.live.put_references({device: (lon, lat)})
    store.forget(city.live.redis, [device])
    _record(city, [made], by.id)
    return made


def _by_hand(said: Stranger, lon: float, lat: float) -> bool:
    """Whether a person has set the place: then it is a reference for what the device will say."""
    if said.lon is None or said.lat is None:
        return True
    return max(abs(said.lon - lon), abs(said.lat - lat)) > SAME_PLACE


def _check(said: Stranger, kind: str, area: str) -> None:
    fields = {}
    if kind not in BY_CODE:
        fields["kind"] = "请选择设备类型"
    elif said.kind in BY_CODE and said.kind != kind:
        fields["kind"] = f"设备自报为{BY_CODE[said.kind].name}；类型有误请改来源文件"
    if not area:
        fields["lon"] = "请在地图上选择本市内的位置"
    if fields:
        raise Invalid("不能这样登记。", fields=fields)


def ignore(city: City, by: User, device: str, note: str) -> None:
    """Hear nothing more of an unknown device, with a reason; its readings stay in the record.

    Raises NotFound when it is not in the inbox.
    """
    require(by, Verb.ADMINISTER)
    why = masking.text(note.strip())[:NOTE]
    if not why:
        raise Invalid("请填写忽略原因。", fields={"note": "例如：测试设备"})
    if store.one(city.live.redis, device) is None:
        raise NotFound("收件箱里没有这台设备。")
    store.ignore(city.live.redis, device, why, by.id, int(city.now().timestamp() * 1000))
    body = {"device": {"code": device}, "note": why}
    _tell(city, [_fact(city, "ignored", device, by.scope, by.id, body)])


def heed(city: City, by: User, device: str) -> None:
    """Hear a device again that was ignored; NotFound when it was not."""
    require(by, Verb.ADMINISTER)
    if not store.heed(city.live.redis, device):
        raise NotFound("这台设备没有被忽略。")
    body = {"device": {"code": device}}
    _tell(city, [_fact(city, "heeded", device, by.scope, by.id, body)])


def _record(city: City, devices: Sequence[Device], who: str) -> None:
    """Record the adoption of devices, all in one transaction."""
    bodies = [(d, msgspec.to_builtins(d) | {"name": masking.text(d.name)}) for d in devices]
    _tell(city, [_fact(city, "adopted", d.code, d.area, who, {"device": b}) for d, b in bodies])


def _fact(city: City, past: str, device: str, area: str, who: str, body: dict[str, Any]) -> Fact:
    at: datetime = city.now()
    return Fact(kind=f"device.{past}", thing=device, area=area, at=at, who=who, body=body)


def _tell(city: City, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    with city.ledger.begin() as tx:
        for fact in facts:
            tx.record(fact)
    city.feed.publish(city.ledger)
