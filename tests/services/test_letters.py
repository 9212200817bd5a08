"""Dead letters: found again, dropped with a reason, told how they grow; shown only masked."""

from __future__ import annotations

import msgspec
import pytest

from app.errors import Invalid, NotAllowed
from app.services import ingest, letters, reports
from app.services.ingest import Letter
from tests.cast import ADMIN, COMMANDER

ORDER = "city/320404/12345/G1/order"


def now(city) -> int:
    return int(city.now().timestamp() * 1000)


def refuse(city, *more: Letter) -> None:
    ingest.reject(city, more, now(city))


def a(n: int = 0, **more) -> Letter:
    given = {"topic": f"p/{n}", "payload": b"{", "reason": "not_json", "detail": "d"}
    return Letter(**given | more)


def found(city, **more) -> list[str]:
    return [row["topic"] for row in letters.search(city, ADMIN, **more)]


def test_they_are_found_by_source_reason_and_text(city) -> None:
    refuse(city, a(1), a(2, source="lora"), a(3, source="lora", reason="too_old"))
    refuse(city, a(4, payload="水位 7".encode(), personal=()))
    assert set(found(city)) == {"p/1", "p/2", "p/3", "p/4"}
    assert set(found(city, source="lora")) == {"p/2", "p/3"}
    assert found(city, source="lora", reason="too_old") == ["p/3"]
    assert set(found(city, reason="not_json")) == {"p/1", "p/2", "p/4"}
    assert found(city, text=" 水位 ") == ["p/4"]
    assert found(city, text="P/1") == ["p/1"]
    assert found(city, text="nowhere") == []


def test_pages_follow_one_another(city) -> None:
    refuse(city, *(a(n) for n in range(120)))
    first = letters.search(city, ADMIN)
    second = letters.search(city, ADMIN, before=first[-1]["id"], limit=100)
    assert (len(first), len(second)) == (50, 70)
    assert len({row["id"] for row in first + second}) == 120


def test_an_order_is_kept_whole_and_shown_masked(city) -> None:
    body = {"title": "张小明反映", "caller_name": "张小明", "caller_phone": "13800001234"}
    payload = msgspec.json.encode(body)
    refuse(city, Letter(ORDER, payload, "wrong_field", "电话13800001234不对"))
    refuse(city, Letter(ORDER, "张小明 13800001234".encode(), "not_json", "x"))
    rows = letters.search(city, ADMIN)
    assert not [row for row in rows if "张小明" in str(row) or "13800001234" in str(row)]
    assert letters.search(city, ADMIN, text="张小明") == []
    assert payload in [x.payload for x in city.live.dead_letters()]


def test_a_report_that_cannot_become_a_case_keeps_its_bytes(city, a_report, monkeypatch) -> None:
    ingest.receive(city, [a_report(title="王小二报")], now(city))
    monkeypatch.setattr(reports, "_open", lambda *_: 1 / 0)
    reports.open_waiting(city, "test")
    (letter,) = city.live.dead_letters()
    assert (letter.topic, letter.reason, letter.detail) == (
        *("accepted/report", "no_case", "ZeroDivisionError"),
    )
    assert letter.payload
    assert letter.preview == ""


def test_a_detail_that_quotes_half_a_character_or_a_number_is_kept(city) -> None:
    refuse(city, a(1, topic="p/\ud800", detail="found '\ud800', 13800001234"))
    (row,) = letters.search(city, ADMIN)
    assert (row["topic"], row["detail"]) == ("p/?", "found '?', 138****1234")


def test_dropping_needs_a_reason_and_is_recorded(city, kinds_told) -> None:
    refuse(city, a(1), a(2))
    ids = [row["id"] for row in letters.search(city, ADMIN)]
    with pytest.raises(Invalid):
        letters.drop(city, ADMIN, ids, "  ")
    assert letters.drop(city, ADMIN, [ids[0], ids[0], "gone"], "测试，电话13800001234") == 1
    assert len(letters.search(city, ADMIN)) == 1
    assert kinds_told() == ["letters.dropped"]
    (fact,) = city.ledger.facts_after(0)
    assert fact.who == ADMIN.id
    assert fact.body["letters"] == 1
    assert "13800001234" not in str(fact.body)
    assert letters.drop(city, ADMIN, [ids[0]], "again") == 0


def test_what_is_asked_for_twice_waits_once(city, kinds_told) -> None:
    refuse(city, a(1), Letter("report r1", b"no picture", "bad_photo", "x"))
    rows = letters.search(city, ADMIN)
    assert {row["topic"]: row["replayable"] for row in rows} == {"p/1": True, "report r1": False}
    ids = [row["id"] for row in rows]
    assert letters.replay(city, ADMIN, ids) == 1
    assert letters.replay(city, ADMIN, ids) == 0
    assert kinds_told() == ["letters.requested"]
    assert [row["queued"] for row in letters.search(city, ADMIN, text="p/1")] == [True]
    assert letters.totals(city)["queued"] == 1


def test_only_an_administrator_sees_them(city) -> None:
    for ask in (
        lambda: letters.search(city, COMMANDER),
        lambda: letters.replay(city, COMMANDER, []),
        lambda: letters.drop(city, COMMANDER, [], "x"),
    ):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(Invalid):
        letters.replay(city, ADMIN, ["x"] * 1_001)


def test_totals_tell_how_they_grow(city, clock) -> None:
    refuse(city, a(1), a(2, source="lora"))
    clock.advance(hours=3)
    refuse(city, a(3), a(4), a(5, source="lora", reason="too_old"))
    told = letters.totals(city)
    assert (told["kept"], told["trimmed"], told["queued"]) == (5, 0, 0)
    assert (told["last_hour"], told["last_hour_by_source"]) == (3, {"city": 2, "lora": 1})
    piles = {(p["source"], p["reason"]): p["kept"] for p in told["by_source_reason"]}
    assert piles == {("city", "not_json"): 3, ("lora", "not_json"): 1, ("lora", "too_old"): 1}
    assert sum(p["bytes"] for p in told["by_source_reason"]) == told["bytes"] > 0
    hours = told["per_hour"]
    assert len(hours) == 24
    assert [hour["letters"] for hour in hours if hour["letters"]] == [2, 3]
    assert hours[-1]["by_source"] == {"city": 2, "lora": 1}
    assert hours[-1]["at"] <= now(city) < hours[-1]["at"] + 3_600_000


def test_the_settings_bound_them(city) -> None:
    small = city.settings.model_copy(update={"letters_kept": 3})
    object.__setattr__(city, "settings", small)
    refuse(city, *(a(n) for n in range(9)))
    told = letters.totals(city)
    assert (told["kept"], told["trimmed"]) == (3, 6)
