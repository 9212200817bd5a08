"""Which devices a city of a given size has: shares, code prefixes, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stock:
    """One kind: its share of all devices, how many stand together, and their names.

    `lora` devices speak through a gateway; `size` is the range of a capacity (bays, persons).
    """

    kind: str
    prefix: str
    share: float
    nouns: tuple[str, ...]
    group: int = 1
    lora: bool = False
    size: tuple[int, int] = (1, 1)


STOCK: tuple[Stock, ...] = (
    Stock("gas", "GAS", 9, ("燃气井",), 6, True),
    Stock("smoke", "SMK", 12, ("烟感", "沿街商铺烟感", "群租房烟感"), 3, True),
    Stock("manhole", "MHC", 11, ("污水井盖", "雨水井盖", "电力井盖"), 4, True),
    Stock("streetlight", "LMP", 9, ("路灯回路",), 3),
    Stock("electrical_fire", "ELF", 8, ("配电箱", "商铺电气火灾探测器"), 2, True),
    Stock("water_pressure", "WPR", 6, ("供水管网测点",), 1, True),
    Stock(
        "waterlogging",
        "WL",
        6,
        ("道路积水点", "道路积水点", "道路积水点", "小区低洼点", "下穿通道积水点"),
        1,
        True,
    ),
    Stock("traffic", "TRF", 6, ("路口",)),
    Stock("transformer", "TRN", 6, ("配变",)),
    Stock("elevator", "ELV", 5, ("电梯",), 2),
    Stock("noise", "NOI", 4, ("噪声监测点",)),
    Stock("parking", "PRK", 4, ("停车场",), size=(60, 900)),
    Stock("air", "AIR", 3, ("空气微站",)),
    Stock("bridge", "BRG", 3, ("大桥", "跨河桥", "高架")),
    Stock("dust", "DST", 3, ("工地",)),
    Stock("crowd", "CRD", 3, ("广场", "商业街", "公园"), size=(500, 8000)),
    Stock("rain", "RAIN", 2, ("雨量站",)),
    Stock("river", "RIV", 2, ("水位站",)),
    Stock("pump", "PMP", 1.5, ("排涝泵站",)),
)
GATEWAY = Stock("gateway", "GW", 0, ("物联网关",))
CHILDREN = 40  # LoRa devices per gateway

# Waters of Changzhou (names only); a river station is called after one of them.
RIVERS: dict[str, tuple[str, ...]] = {
    "3204": ("京杭大运河", "关河", "南市河", "德胜河", "澡港河", "武宜运河", "扁担河", "童子河"),
    "320413": ("丹金漕河金坛段", "金坛通济河"),
    "320481": ("宜溧漕河溧阳段", "溧阳南河"),
}


def rivers(district: str) -> tuple[str, ...]:
    """The waters that a station of a district may stand at; empty where we know none."""
    return RIVERS.get(district) or RIVERS.get(district[:4]) or ()


def counts(devices: int) -> dict[str, int]:
    """How many of each kind make up a city of `devices`; gateways are counted in."""
    lora = sum(stock.share for stock in STOCK if stock.lora)
    total = sum(stock.share for stock in STOCK)
    gateways = max(1, round(devices * lora / total / (CHILDREN + lora / total)))
    exact = {s.kind: max(devices - gateways, 0) * s.share / total for s in STOCK}
    found = {kind: int(number) for kind, number in exact.items()}
    short = max(devices - gateways, 0) - sum(found.values())
    for kind in sorted(exact, key=lambda kind: found[kind] - exact[kind])[:short]:
        found[kind] += 1
    found["gateway"] = min(gateways, devices)
    return found
