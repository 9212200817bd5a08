"""What guards the web role as a whole: guessing, proxies, sockets of other hosts, wrong sources."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis import Redis

import callbacks
from app.config import load_settings
from app.errors import BadConfiguration
from app.services import throttle
from app.store.live import Live
from app.web.server import build
from streams import doors
from tests import cast
from tests.web.conftest import Browser, token_of


def guess(browser: Browser, user: str, **environ: str) -> int:
    token = token_of(browser.http.get("/login").text)
    form = {"user": user, "password": "wrong", "csrf_token": token}
    more = {"environ_overrides": environ, "headers": {"X-Forwarded-For": environ.pop("FOR", "")}}
    return browser.http.post("/login", data=form, **more).status_code


@pytest.fixture
def few(monkeypatch) -> None:
    monkeypatch.setattr(throttle, "FAILURES", 3)


@pytest.mark.usefixtures("few")
def test_an_address_that_guesses_names_has_to_wait(anonymous, clock) -> None:
    said = [guess(anonymous, name) for name in ("anna", "bert", "carl", "dora")]
    assert said == [401, 401, 401, 429]
    assert anonymous.sign_in(cast.DUTY).status_code == 429
    # another address is none the worse for it, and the window ends
    assert guess(anonymous, "anna", REMOTE_ADDR="10.0.0.9") == 401
    clock.advance(minutes=15)
    assert anonymous.sign_in(cast.DUTY).status_code == 302


@pytest.mark.usefixtures("few")
def test_one_ipv6_line_is_one_caller_however_many_addresses_it_has(anonymous) -> None:
    said = [guess(anonymous, "anna", REMOTE_ADDR=f"2001:db8:1:2::{n}") for n in range(4)]
    assert said == [401, 401, 401, 429]
    assert guess(anonymous, "anna", REMOTE_ADDR="2001:db8:1:3::1") == 401
    # an IPv4 caller on a socket for both is the same caller
    assert [guess(anonymous, "anna", REMOTE_ADDR="::ffff:10.0.0.9") for _ in range(3)] == [401] * 3
    assert guess(anonymous, "anna", REMOTE_ADDR="10.0.0.9") == 429


@pytest.mark.usefixtures("few")
def test_who_signs_in_rightly_is_not_counted(as_user) -> None:
    for _ in range(5):
        as_user(cast.DUTY)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 401)])
def test_behind_proxies_of_ours_each_caller_has_his_own_count(
    city, tmp_path, proxies: int, last: int
) -> None:
    settings = load_settings(
        var=tmp_path,
        redis_url=city.settings.redis_url,
        secret_key=city.settings.secret_key,
        database_url=city.settings.database_url,
        trusted_proxies=proxies,
    )
    browser = Browser(*build(replace(city, settings=settings), callbacks.screens()))
    for _ in range(3):
        assert guess(browser, "anna", FOR="1.2.3.4") == 401
    # whoever is not behind a proxy of ours may write what he likes into the header
    assert guess(browser, "anna", FOR="5.6.7.8") == last
    assert guess(browser, "anna", FOR="5.6.7.8, 1.2.3.4") == 429


def test_redis_that_is_away_shuts_nobody_out(city) -> None:
    nowhere = replace(city, live=Live(Redis(port=1, socket_connect_timeout=1), 1))
    throttle.failed(nowhere, "sign-in", "1.2.3.4")
    throttle.ask(nowhere, "sign-in", "1.2.3.4")


@pytest.mark.parametrize(
    ("host", "sockets"),
    [
        ("city.example", " ws://city.example wss://city.example"),
        ("city.example:8443", " ws://city.example:8443 wss://city.example:8443"),
        ("[::1]:8050", " ws://[::1]:8050 wss://[::1]:8050"),
        ("a b;script-src *", ""),
    ],
)
def test_a_page_may_speak_to_its_own_host_only(anonymous, host: str, sockets: str) -> None:
    policy = anonymous.get("/login", headers={"Host": host}).headers["Content-Security-Policy"]
    (connect,) = [part for part in policy.split("; ") if part.startswith("connect-src")]
    assert connect.rstrip() == f"connect-src 'self'{sockets}"


def test_a_wrong_file_of_sources_refuses_to_start(city, tmp_path) -> None:
    (tmp_path / "s.yaml").write_text("sources:\n- {name: x, dialect: none}\n")
    settings = city.settings.model_copy(update={"sources": tmp_path / "s.yaml"})
    front = replace(callbacks.screens(), doors=doors.DOORS)
    with pytest.raises(BadConfiguration, match="`owner` is missing"):
        build(replace(city, settings=settings), front)
