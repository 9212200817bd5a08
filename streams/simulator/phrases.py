"""What citizens call 12345 about: kinds of requests in our own words, with gaps to fill."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Theme:
    """One subject: `topic` names what brings it up (rain, heat, gas), "" is every day."""

    title: str
    category: str
    type: str
    urgency: str
    words: tuple[str, ...]
    share: float
    topic: str = ""


def _themes() -> tuple[Theme, ...]:
    text = Path(__file__).with_name("themes.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["theme"]
    return tuple(Theme(**(row | {"words": tuple(row["words"])})) for row in rows)


THEMES = _themes()
ESTATES = ("新村", "花苑", "小区", "雅居", "家园", "公寓")
HOMES = ("村", "苑", "园", "庭", "区", "城", "家")  # a community of such a name is an estate
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志红海燕春梅晓峰文博雪婷"
CHANNELS = (("电话", 60), ("APP", 14), ("微信", 16), ("网站", 5), ("信箱", 2), ("上级转办", 3))
PHONE_IN_TEXT = (
    "来电人电话{phone}，要求回复。",
    "请处理后联系{phone}。",
    "联系人{name}，手机{phone}。",
    "回电请打{phone}，白天都方便。",
)
CLOCKS = ("清晨5点", "早上7点", "中午12点", "下午3点", "傍晚6点", "晚上9点")
REPEATED = ("此问题已多次反映，仍未解决。", "来电人称上周反映过一次，没有回音。")


def estate(place: str, rng: random.Random) -> str:
    """A housing estate in a community; many communities are one themselves."""
    return place if place.endswith(HOMES) else place + rng.choice(ESTATES)
