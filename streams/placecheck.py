"""Checking places: a survey against what sources say, and what a source tells the registry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.city import City
from app.domain.readings import DeviceStatus, Telemetry
from app.errors import BadConfiguration
from app.services import ingest, registry, siting
from geodata import csv_rows, shifts
from geodata.shifts import Shift
from streams.dialects import Thing
from streams.sourcefile import filters_of
from streams.sources import Source

COLUMNS = {"device", "lon", "lat"}
LARGEST = 64 << 20  # bytes of a survey
MENDS = {
    "": "no shift: the places are right, or wrong in no common way",
    "gcj02": "GCJ-02 sold as WGS-84: write `crs: gcj02` for the source",
    "bd09": "BD-09 sold as WGS-84: write `crs: bd09` for the source",
    "wgs84_as_gcj02": "already WGS-84, shifted back in vain: write `crs: wgs84` for the source",
    "wgs84_as_bd09": "already WGS-84, shifted back in vain: write `crs: wgs84` for the source",
    "swapped": "lon and lat are swapped: exchange them in the profile",
}

Spot = tuple[float, float]
Places = dict[str, Spot]


def survey(path: Path) -> Places:
    """The places of a CSV file with device, lon, lat (WGS-84, with a heading), by device.

    BadConfiguration with the rows that are wrong.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadConfiguration([f"{path}: more than {LARGEST >> 20} MB"])
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as why:
        raise BadConfiguration([f"{path}: cannot be read ({why})"]) from why
    try:
        return _places(path, *csv_rows.read(text))
    except csv_rows.TornTable as why:
        raise BadConfiguration([f"{path}: {why}"]) from why


def _places(path: Path, heads: list[str], rows: Iterable[tuple[int, dict[str, Any]]]) -> Places:
    missing = COLUMNS - set(heads)
    if missing:
        raise BadConfiguration([f"{path}: column {', '.join(sorted(missing))} is missing"])
    places: Places = {}
    faults = []
    for number, row in rows:
        spot = _spot(row)
        if spot is None or not row["device"]:
            faults.append(f"{path}:{number}: no device, or no place in degrees")
        else:
            places[row["device"].strip()] = spot
    if faults:
        raise BadConfiguration(faults[:20])
    return places


def _spot(row: dict[str, Any]) -> Spot | None:
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (TypeError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def compare(things: Sequence[Thing], reference: dict[str, Spot]) -> Shift:
    """What a message says of places, held against a survey."""
    said = {
        thing.device: (thing.lon, thing.lat)
        for thing in things
        if isinstance(thing, Telemetry | DeviceStatus)
        and thing.lon is not None
        and thing.lat is not None
        and thing.device in reference
    }
    spots = [(lon, lat) for lon, lat in said.values() if lon is not None and lat is not None]
    return shifts.find(spots, [reference[code] for code in said])


def sentence(shift: Shift) -> str:
    """A finding in a line, with its mend."""
    if not shift.compared:
        return "no device of the survey is known here"
    off = f"{shift.elsewhere} of {shift.compared} stand elsewhere"
    if shift.elsewhere:
        off += f" (median {shift.metres:g} m), {shift.agree} of them agree"
    few = not shift.name and shift.agree == shift.elsewhere > 0
    doubt = f"; fewer than {shifts.FEWEST} prove nothing" if few else ""
    return f"{off}: {MENDS[shift.name]}{doubt}"


def check(city: City, path: Path, *, keep: bool) -> list[str]:
    """Hold the places of the city's devices against a survey; a line for each source."""
    found = siting.survey(city, survey(path), keep=keep)
    if not found:
        return [sentence(Shift("", 0, 0, 0, 0.0))]
    return [f"{source}: {sentence(shift)}" for source, shift in found.items()]


def declare(city: City, sources: Iterable[Source]) -> None:
    """Tell the registry of a file's sources."""
    with ingest.answering(city):
        registry.declare(city, [row_of(source) for source in sources])


def row_of(source: Source) -> dict[str, Any]:
    """A source as the registry keeps it."""
    kinds = {source.kind} if isinstance(source.kind, str) else set(source.kind.values())
    return {
        "name": source.name,
        "dialect": source.dialect,
        "owner": source.owner,
        "crs": source.crs,
        "by": source.by,
        "clock": source.clock,
        "period_s": source.period_s,
        "quiet_s": source.quiet_s,
        "kinds": sorted(kinds - {""}),
        "topics": list(filters_of(source)),
    }
