"""The duty officer is called when a source stops: one alert, until the source is heard again.

Nobody is called for what we did not hear ourselves: not while ingest stands still, nor before a
source had its full time since we began to listen. When sources that come by one line (the broker)
fall silent together, one alert stands for all and says how many. Of a source that comes and goes
the alert of the last break stays until it has kept speaking for half an hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from app.city import City
from app.domain.alerts import Alert, AlertChange, AlertStatus, AlertStep
from app.domain.attendance import FLAP_QUIET_MS, FLAP_WINDOW_MS, FLAPS
from app.domain.rules import SOURCE
from app.domain.source_silence import AGAIN, Source, Voice, source_of, told, unsure
from app.services import alerts
from app.services.grading import OWN
from app.services.presence_feeds import Origins

INGEST_LATE_MS = 10_000  # default: five of its heartbeats
UNDECLARED = "数据源已从配置中移除，预警自动解除"
LINE = "mqtt"  # sources that come so share the broker; all others come by a way of their own


@dataclass
class Calls:
    """What the watch remembers of the alerts about sources, by source; rebuilt at each start."""

    began: int  # since when we listen, epoch ms
    open: dict[str, Alert] = field(default_factory=dict)
    raised: dict[str, int] = field(default_factory=dict)  # the last message before the last alert
    held: dict[str, int] = field(default_factory=dict)  # until when its silence was not its own
    back: dict[str, int] = field(default_factory=dict)  # since when it is heard again


def begin(opened: Iterable[Alert], now: int) -> Calls:
    """Take over the alerts about sources among those that are open."""
    return Calls(now, {source_of(a.device): a for a in opened if a.kind == SOURCE})


def call(city: City, calls: Calls, origins: Origins, judged: Mapping[str, Voice], now: int) -> None:
    """Raise, change and clear the alerts of the sources that are judged, silent or not."""
    ingest_late = now - city.live.beats().get("ingest", 0) > INGEST_LATE_MS
    if ingest_late or OWN not in origins.declared:  # without a registry Redis was emptied
        calls.held.update(dict.fromkeys(judged, now))
        return
    changes = [
        change and msgspec.structs.replace(change, reason=UNDECLARED)
        for name in calls.open.keys() - origins.declared.keys()
        for change in [_told(city, origins, name, AlertStep.CLEAR, Voice(now, 0), now)]
    ]
    for line in _lines(origins, judged):
        changes += _of_line(city, calls, origins, line, now)
    for alert in alerts.apply(city, filter(None, changes)):
        name = source_of(alert.device)
        if alert.status is AlertStatus.CLEARED:
            del calls.open[name]
        else:
            calls.open[name] = alert


def _lines(origins: Origins, judged: Mapping[str, Voice]) -> Iterable[dict[str, Voice]]:
    """The sources that are declared, together with those that come by the same line."""
    lines: dict[str, dict[str, Voice]] = defaultdict(dict)
    for name, voice in judged.items():
        if name in origins.declared:
            by = origins.declared[name].get("by", LINE)
            lines[LINE if by == LINE else f":{name}"][name] = voice
    return lines.values()


def _of_line(
    city: City, calls: Calls, origins: Origins, line: dict[str, Voice], now: int
) -> Iterator[AlertChange | None]:
    silent = {name: voice for name, voice in line.items() if name in origins.silent}
    for name in (line.keys() - silent.keys()) & calls.open.keys():
        if _is_back(calls, name, now):
            yield _told(city, origins, name, AlertStep.CLEAR, line[name], now)
    doubtful = unsure(silent, max(voice.newest for voice in line.values()))
    spoken_for = bool(doubtful & calls.open.keys())
    for name, voice in silent.items():
        calls.back.pop(name, None)
        together = len(doubtful) if name in doubtful else 1
        if name in calls.open:
            yield _worse(city, calls, origins, name, voice, now, together)
        elif name in doubtful and spoken_for:
            calls.held[name] = now
        elif _is_due(calls, name, voice, now):
            spoken_for |= name in doubtful
            yield _raised(city, calls, origins, name, voice, now, together)


def _is_back(calls: Calls, name: str, now: int) -> bool:
    """Whether a source that is heard may be believed: at once, unless it comes and goes."""
    since = calls.back.setdefault(name, now)
    if calls.open[name].title.endswith(AGAIN) and now - since < FLAP_QUIET_MS:
        return False
    del calls.back[name]
    return True


def _is_due(calls: Calls, name: str, voice: Voice, now: int) -> bool:
    if calls.raised.get(name) == voice.newest:
        return False  # the ledger has had this one
    since = max(voice.newest, calls.began, calls.held.get(name, 0))
    return now - since > voice.allowed


def _raised(
    city: City, calls: Calls, origins: Origins, name: str, voice: Voice, now: int, together: int
) -> AlertChange | None:
    calls.raised[name] = voice.newest
    change = _told(city, origins, name, AlertStep.RAISE, voice, now, together)
    if change is None:
        return None
    hour_ago = change.at - timedelta(milliseconds=FLAP_WINDOW_MS)
    with city.ledger.read() as tx:
        before = tx.count(Alert, device=change.device, rule=change.rule, since=hour_ago)
    if before < FLAPS - 1:
        return change
    return msgspec.structs.replace(change, title=change.title + AGAIN)


def _worse(
    city: City, calls: Calls, origins: Origins, name: str, voice: Voice, now: int, together: int
) -> AlertChange | None:
    """A higher level, or more sources that the alert stands for."""
    change, was = _told(city, origins, name, AlertStep.UP, voice, now, together), calls.open[name]
    if change is None or (change.level <= was.level and together <= was.affected):
        return None
    level, affected = max(change.level, was.level), max(together, was.affected)
    return msgspec.structs.replace(change, level=level, affected=affected)


def _told(
    city: City,
    origins: Origins,
    name: str,
    step: AlertStep,
    voice: Voice,
    now: int,
    together: int = 1,
) -> AlertChange | None:
    """What the ledger is told of a source; None when the rules say nothing about sources."""
    rule = city.rules.silence(SOURCE, name)
    if rule is None:
        return None
    owner = str(origins.declared.get(name, {}).get("owner") or "")
    change = told(rule, Source(name, owner, city.areas.home.code), step, voice, now)
    return msgspec.structs.replace(change, affected=together)
