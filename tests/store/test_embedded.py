"""The embedded servers: private, on loopback, and clear about what is wrong."""

from __future__ import annotations

import os
import shutil
import stat
from collections import namedtuple
from urllib.parse import urlsplit

import pytest
import redis

from app.errors import BadConfiguration
from app.store import embedded_broker, embedded_redis, embedded_server
from app.store.embedded import (
    broker_command,
    free_port,
    kept_password,
    port_answers,
    redis_command,
    start_broker,
    start_redis,
)


@pytest.fixture
def server(tmp_path):
    started = start_redis(tmp_path)
    yield started
    started.stop()


def test_redis_is_private_and_keeps_what_it_has_answered(server, tmp_path) -> None:
    client = redis.Redis.from_url(server.url)
    for i in range(200):
        client.rpush("answered", i)
    server.process.kill()
    server.process.wait()
    again = start_redis(tmp_path, server.port)
    try:
        assert again.url == server.url
        assert redis.Redis.from_url(again.url).llen("answered") == 200
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=again.port).ping()
        config = redis.Redis.from_url(again.url).config_get("*")
        assert config["appendfsync"] == "always"
        assert config["save"] == ""
        assert config["bind"] == "127.0.0.1"
    finally:
        again.stop()


def test_folders_and_files_are_for_the_owner_alone(tmp_path) -> None:
    redis_command(tmp_path, 1234, "secret")
    broker_command(tmp_path, 1235, "user", "secret")
    kept_password(tmp_path / "redis")
    for path in [tmp_path / "redis", tmp_path / "broker"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.iterdir()} == {0o600}


def test_no_command_line_shows_a_password(tmp_path) -> None:
    for command in (
        redis_command(tmp_path, 1, "sesame"),
        broker_command(tmp_path, 1, "u", "sesame"),
    ):
        assert not any("sesame" in word for word in command)


def test_a_password_is_made_once(tmp_path) -> None:
    assert kept_password(tmp_path / "a") == kept_password(tmp_path / "a")
    assert kept_password(tmp_path / "a") != kept_password(tmp_path / "b")


def test_a_port_in_use_is_one_clear_sentence(server, tmp_path) -> None:
    with pytest.raises(BadConfiguration, match=f"Redis: port {server.port} .* give another port"):
        start_redis(tmp_path / "other", server.port)
    with pytest.raises(BadConfiguration, match="MQTT broker: port"):
        start_broker(tmp_path / "other", server.port)


def test_a_full_disk_is_one_clear_sentence(tmp_path, monkeypatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(embedded_server.shutil, "disk_usage", lambda _: usage(1, 1, 1000))
    with pytest.raises(BadConfiguration, match="this disk is full"):
        start_redis(tmp_path)


def test_a_folder_that_is_a_file_is_one_clear_sentence(tmp_path) -> None:
    (tmp_path / "redis").write_text("")
    with pytest.raises(BadConfiguration, match="cannot be used"):
        start_redis(tmp_path)


def test_a_server_that_dies_tells_its_last_words(tmp_path, monkeypatch) -> None:
    wrong = embedded_redis.REDIS_SETTINGS + "maxmemory-policy nonsense\n"
    monkeypatch.setattr(embedded_redis, "REDIS_SETTINGS", wrong)
    with pytest.raises(BadConfiguration, match="Redis does not start"):
        start_redis(tmp_path)


def test_an_old_redis_on_the_path_is_passed_over(tmp_path, monkeypatch) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=0'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert embedded_redis.redis_program() != str(old)
    old.write_text("#!/bin/sh\necho 'Redis server v=7.0.15 sha=0'\n")
    assert embedded_redis.redis_program() == str(old)


@pytest.mark.parametrize("wheel", [False, True])
def test_the_broker_listens_on_loopback_with_a_sign_in(tmp_path, monkeypatch, wheel) -> None:
    if wheel:
        monkeypatch.setattr(embedded_broker, "mosquitto_program", lambda: None)
    server = start_broker(tmp_path, free_port())
    try:
        url = urlsplit(server.url)
        assert (url.hostname, url.port) == ("127.0.0.1", server.port)
        assert url.username == "chengyun"
        assert port_answers(server.port)
        uses_wheel = (
            wheel or shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin") is None
        )
        assert ("iotcore" in server.process.args) is uses_wheel
    finally:
        server.stop()
    assert not port_answers(server.port)
