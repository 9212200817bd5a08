"""Resources of the demo (示意): invented ones, spread over the communities of the city shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from app.city import City
from app.domain.resources import Resource, Sort, State
from app.services import resources_import
from app.store import resources as kept
from geodata.areas import Area, AreaLevel

SEED = 20261122
Rng = np.random.Generator
_SURNAMES = "张王李赵陈杨周吴徐孙朱马胡林郭何高罗郑梁"


class Made(NamedTuple):
    """How many of a sort there are, and how the n-th is made: name, kind, unit and fields."""

    many: int
    make: Callable[[int, str, Rng], tuple[str, str, str, dict[str, Any]]]


def seed(city: City) -> int:
    """Put the demo's resources into a ledger that has none; returns how many were put."""
    with city.ledger.read() as tx:
        if kept.edition(tx):
            return 0
    things = list(things_of(city))
    added = {sort: [one for one in things if one.sort is sort] for sort in Sort}
    for sort, some in added.items():
        resources_import.take(city, resources_import.Trial(sort, some, [], 0, 0, []), "system")
    return len(things)


def things_of(city: City) -> Iterator[Resource]:
    """The demo's resources: the same for the same city, whoever asks."""
    homes = _communities(city)
    for sort, made in CAST.items():
        rng = np.random.default_rng([SEED, list(Sort).index(sort), int(city.areas.home.code)])
        first = int(rng.integers(len(homes)))
        for n in range(made.many):
            home = homes[(first + n * len(homes) // made.many + n // len(homes)) % len(homes)]
            lon, lat = city.areas.point_in(home.code, rng)
            name, kind, unit, body = made.make(n, home.name, rng)
            yield Resource(
                id=f"{sort.value}-{n + 1:04d}",
                sort=sort,
                name=name,
                kind=kind,
                area=city.areas.locate_one(round(lon, 6), round(lat, 6)),
                lon=round(lon, 6),
                lat=round(lat, 6),
                unit=unit,
                body=body | _who(sort, rng) | _number(city, sort, n),
                state=State.OUT if n % 29 == 28 else State.READY,
                updated=city.now(),
            )


def _communities(city: City) -> list[Area]:
    """The communities of the city shown; streets or the city itself where there are none."""
    every = list(city.areas.under(city.areas.home.code))
    found = [area for area in every if area.level is AreaLevel.COMMUNITY]
    return found or [area for area in every if not city.areas.children(area.code)] or every[:1]


def _who(sort: Sort, rng: Rng) -> dict[str, Any]:
    if sort is Sort.CAMERA:
        return {}
    name = _SURNAMES[int(rng.integers(len(_SURNAMES)))] + "建国"
    # numbers of the 1380000 block, which nobody was given
    return {"leader": name, "phone": f"1380000{int(rng.integers(10_000)):04d}"}


def _number(city: City, sort: Sort, n: int) -> dict[str, Any]:
    """A camera's number as GB/T 28181 has it: centre 8, trade 2, type 132, network 1, serial 6."""
    if sort is not Sort.CAMERA:
        return {}
    return {"code": f"{city.areas.home.code:0<6}00001320{n + 1:06d}"}


def _team(n: int, home: str, rng: Rng) -> tuple[str, str, str, dict[str, Any]]:
    kinds = (
        *(("消防救援", "区消防救援大队"), ("医疗急救", "区急救站"), ("防汛抢险", "区水利局")),
        *(("燃气抢修", "港华燃气抢修中心"), ("电力抢修", "供电公司"), ("综合应急", "区应急局")),
    )
    kind, unit = kinds[n % len(kinds)]
    body = {"members": int(rng.integers(6, 40)), "specialty": kind}
    return f"{home}{kind}队", kind, unit, body


def _supply(n: int, home: str, rng: Rng) -> tuple[str, str, str, dict[str, Any]]:
    items = (
        *(("防汛", "编织沙袋", 2000, "只"), ("防汛", "移动排涝泵", 4, "台")),
        *(("照明", "应急照明车", 2, "辆"), ("电力", "应急发电机", 6, "台")),
        *(
            ("救生", "橡皮艇", 5, "艘"),
            ("医疗", "急救箱", 40, "套"),
            ("消防", "干粉灭火器", 300, "具"),
        ),
    )
    kind, item, most, measure = items[n % len(items)]
    amount = max(1, round(most * float(rng.uniform(0.4, 1))))
    body = {"item": item, "quantity": amount, "measure": measure}
    return f"{home}{kind}物资点", kind, "区应急局", body


def _shelter(n: int, home: str, rng: Rng) -> tuple[str, str, str, dict[str, Any]]:
    kinds = (
        ("公园广场", "中心公园", 3000),
        ("学校操场", "小学操场", 1500),
        ("室内", "体育馆", 800),
    )
    kind, name, most = kinds[n % len(kinds)]
    body = {"capacity": round(most * float(rng.uniform(0.4, 1)), -1)}
    return f"{home}{name}避难场所", kind, "区应急局", {"capacity": int(body["capacity"])}


def _hazard(n: int, home: str, rng: Rng) -> tuple[str, str, str, dict[str, Any]]:
    kinds = (
        *(("易涝点", "下穿通道"), ("危化", "加油站"), ("燃气", "中压调压站")),
        *(("危房", "老旧厂房"), ("消防", "沿街“三合一”场所"), ("工地", "深基坑工地")),
    )
    kind, name = kinds[n % len(kinds)]
    grade = str(rng.choice(("重大", "较大", "一般", "低"), p=(0.08, 0.22, 0.45, 0.25)))
    body = {"grade": grade, "measures": "定期巡查，责任到人"}
    return f"{home}{name}", kind, "区应急局", body


def _protected(n: int, home: str, rng: Rng) -> tuple[str, str, str, dict[str, Any]]:
    kinds = (
        *(("学校", "小学", 1200), ("医院", "卫生服务中心", 200), ("养老院", "颐养院", 150)),
        *(("幼儿园", "幼儿园", 300), ("商场", "邻里中心", 900), ("重要设施", "变电所", 10)),
    )
    kind, name, most = kinds[n % len(kinds)]
    return f"{home}{name}", kind, "", {"people": max(1, round(most * float(rng.uniform(0.4, 1))))}


def _camera(n: int, home: str, rng: Rng) -> tuple[str, str, str, dict[str, Any]]:
    kind = ("路口", "治安", "河道", "工地", "广场")[n % 5]
    direction = str(rng.choice(("东", "南", "西", "北", "全景")))
    return f"{home}{kind}摄像头 {n + 1:03d}", kind, "公安视频平台", {"direction": direction}


CAST = {
    Sort.TEAM: Made(12, _team),
    Sort.SUPPLY: Made(20, _supply),
    Sort.SHELTER: Made(30, _shelter),
    Sort.HAZARD: Made(40, _hazard),
    Sort.PROTECTED: Made(60, _protected),
    Sort.CAMERA: Made(120, _camera),
}
