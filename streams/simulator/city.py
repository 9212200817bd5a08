"""Places the devices of a city over its areas: the same seed gives the same city."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import numpy as np

from app.domain.kinds import BY_CODE
from geodata.areas import Area, AreaLevel, AreaTree
from streams.simulator import faults, inventory
from streams.simulator.inventory import Stock
from streams.simulator.sensor import Sensor

HOME_SHARE = 0.72  # of all devices stand in the district that is shown
KM_PER_DEGREE = 111.32
GROUP_KM = 0.09  # devices of one group stand within about 200 m
SUFFIXES = ("社区", "街道", "管理区", "镇", "村")
ON_STAGE = frozenset({"gas", "smoke", "waterlogging", "traffic", "crowd", "parking"})
STAGE = "320404005"  # where the demo's gas leak happens, when the city has that street

Spot = tuple[float, float, str, int]  # lon, lat, area code, number of its group


def stage(tree: AreaTree) -> Area:
    """The area where scenarios play: the first community of 南大街街道, else the first at home."""
    here = tree.area(STAGE) if STAGE in tree else tree.home
    while children := tree.children(here.code):
        if here.level is AreaLevel.COMMUNITY:
            break
        here = children[0]
    return here


def place(tree: AreaTree, devices: int, seed: int) -> list[Sensor]:
    """All sensors of the city, gateways last."""
    counts = inventory.counts(devices)
    spread = _Spread(tree, seed)
    sensors: list[Sensor] = []
    for stock in inventory.STOCK:
        spots = spread.spots(counts[stock.kind], stock)
        sensors += [spread.sensor(stock, n, spot) for n, spot in enumerate(spots, start=1)]
    gateways = _gateways(spread, sensors, counts["gateway"])
    return sensors + gateways


class _Spread:
    """Draws places and characters."""

    def __init__(self, tree: AreaTree, seed: int) -> None:
        self.tree, self.seed = tree, seed
        self.rng = random.Random(f"{seed}:city")
        self._points = np.random.default_rng(seed)
        self._stage = stage(tree).code
        scope = tree.home.scope
        self._home = [area.code for area in tree.grids if area.code.startswith(scope)]
        self._away = [area.code for area in tree.grids if not area.code.startswith(scope)]
        centre = tree.home.polygon.centroid
        self._centre = centre.x, centre.y
        self._squeeze = math.cos(math.radians(centre.y))

    def spots(self, count: int, stock: Stock) -> list[Spot]:
        """`count` places in groups; the first group of some kinds stands on the stage."""
        centres: list[tuple[float, float, int]] = []
        for n in range(math.ceil(count / stock.group)):
            code = self._stage if n == 0 and stock.kind in ON_STAGE else self._leaf()
            lon, lat = self.tree.point_in(code, self._points)
            centres += [(lon, lat, n)] * stock.group
        centres = centres[:count]
        near = [self._near(lon, lat) if stock.group > 1 else (lon, lat) for lon, lat, _ in centres]
        return list(self._placed(near, centres))

    def sensor(self, stock: Stock, number: int, spot: Spot) -> Sensor:
        """One device with its character."""
        lon, lat, area, group = spot
        code = f"{stock.prefix}-{number:04d}"
        rng = random.Random(f"{self.seed}:{code}")
        return Sensor(
            code=code,
            kind=stock.kind,
            name=f"{self._called(stock, area, group)} {number:04d}",
            lon=round(lon, 6),
            lat=round(lat, 6),
            area=area,
            x=(lon - self._centre[0]) * KM_PER_DEGREE * self._squeeze,
            y=(lat - self._centre[1]) * KM_PER_DEGREE,
            period=float(BY_CODE[stock.kind].period_s),
            trait=max(-1.0, min(1.0, rng.gauss(0, 0.45))),
            bowl=min(1.7, math.exp(rng.gauss(-1.5, 0.8))),
            size=rng.randint(*stock.size),
            rng=rng,
            fault=faults.draw(stock.kind, rng) if stock.kind != "gateway" else None,
            clock_error_ms=faults.clock_error(rng),
        )

    def _leaf(self) -> str:
        at_home = not self._away or self.rng.random() < HOME_SHARE
        return self.rng.choice(self._home if at_home else self._away)

    def _near(self, lon: float, lat: float) -> tuple[float, float]:
        east, north = self.rng.gauss(0, GROUP_KM), self.rng.gauss(0, GROUP_KM)
        step = KM_PER_DEGREE
        return lon + east / step / self._squeeze, lat + north / step

    def _placed(
        self, near: list[tuple[float, float]], centres: list[tuple[float, float, int]]
    ) -> Iterator[Spot]:
        """The places with their areas; one that fell over the city's edge goes to its centre."""
        if not near:
            return
        codes = self.tree.locate(*np.array(near).T)
        middle = self.tree.locate(*np.array([c[:2] for c in centres]).T)
        for here, code, centre, inner in zip(near, codes, centres, middle, strict=True):
            kept = code[:6] == inner[:6]
            lon, lat = here if kept else centre[:2]
            yield lon, lat, code if kept else inner, centre[2]

    def _called(self, stock: Stock, area: str, group: int) -> str:
        """What a device is called: the name of its community or street, and what it is."""
        noun = stock.nouns[(group * 7 + group // 5) % len(stock.nouns)]
        if stock.kind == "river" and (waters := inventory.rivers(area[:6])):
            return f"{waters[group % len(waters)]}{noun}"
        level = area[:12] if len(area) > 9 else area
        name = self.tree.name(level)
        for suffix in SUFFIXES:
            if name.endswith(suffix) and len(name) > len(suffix) + 1:
                name = name.removesuffix(suffix)
                break
        return f"{name}{noun}"


def _gateways(spread: _Spread, sensors: list[Sensor], count: int) -> list[Sensor]:
    """Gateways in the middle of their children: LoRa devices in the order of their areas."""
    speaks = {stock.kind for stock in inventory.STOCK if stock.lora}
    children = sorted((s for s in sensors if s.kind in speaks), key=lambda s: (s.area, s.code))
    gateways: list[Sensor] = []
    for n in range(min(count, len(children))):
        share = children[n * len(children) // count : (n + 1) * len(children) // count]
        if not share:
            continue
        middle = share[len(share) // 2]
        spot = (middle.lon, middle.lat, middle.area, 0)
        gateway = spread.sensor(inventory.GATEWAY, n + 1, spot)
        gateway.size = len(share)
        for child in share:
            child.gateway = gateway.code
        gateways.append(gateway)
    return gateways
