"""What staff reads about a place that was found by its address; nothing of the address itself."""

from __future__ import annotations

from geodata.gazetteer import Doubt, Match
from geodata.gazetteer_names import PlaceKind

KINDS = {
    PlaceKind.CITY: "市",
    PlaceKind.DISTRICT: "区县",
    PlaceKind.STREET: "街道（镇）",
    PlaceKind.COMMUNITY: "社区（村）",
    PlaceKind.ROAD: "道路",
    PlaceKind.ESTATE: "小区",
    PlaceKind.POI: "地点",
    PlaceKind.CROSSING: "路口",
    PlaceKind.BUILDING: "楼幢",
    PlaceKind.ADDRESS: "门牌",
    PlaceKind.COMPONENT: "部件",
    PlaceKind.DEVICE: "设备",
}
DOUBTS = {
    Doubt.AMBIGUOUS: "同名或简称不止一处",
    Doubt.CONTRADICTION: "地址中的地名互相矛盾",
    Doubt.ELSEWHERE: "地址以外市或未知区县开头",
    Doubt.SIMILAR: "只与名称相近",
    Doubt.SOUND: "写法不同，按读音认出",
    Doubt.NEAR: "地址只说在附近",
    Doubt.HOUSE: "门牌、幢号未核对",
    Doubt.NUMBER: "门牌按邻近门牌推定",
    Doubt.ROAD: "道路不在地名库",
    Doubt.CROSSING: "路口由道路走向推算",
    Doubt.DRAWN: "边界为示意",
}
UNKNOWN = "位置：地址中没有认出的地名，未定位。"
WIDE = "位置：地址只说到本辖区，未定位。"
PERSONAL = (PlaceKind.ADDRESS, PlaceKind.BUILDING)  # their names say the house number


def said(match: Match) -> str:
    """The name of what was found; of a house only that it is one."""
    return "门牌地址" if match.place.kind in PERSONAL else match.place.name


def about(name: str, within_m: float | None = None) -> str:
    """What is put behind an address: an inexact place is never shown as an exact one."""
    reach = f"，误差约{_round(within_m)}米" if within_m else ""
    return f"（约：按地址推定到{name}{reach}）"


def explained(match: Match) -> str:
    """One line: what matched, how far off it may be, how sure, and what stays open."""
    open_ = "；".join(DOUBTS[doubt] for doubt in match.doubts)
    return (
        f"位置（约）：按地址认出{KINDS[match.place.kind]}“{said(match)}”，"
        f"误差约{_round(match.within_m)}米，可信度{match.confidence:.2f}"
        f"{'；' + open_ if open_ else ''}。"
    )


def undecided(matches: list[Match], where: str) -> str:
    """One line: what it could be, and the area that holds all of it."""
    names = "、".join(dict.fromkeys(f"{said(m)}（{m.confidence:.2f}）" for m in matches))
    doubts = "；".join(dict.fromkeys(DOUBTS[doubt] for m in matches for doubt in m.doubts))
    return f"位置（约）：可能是{names}，只定到{where}{'；' + doubts if doubts else ''}。"


def outside(match: Match) -> str:
    """One line: the address names a place of the city that is not in the area shown."""
    return f"位置：地址提到{said(match)}，不在本辖区，未定位，请核实。"


def _round(metres: float) -> int:
    step = 10 if metres < 1_000 else 100
    return max(step, round(metres / step) * step)
