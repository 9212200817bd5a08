"""The writing half of /api/v1: every address is one service verb, repeatable by its key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint
from redis.exceptions import RedisError

from app.city import City
from app.domain.cases import CaseMove
from app.domain.people import User
from app.domain.reports import Report
from app.domain.tasks import Task, TaskMove
from app.errors import NotFound, Refused
from app.services import alerts, cases, reports, shifts, tasks, whereabouts
from app.web.auth import whoami
from app.web.bodies import (
    LONGEST_NOTE,
    LONGEST_TEXT,
    Attendance,
    NewReport,
    Place,
    Sending,
    Step,
    check,
    once,
    read,
    too_long,
    utc,
    wrong_place,
    wrong_time,
)

log = logging.getLogger(__name__)

CASE_MOVES = {
    CaseMove.REGISTER.value: cases.register,
    CaseMove.VOID.value: cases.void,
    CaseMove.CLOSE.value: cases.close,
    CaseMove.REWORK.value: cases.rework,
}
# what of a Step each verb takes besides `at`; a repeated step answers the task as it is
TASK_MOVES: dict[str, tuple[Callable[..., Task], tuple[str, ...]]] = {
    TaskMove.DELIVER.value: (tasks.deliver, ()),
    TaskMove.SEE.value: (tasks.see, ()),
    TaskMove.ACCEPT.value: (tasks.accept, ("note",)),
    TaskMove.ARRIVE.value: (tasks.arrive, ("note",)),
    TaskMove.FINISH.value: (tasks.finish, ("note", "photos")),
    TaskMove.RETURN.value: (tasks.give_back, ("note", "photos")),
}


def blueprint(city: City) -> Blueprint:
    """Return the addresses that change something."""
    moves = Blueprint("moves", __name__, url_prefix="/api/v1")

    @moves.post("/alerts/<thing>/acknowledge")
    def acknowledge(thing: str) -> Any:
        user = whoami()
        return once(city, user, lambda: alerts.acknowledge(city, thing, by=user))

    @moves.post("/alerts/<thing>/open_case")
    def open_case(thing: str) -> Any:
        user = whoami()
        return once(city, user, lambda: alerts.open_case(city, thing, by=user))

    @moves.post("/cases/<thing>/dispatch")
    def dispatch(thing: str) -> Any:
        user, sending = whoami(), read(Sending)
        return once(city, user, lambda: _dispatch(city, user, thing, sending))

    @moves.post("/cases/<thing>/<move>")
    def move_case(thing: str, move: str) -> Any:
        user, step = whoami(), read(Step)
        return once(city, user, lambda: _move_case(city, user, thing, move, step))

    @moves.post("/tasks/<thing>/<move>")
    def move_task(thing: str, move: str) -> Any:
        user, step = whoami(), read(Step)
        return once(city, user, lambda: _move_task(city, user, thing, move, step))

    _of_workers(moves, city)
    return moves


def _of_workers(moves: Blueprint, city: City) -> None:
    @moves.post("/reports")
    def report() -> Any:
        user, new = whoami(), read(NewReport)
        return once(city, user, lambda: _report(city, user, new))

    @moves.post("/position")
    def position() -> Any:
        user, place = whoami(), read(Place)
        return once(city, user, lambda: _position(city, user, place))

    @moves.post("/duty")
    def duty() -> Any:
        user, said = whoami(), read(Attendance)
        return once(city, user, lambda: _turn(city, user, said))


def _turn(city: City, user: User, said: Attendance) -> Any:
    # a phone with a wrong clock goes off duty all the same: the service bounds the moment
    check(at=None if said.at is None or said.at.tzinfo else "时间需带时区")
    return shifts.turn(city, on_duty=said.on_duty, at=utc(said.at), by=user)


def _dispatch(city: City, user: User, case_id: str, sending: Sending) -> Any:
    check(
        workers=None if sending.workers else "请至少选择一名处置人员",
        note=too_long(sending.note, LONGEST_NOTE),
        lead=None if sending.lead in (None, *sending.workers) else "主办人须在所选人员之中",
    )
    lead = sending.lead or sending.workers[0]
    return tasks.dispatch(
        city, case_id, workers=list(sending.workers), lead=lead, note=sending.note, by=user
    )


def _move_case(city: City, user: User, case_id: str, move: str, step: Step) -> Any:
    verb = CASE_MOVES.get(move)
    if verb is None:
        raise NotFound(f"案件没有“{move[:40]}”这个操作。")
    check(note=too_long(step.note, LONGEST_NOTE))
    return verb(city, case_id, note=step.note, by=user)


def _move_task(city: City, user: User, task_id: str, move: str, step: Step) -> Any:
    if move not in TASK_MOVES:
        raise NotFound(f"任务没有“{move[:40]}”这个操作。")
    check(
        note=too_long(step.note, LONGEST_NOTE),
        at=wrong_time(step.at, city.now()),
        lon=wrong_place(step.lon, step.lat),
    )
    verb, taken = TASK_MOVES[move]
    more = {name: getattr(step, name) for name in taken}
    done = verb(city, task_id, by=user, at=utc(step.at), **more)
    _remember_place(city, user, step)
    return done


def _remember_place(city: City, user: User, step: Step) -> None:
    """Where he was when he tapped; the step is done, whether or not this can be kept."""
    try:
        _locate(city, user, step)
    except Refused:
        return
    except RedisError as why:
        log.warning("the place of %s is lost: %s", user.worker, why)


def _report(city: City, user: User, new: NewReport) -> Any:
    check(
        id=None if 0 < len(new.id) <= 100 else "必填,不超过 100 个字符",
        code=None if new.code.isascii() and new.code.isdigit() else "请选择事项分类",
        description=too_long(new.description, LONGEST_TEXT),
        title=too_long(new.title, 100),
        address=too_long(new.address, 200),
        lon=wrong_place(new.lon, new.lat),
        at=wrong_time(new.at, city.now()),
        photos="最多 3 张照片" if len(new.photos) > 3 else None,
    )
    at = int((utc(new.at) or city.now()).timestamp() * 1000)
    report = Report(
        id=new.id,
        channel="phone",
        worker=user.worker,
        at=at,
        code=new.code,
        title=new.title,
        description=new.description,
        lon=new.lon,
        lat=new.lat,
        address=new.address,
        photos=new.photos,
    )
    return reports.file(city, report, by=user)


def _position(city: City, user: User, place: Place) -> Any:
    check(lon=wrong_place(place.lon, place.lat), at=wrong_time(place.at, city.now()))
    _locate(city, user, place)
    return {"ok": True}


def _locate(city: City, user: User, place: Place | Step) -> None:
    if place.lon is not None and place.lat is not None:
        whereabouts.tell(city, place.lon, place.lat, utc(place.at), by=user)
