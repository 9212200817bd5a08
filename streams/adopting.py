"""The rules of adoption in a source file: `adopt:` of a source, or of the file for our own topics.

Places in a rule are in the source's own coordinates, those of the file in WGS-84.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from app.city import City
from app.domain.adoption import Adopt
from app.domain.kinds import BY_CODE
from app.errors import Rejected
from app.services import ingest, strangers
from streams import wire
from streams.sources import Source

OWN = "city"


def faults(rules: Iterable[Adopt]) -> Iterator[str]:
    """What is well-formed in rules and cannot be meant."""
    for rule in rules:
        if rule.kind and rule.kind not in BY_CODE:
            yield f"`adopt`: kind `{rule.kind}` is not known; known are {', '.join(BY_CODE)}"
        for device, (lon, lat) in rule.places.items():
            try:
                wire.place(lon, lat)
            except Rejected as why:
                yield f"`adopt`: place of {device}: {why.detail}"


def own_faults(given: Any) -> list[str]:
    """Faults of the file's own `adopt:`."""
    try:
        return list(faults(own(given)))
    except msgspec.ValidationError as why:
        return [f"`adopt`: {str(why).replace('$', 'adopt')}"]


def own(given: Any) -> tuple[Adopt, ...]:
    """The rules for our own topics."""
    return msgspec.convert(given or [], tuple[Adopt, ...])


def rules(sources: Sequence[Source], given: Any = None) -> Mapping[str, Sequence[Adopt]]:
    """The rules of all sources by name, with places in WGS-84; our own topics are "city"."""
    found = {each.name: [_placed(rule, each.crs) for rule in each.adopt] for each in sources}
    return {name: some for name, some in (found | {OWN: list(own(given))}).items() if some}


def _placed(rule: Adopt, crs: wire.Crs) -> Adopt:
    places = {}
    for device, (lon, lat) in rule.places.items():
        x, y = wire.place(lon, lat, crs)
        if x is not None and y is not None:
            places[device] = (x, y)
    return msgspec.structs.replace(rule, places=places)


def teach(city: City, sources: Sequence[Source], path: Path | None) -> None:
    """Let every role that takes readings in know the rules of a file that was found right."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}
    with ingest.answering(city):
        strangers.teach(city, rules(sources, raw.get("adopt")))
