"""The fixed cast of the tests, so that every permission test reads as a story.

Zhonglou (320404) has the street 五星 (320404001) with the grid of ZHANG, and the street 邹区
(320404116), whose dispatcher must see nothing of 五星. COMMANDER sees the whole city.
"""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.people import Role, Unit, User, Worker

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday, 17:00 in Beijing

STREET, COMMUNITY, GRID = "320404001", "320404001001", "320404001001001"
OTHER_STREET, OTHER_GRID = "320404116", "320404116001001"

COMMANDER = User(id="commander", name="周指挥", role=Role.DUTY_CHIEF, scope="3204")
DUTY = User(id="duty", name="吴值班", role=Role.DUTY_OFFICER, scope="320404")
LEADER = User(id="leader", name="郑领导", role=Role.LEADER, scope="320404")
DISPATCHER = User(id="street001", name="王派遣", role=Role.DISPATCHER, scope=STREET)
STRANGER = User(id="street116", name="冯派遣", role=Role.DISPATCHER, scope=OTHER_STREET)
WALL = User(id="wall", name="大屏", role=Role.VIEWER, scope="320404")
ADMIN = User(id="admin", name="系统管理员", role=Role.SYS_ADMIN, scope="3204")
ZHANG = User(id="w001", name="张网格", role=Role.GRID_WORKER, scope=COMMUNITY, worker="W001")
LI = User(id="w002", name="李网格", role=Role.GRID_WORKER, scope=COMMUNITY, worker="W002")
FAR = User(id="w003", name="邹网格", role=Role.GRID_WORKER, scope=OTHER_STREET, worker="W003")

USERS = (COMMANDER, DUTY, LEADER, DISPATCHER, STRANGER, WALL, ADMIN, ZHANG, LI, FAR)

UNIT = Unit(id="U01", name="区城管局", area="320404", skills=("06", "09"))
UNITS = (UNIT, Unit(id="U02", name="燃气公司", area="320404", skills=("gas",)))

WORKERS = (
    Worker(id="W001", name="张网格", unit="U01", grid=COMMUNITY, skills=("06",)),
    Worker(id="W002", name="李网格", unit="U01", grid=COMMUNITY, skills=("gas",)),
    Worker(id="W003", name="邹网格", unit="U01", grid=OTHER_STREET),
)
