"""What grid workers find: matter codes and names of GB/T 47678.5-2026, words of our own."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One kind of matter: its 5-digit code, title, what is written about it, and its picture."""

    code: str
    title: str
    words: tuple[str, ...]
    picture: str
    share: float
    wet: bool = False


FINDINGS: tuple[Finding, ...] = (
    Finding(
        "06010",
        "暴露垃圾",
        ("{spot}有袋装垃圾堆放，约{n}袋，已有异味。", "{spot}墙角散落生活垃圾，面积约{n}平方米。"),
        "rubbish",
        9,
    ),
    Finding(
        "06042",
        "垃圾站（箱）满溢",
        ("{spot}垃圾桶满溢，周边散落约{n}处。", "{spot}分类亭投放口已满，居民将垃圾放在桶外。"),
        "rubbish",
        7,
    ),
    Finding("06012", "道路不洁", ("{spot}路面有大量落叶和泥沙，长约{n}米。",), "rubbish", 5),
    Finding(
        "06036",
        "乱堆杂物",
        ("{spot}楼道口堆放旧家具、纸箱{n}件。", "{spot}围墙边堆放建筑余料，影响通行。"),
        "rubbish",
        6,
    ),
    Finding(
        "09005",
        "店外经营",
        ("{spot}水果店货摊占用人行道约{n}平方米。", "{spot}早餐店桌椅摆到盲道上。"),
        "stall",
        7,
    ),
    Finding(
        "09006",
        "占道经营",
        ("{spot}有流动摊贩{n}处占道售卖，劝离后返回。",),
        "stall",
        6,
    ),
    Finding(
        "09010",
        "非机动车乱停放",
        ("{spot}电动自行车乱停约{n}辆，占用盲道。",),
        "bikes",
        6,
    ),
    Finding("09011", "共享单车乱象", ("{spot}共享单车倒伏堆叠约{n}辆。",), "bikes", 4),
    Finding(
        "09012",
        "占用消防通道",
        ("{spot}小区消防通道被{n}辆轿车占用，车上无联系电话。",),
        "bikes",
        3,
    ),
    Finding("06013", "道路破损", ("{spot}路面坑洞，直径约{n}0厘米，夜间易摔倒。",), "hole", 4),
    Finding("01002", "污水井盖异常", ("{spot}污水井盖松动，车辆经过有异响。",), "hole", 2),
    Finding("07001", "非法小广告", ("{spot}墙面、灯杆新贴小广告约{n}张。",), "poster", 5),
    Finding("07003", "违规户外广告", ("{spot}沿街商铺擅自设置灯箱{n}处。",), "poster", 2),
    Finding("08004", "工地扬尘", ("{spot}工地裸土未覆盖，出入口带泥约{n}米。",), "hole", 2),
    Finding(
        "06030",
        "乱倒乱排污水、废水",
        ("{spot}餐饮店向雨水口倾倒泔水，油污约{n}平方米。",),
        "water",
        3,
        True,
    ),
    Finding(
        "01004",
        "雨水箅子异常",
        ("{spot}路面积水约{n}0平方米，水深及脚踝，雨水箅子被树叶堵住。",),
        "water",
        0.3,
        True,
    ),
)
SPOTS = (
    "{place}{road}{no}号门前",
    "{place}{road}与支路路口",
    "{place}{no}幢北侧",
    "{place}菜场东门",
)
ROADS = (
    "清潭路",
    "怀德路",
    "延陵路",
    "勤业路",
    "星港路",
    "玉龙路",
    "童子河路",
    "会馆浜路",
    "茶花路",
)


def spoken(name: str) -> str:
    """A community as people say it: 白云新村 for 白云新村社区."""
    return name.removesuffix("社区")


def road_of(code: str, rng: random.Random) -> str:
    """One of the two or three roads that run through an area."""
    return ROADS[(int(code[:12]) + rng.choice((0, 0, 1, 4))) % len(ROADS)]


def find(rng: random.Random, code: str, place: str, rain: float) -> tuple[Finding, str, str]:
    """A finding, its description and its address; rain brings the wet ones."""
    shares = [f.share * (1 + (rain if f.wet else 0)) for f in FINDINGS]
    finding = rng.choices(FINDINGS, shares)[0]
    road = road_of(code, rng)
    spot = rng.choice(SPOTS).format(place=place, road=road, no=rng.randint(1, 260))
    return finding, rng.choice(finding.words).format(spot=spot, n=rng.randint(2, 9)), spot
