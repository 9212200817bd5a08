"""Publishers: how many messages each says it has sent, summed per source beside what came.

A publisher that is no device of the city speaks as one of the kind "publisher": it is counted and
is nowhere else, neither on the map nor among the unknown devices.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.city import City
from app.domain.readings import DeviceStatus
from app.services.grading import source_of

KIND = "publisher"


def note(city: City, said: Sequence[DeviceStatus]) -> list[DeviceStatus]:
    """Take in what publishers have counted; returns the statuses that are of devices.

    Repeating it changes nothing: only a count that is newer by the publisher's own time counts.
    """
    for s in said:
        if s.sent is not None:
            city.live.add_sent(source_of(s.feed), s.device, s.at, s.sent)
    return [s for s in said if s.kind != KIND]
