"""Health, metrics, and the files that need no sign-in."""

from __future__ import annotations

import time

from redis.exceptions import ConnectionError as RedisGone

from app.services import ingest, tokens
from app.services.letters import Letter
from app.web import pages
from tests import cast
from tests.web.things import open_case, put_device


def gone(*_args: object, **_more: object) -> None:
    raise RedisGone("away")


def test_healthz_is_well_when_every_role_beats(city, anonymous) -> None:
    sick = anonymous.get("/healthz")
    assert sick.status_code == 503
    assert set(sick.json["missing"]) == {"ingest", "watch", "clock", "archive"}
    for role in ("ingest", "watch", "clock", "archive"):
        city.live.beat(role, int(time.time() * 1000))
    well = anonymous.get("/healthz")
    assert (well.status_code, well.json["ok"]) == (200, True)


def test_healthz_says_which_store_is_away(city, anonymous, monkeypatch) -> None:
    monkeypatch.setattr(type(city.live), "beats", gone)
    said = anonymous.get("/healthz")
    assert said.status_code == 503
    assert (said.json["redis"], said.json["ledger"]) == (False, True)


def test_metrics_count_what_is_there(city, as_user) -> None:
    city.live.ensure_groups()
    put_device(city, "GAS-1")
    open_case(city)
    duty = as_user(cast.DUTY)
    duty.socket()
    said = duty.get("/metrics").text
    for line in (
        'chengyun_store_up{store="redis"} 1.0',
        'chengyun_open_alerts{level="4"} 1.0',
        'chengyun_open_cases{status="pending_dispatch"} 1.0',
        'chengyun_sockets{role="duty_officer"} 1.0',
        'chengyun_stream_lag{group="watch",stream="cy:{0}:readings"} 1.0',
        "chengyun_push_frame_seconds_count",
        'chengyun_feed_age_seconds{name="telemetry"}',
    ):
        assert line in said


def test_metrics_answer_also_without_redis(city, anonymous, monkeypatch) -> None:
    monkeypatch.setattr(type(city.live), "counts", gone)
    assert 'chengyun_store_up{store="redis"} 0.0' in anonymous.get("/metrics").text


def test_metrics_are_not_for_the_street(anonymous) -> None:
    through_a_proxy = anonymous.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"})
    assert through_a_proxy.status_code == 403
    far = anonymous.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert far.status_code == 403


def test_metrics_of_the_whole_city_are_for_an_administrator(as_user) -> None:
    far = {"environ_overrides": {"REMOTE_ADDR": "10.0.0.9"}}
    assert as_user(cast.ZHANG).get("/metrics", **far).status_code == 403
    assert as_user(cast.ADMIN).get("/metrics", **far).status_code == 200


def test_the_policy_stands_on_every_answer(anonymous) -> None:
    for path in ("/login", "/healthz", "/api/v1/me", "/m/", "/nothing"):
        policy = anonymous.get(path).headers["Content-Security-Policy"]
        assert "script-src 'self' 'sha256-" in policy
        assert "unsafe-inline" not in policy.split("style-src")[0]


def test_a_missing_npm_package_says_what_to_do(anonymous, monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(pages.VENDOR, "idb.js", tmp_path / "none.js")
    answer = anonymous.get("/vendor/idb.js")
    assert answer.status_code == 404
    assert "npm ci" in answer.text
    assert anonymous.get("/vendor/other.js").status_code == 404


def test_a_page_that_is_not_there_is_a_page(as_user) -> None:
    answer = as_user(cast.DUTY).get("/nothing")
    assert answer.status_code == 404
    assert "<html" in answer.text


def test_the_two_pages_load_for_those_who_may(as_user) -> None:
    duty = as_user(cast.DUTY)
    for page in ("wall", "cockpit"):
        assert duty.get(f"/{page}/").status_code == 200
        layout = duty.get(f"/{page}/_dash-layout")
        assert layout.status_code == 200
        assert len(layout.data) > 1000
    assert duty.get("/wall?area=320404").status_code in (302, 308)


def test_metrics_tell_of_the_border(city, anonymous) -> None:
    at = int(city.now().timestamp() * 1000)
    refused = Letter("works/1", b"{", "not_json", "no JSON", "works")
    ingest.reject(city, [refused], at)
    counts = {"received:works": 2, "said:works": 2, "refused:works:not_json": 1}
    ingest.count(city, counts, at)
    tokens.issue(city, None, source="works", scopes=("read",))
    said = anonymous.get("/metrics").text
    for line in (
        'chengyun_source_messages_total{source="works",what="received"} 2.0',
        'chengyun_source_refused_total{reason="not_json",source="works"} 1.0',
        'chengyun_source_unaccounted{source="works"} 1.0',
        'chengyun_source_age_seconds{source="works"} 0.0',
        "chengyun_letters 1.0",
        "chengyun_letters_last_hour 1.0",
        "chengyun_strangers 0.0",
        'chengyun_tokens{state="in_force"} 1.0',
        "chengyun_history_files 0.0",
    ):
        assert line in said
    assert 'what="received:works"' not in said
