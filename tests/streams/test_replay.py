"""Replay: a letter is taken once, as of its arrival, by the sources as they are now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import msgspec
import pytest
import redis

from app.domain.quality import Doubt
from app.domain.readings import Quality
from app.domain.reports import Report
from app.errors import Unavailable
from app.services import ingest, letters, reports
from app.services.ingest import Letter
from app.store import keys
from app.store.live import Live
from streams import inbox, replay
from streams.feeds import Feeds
from streams.inbox import Reader
from streams.mqtt import Arrival
from streams.sourcefile import load
from tests.cast import ADMIN
from tests.recorded import recorded
from tests.waiting import until

WRONG = """\
sources:
  - name: works
    dialect: profile
    owner: 自来水
    crs: wgs84
    kind: water_pressure
    topics: ["plant/{device}/data"]
    options: {time: ts, time_format: ms, records: items, lon: lon, lat: lat}
    metrics:
      p: {metric: pressure, unit: kPa}
    personal: [keeper]
"""
RIGHT = WRONG.replace(
    "{metric: pressure, unit: kPa}", "{metric: pressure, unit: kPa, values: {x: 300}}"
)
HERE = {"lon": 119.93, "lat": 31.78}


@pytest.fixture
def file(city, tmp_path: Path) -> Path:
    """A file of sources that the city reads."""
    path = tmp_path / "sources.yaml"
    path.write_text(WRONG, encoding="utf-8")
    object.__setattr__(city, "settings", city.settings.model_copy(update={"sources": path}))
    return path


def now(city) -> int:
    return int(city.now().timestamp() * 1000)


def said(*items: dict, **more) -> bytes:
    return msgspec.json.encode({"items": [HERE | item for item in items], "keeper": "张"} | more)


def come(city, topic: str, payload: bytes) -> None:
    """A message arrives as in the ingest role."""
    sources = load(city.settings.sources) if city.settings.sources else ()
    batch = Reader(feeds=Feeds(sources)).sort([Arrival(topic, payload, 1, 1, 1)], now(city))
    inbox.write(city, batch, now(city))


def ask(city, **which) -> int:
    return letters.replay(city, ADMIN, [x["id"] for x in letters.search(city, ADMIN, **which)])


def test_a_letter_is_taken_after_the_profile_was_mended(city, clock, file) -> None:
    at = now(city)
    come(city, "plant/P1/data", said({"ts": at, "p": "x", "id": "13800001234"}))
    assert [x.reason for x in city.live.dead_letters()] == ["wrong_field"]
    assert ask(city) == 1
    assert replay.turn(city) == 0
    (still,) = letters.search(city, ADMIN)
    assert (still["reason"], still["tries"], still["queued"]) == ("wrong_field", 1, False)
    file.write_text(RIGHT, encoding="utf-8")
    clock.advance(hours=30)
    assert ask(city, source="works") == 1
    assert replay.turn(city) == 1
    assert letters.search(city, ADMIN) == []
    (reading,) = recorded(city)
    assert (reading.device, reading.at, reading.arrived) == ("P1", at, now(city))
    assert reading.metrics == {"pressure": pytest.approx(0.3)}
    assert reading.quality == Quality.LATE
    counts = city.live.counts()
    assert (counts["replayed"], counts["replayed:works"], counts["rejected"]) == (1, 1, 1)
    kinds = [fact.kind for fact in city.ledger.facts_after(0)]
    assert [kind for kind in kinds if kind.startswith("letters")] == [
        *("letters.requested", "letters.replayed", "letters.requested", "letters.replayed"),
    ]
    assert replay.turn(city) == 0


def test_a_reading_of_which_a_part_was_taken_is_whole_after_its_replay(city, file) -> None:
    wrong = WRONG.replace("    personal", "      b: battery\n    personal")
    file.write_text(wrong.replace("lat: lat}", "lat: lat, id: id}"), encoding="utf-8")
    message = said({"ts": now(city), "p": "x", "b": 50, "id": "m-1"})
    for _ in range(2):  # delivered twice: the part is taken once
        come(city, "plant/P1/data", message)
    assert [reading.metrics for reading in recorded(city)] == [{"battery": 50.0}]
    right = RIGHT.replace("    personal", "      b: battery\n    personal")
    file.write_text(right.replace("lat: lat}", "lat: lat, id: id}"), encoding="utf-8")
    ask(city)
    replay.turn(city)
    assert letters.search(city, ADMIN) == []
    whole = {"battery": 50.0, "pressure": pytest.approx(0.3)}
    assert [reading.metrics for reading in recorded(city)] == [{"battery": 50.0}, whole]


def test_what_came_late_says_nothing_of_now(city, clock, file) -> None:
    at = now(city)
    come(city, "plant/P1/data", said({"ts": at, "p": "x"}))
    clock.advance(hours=1)
    come(city, "plant/P1/data", said({"ts": now(city), "p": 200}))
    file.write_text(RIGHT, encoding="utf-8")
    ask(city)
    replay.turn(city)
    newer, late = recorded(city)
    assert (late.at, late.quality, late.doubts & Doubt.SKEW) == (at, Quality.LATE, 0)
    assert city.live.feeds()["works"] == newer.arrived
    assert city.live.last("P1").at == newer.at


def test_the_good_part_of_a_message_is_not_taken_twice(city, clock, file) -> None:
    at = now(city)
    come(city, "plant/P1/data", said({"ts": at, "p": 100}, {"ts": at + 1, "p": "x"}))
    assert [r.at for r in recorded(city)] == [at]
    city.live.redis.delete(*city.live.redis.keys("cy:{0}:seen:*"))  # as after 29 hours
    file.write_text(RIGHT, encoding="utf-8")
    clock.advance(hours=40)
    ask(city)
    assert replay.turn(city) == 1
    assert [r.at for r in recorded(city)] == [at, at + 1]


def test_a_replay_that_died_before_its_end_has_no_effect_again(city, clock, file) -> None:
    come(city, "plant/P1/data", said({"ts": now(city), "p": "x"}))
    (letter,) = city.live.dead_letters()
    file.write_text(RIGHT, encoding="utf-8")
    clock.advance(hours=30)
    for _ in range(2):
        ask(city)
        assert replay.turn(city) == 1
        city.live.bury([letter])
    assert len(recorded(city)) == 1


def test_while_another_role_replays_nobody_else_does(city, file) -> None:
    come(city, "plant/P1/data", said({"ts": now(city), "p": "x"}))
    file.write_text(RIGHT, encoding="utf-8")
    ask(city)
    with city.live.redis.lock(keys.LETTER_LOCK, timeout=5):
        assert replay.turn(city) == 0
    assert replay.turn(city) == 1


def test_own_messages_reports_and_births_are_replayed(city, clock) -> None:
    at = now(city)
    for what, body in {
        "gas/G1/status": {"ts": at, "online": True, "name": "一号", **HERE},
        "gas/G2/status": {"ts": at, "online": False},
        "gas/G1/telemetry": {"ts": at, "metrics": {"ch4": 3}},
        "grid/W001/report": {
            **{"id": "r9", "ts": at, "code": "06010", "title": "垃圾", "description": ""},
        },
    }.items():
        letter = Letter(f"city/320404/{what}", msgspec.json.encode(body), "odd", "x")
        ingest.reject(city, [letter], at)
    clock.advance(minutes=5)
    ask(city)
    assert replay.turn(city) == 4
    assert city.live.device("G1").name == "一号"
    assert city.live.redis.hgetall(keys.STATUSES) == {}
    assert [r.device for r in recorded(city)] == ["G1"]
    assert reports.open_waiting(city, "t") == 1


def test_an_acknowledged_report_waits_for_its_case_again(city, monkeypatch) -> None:
    told = {"id": "r1", "channel": "mqtt", "worker": "W001", "at": now(city), "code": "06010"}
    report = Report(**told, title="垃圾", description="", **HERE)
    ingest.receive(city, [report], now(city))
    with monkeypatch.context() as patch:
        patch.setattr(reports, "_open", lambda *_: 1 / 0)
        reports.open_waiting(city, "t")
    assert ask(city, reason="no_case") == 1
    assert replay.turn(city) == 1
    reports.open_waiting(city, "t")
    with city.ledger.read() as tx:
        assert tx.case_of("grid", "r1") is not None


def test_a_letter_that_breaks_our_code_stays_and_the_others_go_on(city, file, monkeypatch) -> None:
    come(city, "plant/P1/data", said({"ts": now(city), "p": "x"}))
    come(city, "plant/P2/data", said({"ts": now(city) + 1, "p": "x"}))
    file.write_text(RIGHT, encoding="utf-8")
    observe = ingest.observe

    def stumble(city, batch, *times):
        if batch and batch[0].device == "P1":
            raise ZeroDivisionError
        return observe(city, batch, *times)

    monkeypatch.setattr(replay.ingest, "observe", stumble)
    ask(city)
    assert replay.turn(city) == 1
    (left,) = letters.search(city, ADMIN)
    assert (left["reason"], left["detail"], left["tries"]) == ("odd", "ZeroDivisionError", 1)


def test_a_store_that_is_away_leaves_all_letters_waiting(city, file, monkeypatch) -> None:
    come(city, "plant/P1/data", said({"ts": now(city), "p": "x"}))
    file.write_text(RIGHT, encoding="utf-8")
    ask(city)
    gone = replace(city, live=Live(redis.Redis(port=1, socket_connect_timeout=0.1, retry=None)))
    with pytest.raises(Unavailable):
        replay.turn(gone)

    def away(*_):
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(replay.ingest, "observe", away)
        with pytest.raises(Unavailable):
            replay.turn(city)
    assert replay.turn(city) == 1


def test_the_role_replays_by_itself_and_waits_for_a_right_file(city, file, monkeypatch) -> None:
    monkeypatch.setattr(replay, "TURN_S", 0.01)
    come(city, "plant/P1/data", said({"ts": now(city), "p": "x"}))
    file.write_text("sources: 3", encoding="utf-8")
    ask(city)
    stop = Event()
    thread = replay.start(city, stop)
    file.write_text(RIGHT, encoding="utf-8")
    until(lambda: city.live.counts().get("replayed"))
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_the_personal_fields_of_a_source_are_kept_and_not_shown(city, file) -> None:
    come(city, "plant/P1/data", said({"ts": now(city), "p": "x"}, keeper="赵铁柱"))
    (letter,) = city.live.dead_letters()
    assert "赵铁柱".encode() in letter.payload
    assert "赵铁柱" not in letter.preview
    assert "***" in letter.preview


def test_a_strangers_message_is_not_replayed_as_that_of_a_webhook(city, tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(
        "sources:\n  - {name: hotline, dialect: orders, owner: 热线, crs: wgs84, by: webhook,\n"
        "     personal: [caller_phone]}\n",
        encoding="utf-8",
    )
    object.__setattr__(city, "settings", city.settings.model_copy(update={"sources": path}))
    order = msgspec.json.encode({"order_no": "A1", "ts": now(city), "title": "路灯不亮"})
    forged = [
        Letter("webhook/hotline", order, "unknown_topic", "heard at the broker"),
        Letter("accepted/order", order, "not_json", "heard at the broker"),
    ]
    ingest.reject(city, forged, now(city))
    assert ask(city) == 2
    assert replay.turn(city) == 0
    assert city.live.redis.xlen(keys.REPORTS) == 0
    ingest.reject(city, [Letter("webhook/hotline", order, "odd", "", "hotline")], now(city))
    assert ask(city, source="hotline") == 1
    assert replay.turn(city) == 1
    assert city.live.redis.xlen(keys.REPORTS) == 1
