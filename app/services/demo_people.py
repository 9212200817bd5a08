"""The people of the demo: invented names, on the streets of the district that is shown."""

from __future__ import annotations

import msgspec

from app.domain.people import Role, Unit, User, Worker
from geodata.areas import AreaTree

DISTRICT = "320404"  # the cast is written for Zhonglou; elsewhere it moves to the home
CITY_SCOPE = "3204"
WORKERS = 40

# skills are device kinds and majors of GB/T 47678.5-2026; who answers for what is a *default*
UNITS = (
    Unit(id="U01", name="区城管局", area=DISTRICT, skills=("06", "07", "09", "parking")),
    Unit(id="U02", name="区应急局", area=DISTRICT, skills=("rain", "crowd", "elevator", "10")),
    Unit(
        id="U03", name="区水利局", area=DISTRICT, skills=("waterlogging", "river", "pump", "rain")
    ),
    Unit(id="U04", name="港华燃气抢修中心", area=DISTRICT, skills=("gas",)),
    Unit(
        id="U05",
        name="供电公司",
        area=DISTRICT,
        skills=("transformer", "streetlight", "electrical_fire"),
    ),
    Unit(id="U06", name="区环卫所", area=DISTRICT, skills=("06", "03", "04")),
    Unit(id="U07", name="市政养护中心", area=DISTRICT, skills=("01", "02", "manhole", "bridge")),
    Unit(id="U08", name="区生态环境局", area=DISTRICT, skills=("air", "noise", "dust", "08")),
    Unit(id="U09", name="区消防救援大队", area=DISTRICT, skills=("smoke", "electrical_fire")),
    Unit(id="U10", name="供水公司", area=DISTRICT, skills=("water_pressure", "01", "manhole")),
)

_SURNAMES = "张王李赵陈杨周吴徐孙朱马胡林郭何高罗郑梁谢宋唐许邓韩冯曹彭曾"
_GIVEN = ("建国", "秀英", "志强", "丽娟", "海涛", "玉兰", "伟", "敏", "晓东", "春燕", "永康", "静")

OFFICE = (
    User(id="commander", name="周明远", role=Role.DUTY_CHIEF, scope=CITY_SCOPE),
    User(id="duty", name="吴晓岚", role=Role.DUTY_OFFICER, scope=DISTRICT),
    User(id="leader", name="郑国栋", role=Role.LEADER, scope=DISTRICT),
    User(id="street05", name="蒋文娟", role=Role.DISPATCHER, scope=f"{DISTRICT}005"),
    User(id="street16", name="邹立群", role=Role.DISPATCHER, scope=f"{DISTRICT}116"),
    User(id="admin", name="系统管理员", role=Role.SYS_ADMIN, scope=CITY_SCOPE),
    User(id="wall", name="大屏", role=Role.VIEWER, scope=DISTRICT),
)


def units(areas: AreaTree) -> list[Unit]:
    """The units of the cast, at home in the district that is shown."""
    return [msgspec.structs.replace(unit, area=areas.home.scope) for unit in UNITS]


def workers(areas: AreaTree) -> list[Worker]:
    """Forty grid workers, in turn over the streets, each for one community and one trade."""
    streets = areas.children(areas.home.code) or (areas.home,)
    found = []
    for i in range(WORKERS):
        street = streets[i % len(streets)]
        communities = areas.children(street.code) or (street,)
        round_ = i // len(streets)
        # spread over the street: each next round takes a community further on
        rounds = WORKERS // len(streets) + 1
        home = communities[(round_ * len(communities)) // rounds]
        unit = UNITS[(i + round_) % len(UNITS)]
        found.append(
            Worker(
                id=f"W{i + 1:03d}",
                name=_name(i),
                unit=unit.id,
                grid=home.code,
                skills=tuple(dict.fromkeys(("06", "09", *unit.skills))),
            )
        )
    return found


def office(areas: AreaTree) -> list[User]:
    """The office, with scopes of the city shown; the street of a dispatcher that it does not have
    is its first or last one."""
    streets = [area.scope for area in areas.children(areas.home.code)] or [areas.home.scope]
    scopes = {CITY_SCOPE: areas.city.scope, DISTRICT: areas.home.scope}
    scopes |= {f"{DISTRICT}005": streets[0], f"{DISTRICT}116": streets[-1]}
    if areas.home.code == DISTRICT:
        return list(OFFICE)
    return [msgspec.structs.replace(user, scope=scopes[user.scope]) for user in OFFICE]


def users(areas: AreaTree) -> list[User]:
    """The office, and one account per grid worker (w001 is worker W001)."""
    field = [
        User(
            id=worker.id.lower(),
            name=worker.name,
            role=Role.GRID_WORKER,
            scope=worker.grid,
            worker=worker.id,
        )
        for worker in workers(areas)
    ]
    return [*office(areas), *field]


def _name(i: int) -> str:
    return _SURNAMES[i % len(_SURNAMES)] + _GIVEN[(i * 5 + i // len(_SURNAMES)) % len(_GIVEN)]
