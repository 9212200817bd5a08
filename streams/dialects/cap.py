"""CAP 1.0 to 1.2 (OASIS): an <alert> in XML as a warning, see docs/protocols/cap.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from app.domain.levels import Level
from app.domain.warnings import Circle, MessageType, Reference, Ring, Warning, Zone
from app.errors import Rejected
from streams import warning_words as words
from streams import wire
from streams.dialects import Known, Thing
from streams.sources import Source, number

TOPICS: tuple[str, ...] = ()  # CAP names no transport
SAYS_REPORTS = True
PERSONAL_PATHS: tuple[str, ...] = ()  # a warning is for everybody

MOST_INFOS, MOST_AREAS, MOST_REFERENCES = 60, 1_000, 300
MOST_POINTS, MOST_SHAPES = 20_000, 1_000  # of one message
LISTED = 64  # characters of an identifier or a sender that are shown

# what is understood and raises nothing: element → said there → counted as
SILENT = {
    "status": {"Exercise": "exercise", "System": "system", "Test": "test", "Draft": "draft"},
    "msgType": {"Ack": "ack", "Error": "error"},
    "scope": {"Private": "private"},
}
SPOKEN = {
    "status": ("Actual",),
    "msgType": ("Alert", "Update", "Cancel"),
    "scope": ("Public", "Restricted"),
}
SEVERITY = {
    **{"extreme": Level.RED, "severe": Level.ORANGE},
    **{"moderate": Level.YELLOW, "minor": Level.BLUE},
}
# parameters that say the colour of the issuer; the first of them wins
COLOUR_PARAMETERS = (
    "cn-level",
    "alertcolor",
    "severitycolor",
    "colour",
    "color",
    "awareness_level",
)
# codes of other countries, which may also have six digits
FOREIGN = re.compile(r"SAME|FIPS|UGC|EMMA|NUTS|WARNCELL|CLC|SGC|ISO.?3166", re.I)
EVENT_CODE = re.compile(r"\d{2}[A-Z]\d{2}")  # 11B03 for 暴雨: a code says nothing in a list
CODE = re.compile(r"[1-8]\d{5}(\d{3}|\d{6}|\d{8})?")
_CHINESE_CODING = re.compile(rb"<\?xml[^>]{0,100}encoding=.gb", re.I)  # the parser knows none
LIST = re.compile(r"[、，,;；/\s]+")
FORMER_LANGUAGE = "en-US"  # CAP-v1.2, 3.2.2: what an info without a language is in

Options = words.Validity


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """One XML document is one message of a warning."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._options = words.options(source)

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as our things; raises Rejected."""
        alert = _parsed(payload)
        for name, silent in SILENT.items():
            said = _said(alert, name) or ("Public" if name == "scope" else "")
            if said in silent:
                return [Known(silent[said])]
            if said not in SPOKEN[name]:
                known = ", ".join((*SPOKEN[name], *silent))
                raise Rejected("wrong_field", f"{name} {said[:40]!r} is none of {known}")
        return [self._warning(alert, arrived)]

    def _warning(self, alert: Element, arrived: int) -> Warning:
        zone = self._source.zone
        sent = words.sent(_said(alert, "sendTime") or _must(alert, "sent"), arrived, zone)
        infos = _of_one_language(_children(alert, "info", MOST_INFOS))
        kind = _kind(_said(alert, "msgType"), infos)
        if not infos and kind is not MessageType.CANCEL:
            raise Rejected("no_info", "an alert or update without <info> says nothing")
        infos = sorted(infos, key=level, reverse=True)  # stable: the first of the worst speaks
        first = infos[0] if infos else alert
        event = words.short(_said(first, "event") or _said(first, "eventType"))
        headline = words.short(_said(first, "headline"))
        title = words.title(event, level(first))
        if headline and (not event or EVENT_CODE.fullmatch(event)):
            title = headline
        sender = _must(alert, "sender")
        ends = [words.at(said, zone) for each in infos if (said := _said(each, "expires"))]
        valid = sent + round(self._options.valid_h * 3_600_000)
        return Warning(
            source=self._source.name,
            identifier=_must(alert, "identifier"),
            sender=sender,
            sent=sent,
            msg_type=kind,
            references=_references(_said(alert, "references"), sender),
            event=event,
            title=title,
            domain=words.domain(_said(first, "category")),
            issuer=words.short(_said(first, "senderName") or sender),
            headline=headline,
            description=words.long(_said(first, "description")),
            instruction=words.long(_said(first, "instruction")),
            language=_said(first, "language")[:20],
            onset=self._onset(first),
            expires=max(ends) if ends and len(ends) == len(infos) else max([valid, *ends]),
            zones=self._zones(infos),
        )

    def _onset(self, info: Element) -> int | None:
        said = _said(info, "onset") or _said(info, "effective")
        return words.at(said, self._source.zone) if said else None

    def _zones(self, infos: Iterable[Element]) -> tuple[Zone, ...]:
        found = [zone for each in infos for zone in self._of_info(each)]
        points = sum(len(ring) for zone in found for ring in zone.polygons)
        if points > MOST_POINTS:
            raise Rejected("too_large", f"{points} points of polygons; at most {MOST_POINTS}")
        shapes = sum(len(zone.polygons) + len(zone.circles) for zone in found)
        if shapes > MOST_SHAPES:
            raise Rejected("too_large", f"{shapes} polygons and circles; at most {MOST_SHAPES}")
        return tuple(found)

    def _of_info(self, info: Element) -> Iterable[Zone]:
        areas = _children(info, "area", MOST_AREAS)
        if not areas and self._options.area:
            yield Zone(level=level(info), codes=(self._options.area,))
        for area in areas:
            codes = tuple(_codes(area))
            rings = tuple(self._ring(each) for each in _texts(area, "polygon"))
            circles = tuple(self._circle(each) for each in _texts(area, "circle"))
            if codes or rings or circles:
                yield Zone(level=level(info), codes=codes, polygons=rings, circles=circles)
            else:
                for name in LIST.split(_said(area, "areaDesc"))[:100]:
                    yield Zone(level=level(info), names=(words.short(name),))

    def _ring(self, text: str) -> Ring:
        points = tuple(self._point(pair) for pair in text.split())
        if len(points) < 4 or points[0] != points[-1]:
            raise Rejected("bad_place", f"a polygon of {len(points)} points that is not closed")
        return points

    def _circle(self, text: str) -> Circle:
        centre, _, radius = text.strip().partition(" ")
        km = number(radius.strip(), "bad_place", "radius")
        if km < 0:
            raise Rejected("bad_place", f"a circle with radius {km} km")
        return (*self._point(centre), km * 1000)

    def _point(self, pair: str) -> tuple[float, float]:
        """CAP writes latitude first; swapped ones are named as such."""
        lat, _, lon = pair.partition(",")
        y, x = number(lat, "bad_place", "latitude"), number(lon, "bad_place", "longitude")
        placed = wire.place(x, y, self._source.crs)
        assert placed[0] is not None  # both are given
        return placed


def _parsed(payload: bytes) -> Element:
    if len(payload) > wire.LIMIT_BYTES:
        raise Rejected("too_large", f"{len(payload)} bytes; at most {wire.LIMIT_BYTES} are taken")
    try:
        chinese = _CHINESE_CODING.match(payload)
        said: str | bytes = payload.decode("gb18030") if chinese else payload
        root: Element = fromstring(said, forbid_dtd=True)
    except DefusedXmlException as why:
        raise Rejected("unsafe_xml", "a DTD or entities, which CAP has no use for") from why
    except (ParseError, ValueError, LookupError) as why:
        raise Rejected("not_xml", str(why)) from why
    if _local(root) != "alert":
        raise Rejected("not_cap", f"the document is <{_local(root)[:40]}>, not <alert>")
    return root


def _local(element: Element) -> str:
    """The name without its namespace: senders of CAP 1.0, 1.1 and 1.2, or of none."""
    return str(element.tag).rpartition("}")[2]


def _children(parent: Element, name: str, most: int) -> list[Element]:
    found = [each for each in parent if _local(each) == name]
    if len(found) > most:
        raise Rejected("too_large", f"{len(found)} times <{name}>; at most {most}")
    return found


def _texts(parent: Element, name: str) -> list[str]:
    return [said for each in parent if _local(each) == name and (said := (each.text or "").strip())]


def _said(parent: Element, name: str) -> str:
    return next(iter(_texts(parent, name)), "")


def _must(alert: Element, name: str) -> str:
    said = _said(alert, name)
    if not said or len(said) > words.SHORT:
        raise Rejected("wrong_field", f"<{name}> is missing or too long (found {said[:LISTED]!r})")
    return said


def _pairs(parent: Element, name: str) -> list[tuple[str, str]]:
    each = _children(parent, name, MOST_AREAS)
    return [(_said(one, "valueName"), _said(one, "value")) for one in each]


def _kind(said: str, infos: list[Element]) -> MessageType:
    """AllClear in every info ends a warning as a cancel does."""
    if infos and all("AllClear" in _texts(info, "responseType") for info in infos):
        return MessageType.CANCEL
    return MessageType(said.lower())


def _of_one_language(infos: list[Element]) -> list[Element]:
    """The infos in one language: zh-CN, else any Chinese, English, else the first by name."""
    spoken = {(_said(info, "language") or FORMER_LANGUAGE).lower() for info in infos}
    best = min(spoken, key=_preference, default="")
    return [i for i in infos if (_said(i, "language") or FORMER_LANGUAGE).lower() == best]


def _preference(language: str) -> tuple[int, str]:
    rank = 0 if language == "zh-cn" else 1 if language.startswith("zh") else 2
    return (3 if rank == 2 and not language.startswith("en") else rank), language


def level(info: Element) -> Level:
    """The issuer's own colour, else by severity, urgency and certainty (docs/protocols/cap.md)."""
    said = {name.strip().lower(): value for name, value in _pairs(info, "parameter")}
    own = [said[name] for name in COLOUR_PARAMETERS if name in said]
    severity = _said(info, "severity")
    named = words.colour(*own, severity, _said(info, "headline"), _said(info, "event"))
    if named:
        return named
    urgency, certainty = _said(info, "urgency"), _said(info, "certainty")
    near = urgency == "Immediate" and certainty in ("Observed", "Likely")
    found = SEVERITY.get(severity.lower(), Level.YELLOW if near else Level.BLUE)
    if urgency == "Past":
        return Level.BLUE
    return Level(max(found - 1, Level.BLUE)) if certainty == "Unlikely" else found


def _references(text: str, sender: str) -> tuple[Reference, ...]:
    """ "sender,identifier,sent …"; some write the identifier alone and mean their own."""
    found = []
    for each in text.split()[:MOST_REFERENCES]:
        parts = each.split(",")
        if len(parts) >= 2:
            found.append(Reference(parts[0], parts[1]))
        else:
            found.append(Reference(sender, each))
    return tuple(found)


def _codes(area: Element) -> Iterable[str]:
    """Codes of areas, also as the bare text of <geocode>."""
    bare = (("", said) for said in _texts(area, "geocode"))
    for name, value in (*_pairs(area, "geocode"), *bare):
        if not FOREIGN.search(name):
            yield from (code for code in LIST.split(value) if CODE.fullmatch(code))
