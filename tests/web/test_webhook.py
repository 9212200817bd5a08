"""Webhooks at the door: who may, what is taken, refused and kept, and what a fault costs."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import callbacks
from app.config import load_settings
from app.errors import Unavailable
from app.services import ingest, reports, throttle, tokens
from app.store import keys
from app.store.live import Live
from app.web.server import build
from streams import doors
from tests.streams.fuzzing import ANY, sample
from tests.web.senders import SOURCES, Sender, an_order, code_of


@pytest.fixture
def open_city(city, tmp_path):
    """The test's city with three sources, two of them by webhook."""
    file = tmp_path / "sources.yaml"
    file.write_text(SOURCES)
    own = load_settings(
        var=city.settings.var,
        redis_url=city.settings.redis_url,
        secret_key=city.settings.secret_key,
        database_url=city.settings.database_url,
        sources=file,
    )
    return replace(city, settings=own)


@pytest.fixture
def hotline(open_city) -> Sender:
    return Sender(open_city)


@pytest.mark.parametrize("how", ["bearer", "signed"])
def test_an_order_is_taken_and_becomes_a_case_once(open_city, hotline, how: str) -> None:
    send = getattr(hotline, how)
    for _ in range(2):
        answer = send(an_order(open_city))
        assert (answer.status_code, answer.json) == (202, {"taken": 1, "known": 0, "refused": []})
        open_city_clock(open_city)
    reports.open_waiting(open_city, "clock")
    with open_city.ledger.read() as tx:
        assert len(tx.cases(source="hotline")) == 1
        assert tx.order("A1").caller_phone == "13812345678"
    counts = open_city.live.counts()
    assert (counts["received:hotline"], counts["reports:hotline"]) == (2, 2)
    assert open_city.live.feeds()["hotline"] > 0


def open_city_clock(city) -> None:
    """A second later: each request is signed anew."""
    city.now.__self__.advance(seconds=1)


def test_readings_come_as_chirpstack_sends_them(open_city) -> None:
    network = Sender(open_city, "lora")
    up = sample("chirpstack", "up.json")
    answer = network.bearer(up, "?event=up")
    assert answer.status_code == 202
    assert answer.json["taken"] >= 1
    assert open_city.live.redis.xlen(keys.readings(0)) == 1
    assert network.bearer(up, "/log").json == {"taken": 0, "known": 1, "refused": []}
    odd = network.bearer(up, "/strange")
    assert (odd.status_code, odd.json["refused"][0]["reason"]) == (422, "unknown_topic")
    assert network.bearer(up, "/a%20b").status_code == 404


def test_what_is_refused_is_said_and_kept_without_what_is_personal(open_city, hotline) -> None:
    answer = hotline.bearer(an_order(open_city, type="闲聊"))
    assert (answer.status_code, code_of(answer)) == (422, "refused")
    assert answer.json["refused"][0]["reason"] == "wrong_field"
    assert answer.json["refused"][0]["detail"].startswith("type:")
    assert answer.json["taken"] == 0
    (letter,) = open_city.live.dead_letters()
    assert (letter.topic, letter.reason) == ("webhook/hotline", "wrong_field")
    assert "13812345678" not in letter.preview
    assert hotline.bearer(b"no json").json["refused"][0]["reason"] == "not_json"
    assert open_city.live.counts()["refused:hotline:wrong_field"] == 1


def test_the_good_ones_of_a_list_are_taken(open_city) -> None:
    many = [an_order(open_city, f"B{i}") for i in range(300)]
    many[7]["ts"] = "soon"
    answer = Sender(open_city, "bulk").signed({"list": many})
    refused = [{"reason": "bad_time", "detail": "ts: 'soon' is no ISO-8601 time"}]
    assert (answer.status_code, answer.json) == (
        202,
        {"taken": 299, "known": 0, "refused": refused},
    )
    assert open_city.live.redis.xlen(keys.REPORTS) == 299
    assert len(open_city.live.dead_letters()) == 1


def test_who_does_not_prove_himself_stays_outside(open_city, hotline) -> None:
    body = an_order(open_city)
    assert code_of(hotline.post(body)) == "sign_in_needed"
    assert hotline.post(body, Authorization="Bearer cyt_x_y").status_code == 401
    assert hotline.post(body, Authorization="Basic YTpi").status_code == 401
    assert hotline.signed(body, at=1).status_code == 401
    assert hotline.post(body, X_Chengyun_Timestamp="1", X_Chengyun_Signature="ü").status_code == 401
    other = Sender(open_city, "lora")
    other.source = "hotline"
    assert (other.bearer(body).status_code, other.signed(body).status_code) == (403, 401)
    assert open_city.live.redis.xlen(keys.REPORTS) == 0


def test_a_source_that_is_none_of_ours_is_told_only_to_its_holder(open_city) -> None:
    for name in ("field", "gone"):
        assert Sender(open_city, name).bearer({}).status_code == 404
    assert Sender(open_city).http.post("/in/gone", data=b"{}").status_code == 401


def test_a_signed_request_cannot_be_replayed(open_city, hotline) -> None:
    body, now = an_order(open_city), int(open_city.now().timestamp())
    assert hotline.signed(body, at=now).status_code == 202
    again = hotline.signed(body, at=now)
    assert (again.status_code, code_of(again)) == (409, "conflict")
    assert open_city.live.counts()["received:hotline"] == 1


def test_what_is_signed_for_one_door_opens_no_other(open_city) -> None:
    both = Sender(open_city, scopes=("webhook:hotline", "webhook:bulk"))
    now = int(open_city.now().timestamp())
    assert both.signed(an_order(open_city), at=now).status_code == 202
    both.source = "bulk"
    assert both.signed(an_order(open_city), at=now).status_code == 409


@pytest.mark.parametrize("path", ["/up", "?event=up", "/a/b.c"])
def test_what_the_address_says_is_signed_too(open_city, path) -> None:
    """Who holds the line cannot turn a reading into another message, or give it another device."""
    hotline, now = Sender(open_city), int(open_city.now().timestamp())
    raw = json.dumps(an_order(open_city)).encode()
    more = path.removeprefix("/").removeprefix("?event=")

    def sent(signed_for: str, path: str, body: bytes = raw) -> int:
        said = tokens.sign(open_city, hotline.token, now, raw, signed_for).decode()
        proof = {"X_Chengyun_Timestamp": str(now), "X_Chengyun_Signature": said}
        return hotline.post(body, path, **proof).status_code

    assert sent("", path) == 401
    assert sent("down", path) == 401
    assert sent(more, "") == 401
    assert sent(more, "", more.encode() + b"\n" + raw) == 401
    assert sent(more, path) == 202


def test_a_time_of_endless_digits_is_none(open_city, hotline) -> None:
    said = {"X_Chengyun_Timestamp": "9" * 5000, "X_Chengyun_Signature": "sha256=00"}
    assert hotline.post({}, **said).status_code == 401


def test_a_text_may_begin_with_a_mark(open_city, hotline) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(an_order(open_city)).encode()
    assert hotline.bearer(marked).status_code == 202
    assert hotline.bearer(b"\xef\xbb\xbf" * 100_000).status_code == 422


def test_its_limit_is_told_with_when_to_come_again(open_city) -> None:
    slow = Sender(open_city, per_minute=1)
    assert slow.bearer(an_order(open_city)).status_code == 202
    answer = slow.bearer(an_order(open_city))
    assert (answer.status_code, code_of(answer)) == (429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_who_guesses_has_to_wait(open_city, hotline, monkeypatch) -> None:
    monkeypatch.setattr(throttle, "FAILURES", 3)
    for _ in range(3):
        assert hotline.post({}, Authorization="Bearer cyt_a_b").status_code == 401
    assert hotline.post({}, Authorization="Bearer cyt_a_b").status_code == 429
    assert hotline.bearer(an_order(open_city)).status_code == 202


def test_a_packed_body_is_unpacked_and_a_bomb_is_not(open_city, hotline) -> None:
    packed = gzip.compress(json.dumps(an_order(open_city)).encode())
    assert hotline.signed(packed, Content_Encoding="gzip").status_code == 202
    half = packed[: len(packed) // 2]
    assert hotline.bearer(half, Content_Encoding="gzip").status_code == 400
    assert hotline.bearer(b"{}", Content_Encoding="gzip").status_code == 400
    assert hotline.bearer(packed, Content_Encoding="br").status_code == 415
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    for many in (
        bomb,
        gzip.compress(b"") * 40_000,
        gzip.compress(b"{}") * 20_000,
        gzip.compress(b" " * (1 << 20)) * 2,
    ):
        answer = hotline.bearer(many, Content_Encoding="gzip")
        assert answer.status_code in (413, 422), answer.status_code
    assert code_of(hotline.bearer(bomb, Content_Encoding="gzip")) == "too_large"


def test_sizes_and_kinds_are_limited_before_anything_is_read(open_city, hotline) -> None:
    large = hotline.bearer(b"x" * ((1 << 20) + 1))
    assert (large.status_code, code_of(large)) == (413, "too_large")
    form = hotline.bearer(b"a=b", Content_Type="application/x-www-form-urlencoded")
    assert (form.status_code, code_of(form)) == (415, "unsupported")
    assert hotline.bearer(b"{}", Content_Type="application/senml+json").status_code == 422
    assert hotline.http.get("/in/hotline").status_code == 405
    assert hotline.http.get("/in/hotline").json["error"]["code"] == "method_not_allowed"


def test_a_store_that_is_away_acknowledges_nothing(open_city, monkeypatch) -> None:
    hotline = Sender(open_city)
    body, now = an_order(open_city), int(open_city.now().timestamp())
    with monkeypatch.context() as away:
        away.setattr(ingest, "receive", gone)
        answer = hotline.signed(body, at=now)
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")
    assert "away" not in answer.json["error"]["message"]
    assert int(answer.headers["Retry-After"]) > 0
    assert open_city.live.redis.xlen(keys.REPORTS) == 0
    # the same bytes with the same signature are taken when the store is back
    assert hotline.signed(body, at=now).status_code == 202
    assert open_city.live.redis.xlen(keys.REPORTS) == 1


def test_a_birth_that_could_not_be_written_is_said_again(open_city, monkeypatch) -> None:
    network, up = Sender(open_city, "lora"), sample("chirpstack", "up.json")
    with monkeypatch.context() as away:
        away.setattr(ingest, "observe", gone)
        assert network.bearer(up, "/up").status_code == 503
    # the births of a device and two gateways, and its reading; then the reading alone
    assert [network.bearer(up, "/up").json["taken"] for _ in range(2)] == [4, 1]
    assert open_city.live.device("24e124713c140001") is not None


def gone(*_: Any, **__: Any) -> None:
    raise Unavailable("away")


def test_no_redis_at_all_is_a_503(open_city) -> None:
    hotline = Sender(open_city)
    nowhere = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=1)
    dead = replace(open_city, live=Live(nowhere, 1))
    hotline.http = build(dead, replace(callbacks.screens(), doors=doors.DOORS))[0].test_client()
    answer = hotline.bearer(an_order(open_city))
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")


def test_a_revoked_token_is_shut_out_at_once(open_city, hotline) -> None:
    assert hotline.bearer(an_order(open_city)).status_code == 202
    tokens.revoke(open_city, None, hotline.token.id)
    assert hotline.bearer(an_order(open_city)).status_code == 401
    assert hotline.signed(an_order(open_city)).status_code == 401


def test_no_sessions_cookie_comes_from_a_door(open_city, hotline) -> None:
    assert "Set-Cookie" not in hotline.bearer(an_order(open_city)).headers


HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=20)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    body=st.binary(max_size=80) | ANY.map(lambda said: json.dumps(said).encode()),
    kind=st.sampled_from(["application/json", "text/plain", "a/b", ""]) | HEADERS,
    packed=st.sampled_from(["gzip", "identity", "br", ""]) | HEADERS,
    tail=st.text(max_size=12),
    proof=HEADERS,
)
def test_whatever_comes_is_answered(open_city, hotline, body, kind, packed, tail, proof) -> None:
    said = {"Content_Type": kind, "Content_Encoding": packed}
    path = f"/{quote(tail)}" if tail else ""
    for answer in (
        hotline.bearer(body, path, **said),
        hotline.signed(body, path=path, **said),
        hotline.post(body, path, Authorization=proof, **said),
        hotline.post(body, X_Chengyun_Signature=proof, X_Chengyun_Timestamp=proof, **said),
    ):
        assert answer.status_code in (202, 308, 400, 401, 404, 409, 413, 415, 422, 429)
        assert answer.status_code == 308 or answer.json
