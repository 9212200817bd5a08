"""Users, workers, units, and who may do what where."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """Least privilege; 三权分立 keeps system, security and audit apart."""

    VIEWER = "viewer"
    DUTY_OFFICER = "duty_officer"
    DUTY_CHIEF = "duty_chief"
    DISPATCHER = "dispatcher"
    DEPT_HANDLER = "dept_handler"
    GRID_WORKER = "grid_worker"
    STREET_ADMIN = "street_admin"
    LEADER = "leader"
    SYS_ADMIN = "sys_admin"


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in; `scope` is an area-code prefix ("3204", "320404", "320404005", …).

    `worker` is the worker id of a grid worker. The password is never here.
    """

    id: str
    name: str
    role: Role
    scope: str
    worker: str | None = None


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A grid worker (网格员) or a member of a unit; `grid` is the prefix of his own area.

    `skills` are device kinds or matter majors he is trained for.
    """

    id: str
    name: str
    unit: str
    grid: str
    skills: tuple[str, ...] = ()
    on_duty: bool = True


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A responsible unit (责任单位); `skills` are device kinds or matter majors it answers for."""

    id: str
    name: str
    area: str
    skills: tuple[str, ...] = ()


def covers(scope: str, area: str) -> bool:
    """Whether a scope prefix covers an area code; an empty area is for the widest scope only."""
    return area.startswith(scope) if area else len(scope) <= 4
