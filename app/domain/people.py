"""Users, workers, units, and who may do what where."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import msgspec

from app.errors import NotAllowed, Unseen

WARNING = "warning"  # the rule of alerts that hold for a whole area (app.domain.warnings)


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


def around(scope: str) -> tuple[str, ...]:
    """The codes of the areas that a scope lies in: "320404001" is in 320404 and in 320400."""
    wider = [scope[:digits] for digits in (12, 9, 6) if len(scope) > digits]
    return (*wider, scope[:4] + "00") if len(scope) >= 6 else tuple(wider)


def concerns(scope: str, thing: object) -> bool:
    """Whether a scope is told of a thing: what lies in it, and the warnings around it."""
    area = area_of(thing)
    if covers(scope, area):
        return True
    return getattr(thing, "rule", None) == WARNING and area in around(scope)


class Verb(StrEnum):
    """What somebody can want to do; the steps of cases and tasks keep the values of their moves."""

    VIEW = "view"
    ACKNOWLEDGE = "acknowledge"
    OPEN_CASE = "open_case"
    REGISTER = "register"
    DISPATCH = "dispatch"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    REWORK = "rework"
    VOID = "void"
    DELIVER = "deliver"
    SEE = "see"
    ACCEPT = "accept"
    ARRIVE = "arrive"
    FINISH = "finish"
    RETURN = "return"
    REPORT = "report"
    LOCATE = "locate"
    ATTEND = "attend"
    UPLOAD = "upload"
    ADMINISTER = "administer"
    IMPORT = "import"
    UNMASK = "unmask"


# steps of a task that only the worker it was sent to can take
WORK = frozenset(
    {Verb.DELIVER, Verb.SEE, Verb.ACCEPT, Verb.ARRIVE, Verb.FINISH, Verb.RETURN, Verb.LOCATE}
    | {Verb.ATTEND}
)
_OFFICE = frozenset(
    {Verb.VIEW, Verb.REGISTER, Verb.DISPATCH, Verb.WITHDRAW, Verb.CLOSE, Verb.REWORK}
    | {Verb.REPORT, Verb.UPLOAD}
)
_DUTY = _OFFICE | {Verb.ACKNOWLEDGE, Verb.OPEN_CASE, Verb.UNMASK}
_FIELD = WORK | {Verb.VIEW, Verb.REPORT, Verb.UPLOAD}

# Least privilege; the sys_admin administers users and sees nothing of the city (三权分立).
ROLES: dict[Role, frozenset[Verb]] = {
    Role.VIEWER: frozenset({Verb.VIEW}),
    Role.LEADER: frozenset({Verb.VIEW}),
    Role.DUTY_OFFICER: _DUTY,
    Role.DUTY_CHIEF: _DUTY | {Verb.VOID, Verb.IMPORT},
    Role.DISPATCHER: _DUTY | {Verb.VOID},
    Role.STREET_ADMIN: _DUTY | {Verb.VOID},
    Role.DEPT_HANDLER: _FIELD,
    Role.GRID_WORKER: _FIELD,
    Role.SYS_ADMIN: frozenset({Verb.ADMINISTER}),
}

_VERB_WORDS = dict(
    zip(
        Verb,
        (
            *("查看", "确认预警", "转案件", "立案", "派遣", "撤回任务", "结案", "返工", "作废"),
            *("送达", "查看任务", "签收", "到场", "处置完成", "退回", "上报", "上传位置", "上下岗"),
            *("上传照片", "管理用户", "导入文件", "查看未脱敏信息"),
        ),
        strict=True,
    )
)


# what is said of a thing that is not there, or not for the user who asks
MISSING = {
    "Alert": "没有这条预警，或不在您的数据范围内。",
    "Case": "没有这个案件，或不在您的数据范围内。",
    "Task": "没有这个任务，或不是派给您的。",
    "Device": "没有这台设备，或不在您的数据范围内。",
    "Resource": "没有这项资源，或不在您的数据范围内。",
    "Photo": "没有这张照片，或不在您的数据范围内。",
    "Component": "没有这个部件，或不在您的数据范围内。",
    "Worker": "没有这位处置人员，或不在您的数据范围内。",
}


def area_of(thing: object) -> str:
    """The area code that decides who may touch a thing; a str is an area code itself."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Worker):
        return thing.grid
    if isinstance(thing, User):
        return thing.scope
    return str(getattr(thing, "area", ""))


def may(user: User, verb: str, thing: object = None, *, workers: Collection[str] = ()) -> bool:
    """Whether a user's role has the verb, and reaches the thing (None asks for the role alone).

    Others need a scope that covers the thing's area; a warning around it may be seen. Field people
    (网格员, 处置部门) have their own tasks, the cases they reported or have a task on (`workers`
    names who has), and reports in their scope. An unknown verb raises ValueError.
    """
    asked = Verb(verb)
    if asked not in ROLES[user.role]:
        return False
    if thing is None:
        return True
    if user.role is Role.GRID_WORKER or asked in WORK:
        return _is_own(user, thing, workers)
    if asked is Verb.VIEW:
        return concerns(user.scope, thing)
    return covers(user.scope, area_of(thing))


def require(user: User, verb: str, thing: object = None, *, workers: Collection[str] = ()) -> None:
    """Raise NotAllowed, saying whether it is the role or the place that does not fit.

    Of a thing that the user may not see either it is Unseen, in the words of a missing one.
    """
    if may(user, verb, thing, workers=workers):
        return
    asked = Verb(verb)
    if type(thing).__name__ in MISSING and not may(user, Verb.VIEW, thing, workers=workers):
        raise Unseen(MISSING[type(thing).__name__])
    if asked not in ROLES[user.role]:
        raise NotAllowed(f"您的角色没有“{_VERB_WORDS[asked]}”权限，请联系值班长。")
    if user.role is Role.GRID_WORKER or asked in WORK:
        raise NotAllowed("只能查看和处理派给您本人的任务。")
    raise NotAllowed(f"您的数据范围不包含该区域，不能{_VERB_WORDS[asked]}。")


def _is_own(user: User, thing: object, workers: Collection[str]) -> bool:
    if user.worker is None:
        return False
    if isinstance(thing, Worker):
        return thing.id == user.worker
    if isinstance(thing, str):
        return covers(user.scope, thing)
    owners = {getattr(thing, "worker", None), getattr(thing, "reporter", None), *workers}
    return user.worker in owners
