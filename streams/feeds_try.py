"""run.py feeds try: what a message of a source becomes, as a table, or why it is refused."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import east_asian_width

from app.domain.levels import Level
from app.domain.quality import CHECKS, reasons, weigh
from app.domain.readings import DeviceStatus, Quality, Telemetry
from app.domain.reports import HotlineOrder
from app.domain.warnings import Warning
from app.errors import BadConfiguration, Rejected
from app.services.ingest import Filed, grade
from streams import filters, placecheck
from streams.dialects import Ask, Known, Thing, dialect
from streams.feeds import Feed
from streams.sourcefile import load
from streams.sources import Source, unit_of

Row = tuple[str, ...]
HEAD = ("what", "device", "kind", "time (UTC)", "place", "says")


def attempt(
    profile: Path,
    sample: Path,
    *,
    topic: str | None = None,
    name: str | None = None,
    at: datetime | None = None,
    survey: Path | None = None,
) -> int:
    """Print what a payload becomes; 0 when it is taken, 1 when it is refused.

    `at` is the moment of its arrival, now when not given: an old sample would be too old. With a
    `survey` (CSV) it also says whether the places are shifted.
    Raises BadConfiguration when the file of sources, the source or the sample is not there.
    """
    source = choose(load(profile), topic, name)
    feed = Feed(source)
    heard = topic or filled(feed.filters, getattr(dialect(source.dialect), "EVENT", ""))
    arrived = (at or datetime.now(UTC)).timestamp()
    told = feed.read(heard, _payload(sample), round(arrived * 1000))
    print(f"source {source.name} ({source.dialect}), topic {heard or '-'}")  # noqa: T201
    print(table([row(thing) for thing in told.things]))  # noqa: T201
    if survey:
        shift = placecheck.compare(told.things, placecheck.survey(survey))
        print(f"places: {placecheck.sentence(shift)}")  # noqa: T201
    return 1 if any(isinstance(thing, Rejected) for thing in told.things) else 0


def choose(sources: Sequence[Source], topic: str | None, name: str | None) -> Source:
    """The source by name, else by topic, else the only one; BadConfiguration with the mend."""
    names = ", ".join(source.name for source in sources) or "none"
    for source in sources:
        if name == source.name:
            return source
        if name is None and topic and Feed(source).hears(topic):
            return source
    if name is None and topic:
        raise BadConfiguration([f"--topic {topic}: no source hears it; the file has {names}"])
    if name is None and len(sources) == 1:
        return sources[0]
    raise BadConfiguration([f"--source: which? The file has {names}"])


def filled(every: Sequence[str], event: str = "") -> str:
    """A topic that the first filter hears, for one who gives none; it ends in `event` if it may.

    Of a webhook it is the filter of what its address adds.
    """
    text = every[0] if every else ""
    if event and every[-1].endswith("/#"):
        text = every[-1]
    *levels, last = filters.subscription(text).split("/")
    end = event if event and last in ("+", "#") else last
    return "/".join([*levels, end]).replace("+", "x").replace("#", "x")


def _payload(sample: Path) -> bytes:
    if str(sample) == "-":
        return sys.stdin.buffer.read()
    try:
        return sample.read_bytes()
    except OSError as why:
        raise BadConfiguration([f"{sample}: cannot be read ({why.strerror})"]) from why


def row(thing: Thing) -> Row:
    """One thing in the words of the table."""
    if isinstance(thing, Telemetry):
        return _reading(thing)
    if isinstance(thing, DeviceStatus):
        known = ("name", "gateway", "period_s", "unit")
        says = (f"{f}={getattr(thing, f)}" for f in known if getattr(thing, f) is not None)
        place = _place(thing.lon, thing.lat)
        what = "online" if thing.online else "offline"
        return what, thing.device, thing.kind, _time(thing.at), place, ", ".join(says)
    if isinstance(thing, Known):
        return "known", "", "", "", "", f"{thing.what}: no reading, counted"
    if isinstance(thing, Ask):
        return "asks", "", "", "", "", f"{len(thing.payload)} bytes to {thing.topic}"
    if isinstance(thing, Rejected):
        return "REFUSED", "", "", "", "", f"{thing.reason}: {thing.detail}"
    if isinstance(thing, HotlineOrder):
        place = _place(thing.lon, thing.lat) or thing.address
        return "order", thing.order_no, thing.category, _time(thing.at), place, thing.title
    if isinstance(thing, Warning):
        return _warning(thing)
    report = thing.report if isinstance(thing, Filed) else thing
    place = _place(report.lon, report.lat) or report.address
    return "report", report.id, report.code, _time(report.at), place, report.title


def _doubts(said: Telemetry) -> Iterator[str]:
    """Why its quality is bad: each value that no sensor of its kind can say."""
    doubts, _ = weigh(said.kind, None, said.at, said.metrics)
    for why in reasons(said.kind, said.metrics, doubts):
        if check := CHECKS.get(said.kind, {}).get(why.metric):
            fits = f", fits in {why.unit}" if why.unit else ""
            unit = unit_of(said.kind, why.metric)
            yield f"[{why.metric} is outside {check.low:g} … {check.high:g} {unit}{fits}]"


def _reading(said: Telemetry) -> Row:
    says = [f"{m}={v:g} {unit_of(said.kind, m)}".strip() for m, v in said.metrics.items()]
    quality = Quality(grade(said)).name.lower()
    what = "reading" if quality == "good" else f"reading ({quality})"
    place = _place(said.lon, said.lat)
    whole = ", ".join((*says, *_doubts(said)))
    return what, said.device, said.kind, _time(said.at), place, whole


def _warning(said: Warning) -> Row:
    """A warning: its worst level, where it says it holds, its first words."""
    worst = max((zone.level for zone in said.zones), default=Level.NONE).name.lower()
    codes = [code for zone in said.zones for code in (*zone.codes, *zone.names)]
    shapes = sum(len(zone.polygons) + len(zone.circles) for zone in said.zones)
    where = ", ".join([*codes[:6], *([f"{shapes} shapes"] if shapes else [])])
    says = f"{said.msg_type}, {worst}: {said.headline or said.title}"
    return "warning", said.identifier, said.event, _time(said.sent), where, says


def _place(lon: float | None, lat: float | None) -> str:
    return "" if lon is None or lat is None else f"{lon:.6f}, {lat:.6f}"


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(" ", "milliseconds")[:23]


def table(rows: Sequence[Row]) -> str:
    """Rows under their heads, in columns; empty columns are left out."""
    used = [i for i in range(len(HEAD)) if any(row[i] for row in rows)]
    lines = [[line[i] for i in used] for line in (HEAD, *rows)]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(used))]
    return "\n".join(
        "  ".join(c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


def probe(path: Path | None) -> tuple[bool, str]:
    """Whether the file of sources can be used, for run.py check."""
    if path is None:
        return True, "none configured; only our own scheme is heard"
    try:
        sources = load(path)
    except BadConfiguration as why:
        return False, "; ".join(why.faults)
    return True, ", ".join(f"{source.name} ({source.dialect})" for source in sources) or "none"
