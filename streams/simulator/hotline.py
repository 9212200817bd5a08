"""12345: citizens who call, write and complain, more of them by day, in rain and in heat."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from geodata.areas import AreaTree
from geodata.coordinates import wgs84_to_gcj02
from streams.simulator import findings, messages, phrases
from streams.simulator.messages import Message
from streams.simulator.phrases import Theme

WITH_PLACE = 0.8  # the others say only an address
IN_GCJ02 = 0.5  # of the placed ones: the hotline's map is a commercial one
WITH_PHONE_IN_TEXT = 0.25
WITH_ID_NO = 0.06
ANONYMOUS = 0.1
TOPICAL = 0.45  # of the calls when everybody notices what happens
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


class Hotline:
    """Makes orders one after the other; the same seed and start make the same orders."""

    def __init__(self, tree: AreaTree, seed: int, started: str, topics: tuple[str, ...]) -> None:
        """`started` (digits of date and time) keeps order numbers apart from run to run."""
        self._tree, self._started, self._topics = tree, started, topics
        self._rng = random.Random(f"{seed}:hotline")
        self._points = np.random.default_rng(seed + 2)
        streets = tree.children(tree.home.code) or (tree.home,)
        self._places = [
            area for street in streets for area in (tree.children(street.code) or (street,))
        ]
        self._made = 0

    def order(self, ts: int, stirred: float, where: str | None = None) -> Message:
        """One order; `stirred` (0..1) is how much the scenario's subject is on people's minds."""
        rng = self._rng
        theme = self._theme(stirred)
        area = self._tree.area(where) if where and theme.topic else rng.choice(self._places)
        self._made += 1
        order_no = f"CZ{self._started}{self._made:05d}"
        name, phone = _name(rng), f"138{rng.randint(0, 99_999_999):08d}"
        place = findings.spoken(area.name)
        estate = phrases.estate(place, rng)
        road = findings.road_of(area.code, rng)
        body: dict[str, Any] = {
            "ts": ts,
            "channel": rng.choices(*zip(*phrases.CHANNELS, strict=True))[0],
            "type": theme.type,
            "urgency": theme.urgency,
            "category": theme.category,
            "title": f"{place}{theme.title}",
            "content": _content(theme, estate, road, name, phone, rng),
            "address": f"{self._tree.home.name}{road}{rng.randint(1, 300)}号{estate}",
        }
        body |= self._where(area.code) | _caller(name, phone, rng)
        return messages.order(self._tree.home.code, order_no, body)

    def _theme(self, stirred: float) -> Theme:
        topical = [theme for theme in phrases.THEMES if theme.topic in self._topics]
        stirs = topical and self._rng.random() < TOPICAL * stirred
        themes = topical if stirs else list(phrases.THEMES)
        return self._rng.choices(themes, [theme.share for theme in themes])[0]

    def _where(self, area: str) -> dict[str, Any]:
        if self._rng.random() > WITH_PLACE:
            return {}
        lon, lat = self._tree.point_in(area, self._points)
        if self._rng.random() > IN_GCJ02:
            return {"lon": round(lon, 6), "lat": round(lat, 6)}
        x, y = wgs84_to_gcj02(lon, lat)
        return {"lon": round(float(x), 6), "lat": round(float(y), 6), "crs": "gcj02"}


def _content(
    theme: Theme, estate: str, road: str, name: str, phone: str, rng: random.Random
) -> str:
    clock = rng.choice(phrases.CLOCKS)
    text = rng.choice(theme.words).format(
        estate=estate, road=road, no=rng.randint(1, 68), days=rng.randint(2, 6), clock=clock
    )
    if rng.random() < 0.12:
        text += rng.choice(phrases.REPEATED)
    if rng.random() < WITH_PHONE_IN_TEXT:
        text += rng.choice(phrases.PHONE_IN_TEXT).format(phone=phone, name=name)
    return text


def _caller(name: str, phone: str, rng: random.Random) -> dict[str, str]:
    """Who called; nobody of these exists."""
    if rng.random() < ANONYMOUS:
        return {}
    caller = {"caller_name": name, "caller_phone": phone}
    if rng.random() < WITH_ID_NO:
        caller["id_no"] = _id_no(rng)
    return caller


def _name(rng: random.Random) -> str:
    given = "".join(rng.choices(phrases.GIVEN, k=rng.choice((1, 2, 2))))
    return rng.choice(phrases.SURNAMES) + given


def _id_no(rng: random.Random) -> str:
    """An invented identity number with a right check digit (GB 11643)."""
    born = f"19{rng.randint(50, 99)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    digits = f"320404{born}{rng.randint(0, 999):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + CHECKS[total % 11]
