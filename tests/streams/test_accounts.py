"""Accounts at a real mosquitto, over TLS: each source says its own topics, only the city hears."""

from __future__ import annotations

import base64
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import pytest
import trustme
from paho.mqtt.enums import CallbackAPIVersion

import run
from app.config import load_settings
from app.domain.broker_passwords import hashed
from app.errors import BadConfiguration
from app.store import embedded_broker, keys
from app.store.embedded_server import free_port, port_answers
from streams import accounts, lanes, mqtt, sourcefile
from streams.accounts import Account
from tests.streams.fuzzing import sample
from tests.waiting import until

SOURCES = """\
sources:
  - name: lora
    dialect: chirpstack
    owner: 市政
    crs: wgs84
    clock: arrival
    kind: {EM310-UDL: waterlogging}
    metrics: {distance: {metric: depth, unit: mm, scale: -1, offset: 1500}}
  - {name: plant, dialect: profile, owner: 水司, crs: wgs84, kind: river, user: water-co,
     topics: ["plant/{device}/data"], metrics: {l: level}}
  - {name: scada, dialect: sparkplug, owner: 水司, crs: wgs84, kind: river, user: water-co}
  - {name: stack, dialect: hj212, owner: o, crs: wgs84, kind: air, options: {listen: "x:1"}}
  - {name: hook, dialect: chirpstack, owner: 市政, crs: wgs84, kind: river, by: webhook,
     metrics: {l: level}}
"""
UP = "application/a/device/24e124713c140001/event/up"


def sources(text: str = SOURCES) -> list[Any]:
    found, faults = sourcefile.read(text, "f.yaml")
    assert not faults, faults
    return found


class Border(NamedTuple):
    """A mosquitto with the files that were written, and who may come in with what."""

    port: int
    ca: Path
    passwords: dict[str, str]
    authority: trustme.CA


@pytest.fixture
def border(tmp_path: Path) -> Iterator[Border]:
    with started(tmp_path) as border:
        yield border


@contextmanager
def started(tmp_path: Path, asks: bool = False) -> Iterator[Border]:
    program = embedded_broker.mosquitto_program()
    assert program, "this test needs mosquitto: ./setup.sh test, or apt-get install mosquitto"
    folder, port = tmp_path / "broker", free_port()
    given = accounts.write(folder, accounts.accounts(sources()))
    authority = trustme.CA()
    own = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(str(folder / "ca.crt"))
    own.private_key_pem.write_to_path(str(folder / "server.key"))
    own.cert_chain_pems[0].write_to_path(str(folder / "server.crt"))
    file = folder / "border.conf"
    as_user = "user root\n" if os.geteuid() == 0 else ""
    text = as_user + file.read_text().replace("listener 8883", f"listener {port}")
    file.write_text(text.replace("# require_cert", "require_cert") if asks else text)
    with (folder / "log").open("wb") as log:
        broker = subprocess.Popen([program, "-c", str(file)], stdout=log, stderr=log)
    try:
        until(lambda: port_answers(port) or broker.poll() is not None)
        assert broker.poll() is None, (folder / "log").read_text()
        yield Border(port, folder / "ca.crt", given, authority)
    finally:
        broker.terminate()
        broker.wait(10)


class Client:
    """An MQTT 5 client: its broker says what became of a message."""

    def __init__(self, border: Border, user: str, password: str | None = None) -> None:
        self.heard: list[str] = []
        self._codes: dict[int, Any] = {}
        self._joined: list[Any] = []
        self.line = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self.line.username_pw_set(user, password or border.passwords.get(user, "wrong"))
        self.line.tls_set(str(border.ca))
        self.line.on_connect = lambda *said: self._joined.append(said[3])
        self.line.on_publish = lambda *said: self._codes.update({said[2]: said[3]})
        self.line.on_message = lambda _, __, message: self.heard.append(message.topic)
        self.line.connect("127.0.0.1", border.port)
        self.line.loop_start()
        until(lambda: self._joined)
        self.is_in = not self._joined[0].is_failure

    def may_say(self, topic: str, payload: bytes = b"{}") -> bool:
        """Whether the broker takes a message of this topic."""
        sent = self.line.publish(topic, payload, qos=1)
        return not until(lambda: self._codes.get(sent.mid)).is_failure

    def hear_all(self) -> None:
        """Subscribe to everything; what may be heard is decided message by message."""
        done: list[Any] = []
        self.line.on_subscribe = lambda *said: done.append(said)
        self.line.subscribe("#", 1)
        until(lambda: done)

    def close(self) -> None:
        """Hang up."""
        self.line.disconnect()
        self.line.loop_stop()


@pytest.fixture
def join(border: Border) -> Iterator[Any]:
    clients: list[Client] = []

    def joined(user: str, password: str | None = None) -> Client:
        clients.append(Client(border, user, password))
        return clients[-1]

    yield joined
    for each in clients:
        each.close()


def test_each_source_says_its_own_topics_and_nothing_else(join) -> None:
    lora, water = join("lora"), join("water-co")
    assert lora.may_say(UP)
    assert water.may_say("plant/P7/data")
    assert water.may_say("spBv1.0/g/NDATA/n")
    for topic in ("plant/P7/data", "city/320404/gas/G1/telemetry", "other", "application/a"):
        assert not lora.may_say(topic)
    assert not water.may_say(UP)
    own = join(accounts.OWN)
    assert own.may_say("city/320404/gas/G1/telemetry")
    assert own.may_say("city/320404/12345/A1/order")
    assert not own.may_say("city/320404/anything")


def test_only_the_city_hears_and_a_node_hears_what_it_is_asked(join) -> None:
    city, lora, water = join("chengyun"), join("lora"), join("water-co")
    for each in (city, lora, water):
        each.hear_all()
    assert lora.may_say(UP)
    assert city.may_say("spBv1.0/g/NCMD/n")
    assert not city.may_say(UP)
    assert water.may_say("plant/P7/data")
    until(lambda: "spBv1.0/g/NCMD/n" in water.heard)
    # what it has asked itself comes back: its filter of Sparkplug takes everything in
    until(lambda: {*city.heard} >= {UP, "plant/P7/data", "spBv1.0/g/NCMD/n"})
    assert len({*city.heard}) == 3
    assert set(water.heard) == {"spBv1.0/g/NCMD/n"}
    assert lora.heard == []


def test_nobody_comes_in_without_his_password_or_without_tls(border, join) -> None:
    assert not join("lora", "guess").is_in
    assert not join("stranger", "guess").is_in
    assert not join("hook", "guess").is_in
    plain = paho.Client(CallbackAPIVersion.VERSION2)
    plain.connect("127.0.0.1", border.port)
    plain.loop(2)
    assert not plain.is_connected()
    strange = ssl.create_default_context()
    stranger = paho.Client(CallbackAPIVersion.VERSION2)
    stranger.tls_set_context(strange)
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.connect("127.0.0.1", border.port)


def test_the_city_hears_its_sources_over_tls(city, border, join, tmp_path) -> None:
    file = tmp_path / "sources.yaml"
    file.write_text(SOURCES)
    settings = load_settings(
        var=city.settings.var,
        redis_url=city.settings.redis_url,
        mqtt_port=border.port,
        mqtt_user="chengyun",
        mqtt_password=border.passwords["chengyun"],
        mqtt_tls_ca=border.ca,
        sources=file,
    )
    assert mqtt.probe(settings) == (True, f"127.0.0.1:{border.port} answers")
    stop = Event()
    role = Thread(target=lanes.run, args=(replace(city, settings=settings), stop))
    role.start()
    lora = join("lora")
    until(
        lambda: (
            lora.may_say(UP, sample("chirpstack", "up.json"))
            and city.live.redis.xlen(keys.readings(0))
        ),
        timeout=20,
    )
    so_far = until(lambda: city.live.counts().get("received:lora"))
    for _ in range(1_000):  # faster than they are read: nothing stays within the TLS layer
        lora.line.publish(UP, sample("chirpstack", "up.json"), qos=1)
    until(lambda: city.live.counts()["received:lora"] >= so_far + 1_000, timeout=60)
    stop.set()
    role.join(20)
    assert not role.is_alive()


def test_a_broker_may_ask_for_our_certificate(tmp_path) -> None:
    with started(tmp_path, asks=True) as border:
        ours = border.authority.issue_cert("chengyun")
        ours.private_key_pem.write_to_path(str(tmp_path / "key"))
        ours.cert_chain_pems[0].write_to_path(str(tmp_path / "cert"))
        said = {
            "mqtt_port": border.port,
            "mqtt_user": "chengyun",
            "mqtt_password": border.passwords["chengyun"],
            "mqtt_tls_ca": border.ca,
        }
        assert not mqtt.probe(load_settings(**said), timeout=2)[0]
        own = {"mqtt_tls_cert": tmp_path / "cert", "mqtt_tls_key": tmp_path / "key"}
        assert mqtt.probe(load_settings(**said, **own)) == (
            True,
            f"127.0.0.1:{border.port} answers",
        )


def test_passwords_are_hashed_as_mosquitto_does(tmp_path) -> None:
    program = shutil.which("mosquitto_passwd")
    assert program, "this test needs mosquitto: ./setup.sh test, or apt-get install mosquitto"
    file = tmp_path / "theirs"
    subprocess.run([program, "-b", "-c", str(file), "u", "geheim-密"], check=True)
    line = file.read_text().strip().partition(":")[2]
    assert line == hashed("geheim-密", base64.b64decode(line.split("$")[3]))


def test_a_second_writing_keeps_passwords_and_drops_who_is_gone(tmp_path) -> None:
    first = accounts.write(tmp_path, accounts.accounts(sources()))
    assert set(first) == {"chengyun", accounts.OWN, "lora", "water-co"}
    before = (tmp_path / "passwords").read_text()
    assert not any(password in before for password in first.values())
    assert accounts.write(tmp_path, accounts.accounts(sources())) == {}
    assert (tmp_path / "passwords").read_text() == before
    assert set(accounts.write(tmp_path, accounts.accounts(sources()), ["lora"])) == {"lora"}
    fewer = [each for each in sources() if each.name == "lora"]
    accounts.write(tmp_path, accounts.accounts(fewer))
    assert "water-co" not in (tmp_path / "passwords").read_text() + (tmp_path / "acl").read_text()
    assert {f.stat().st_mode & 0o777 for f in tmp_path.iterdir()} == {0o600}
    (tmp_path / "border.conf").write_text("# ours")
    accounts.write(tmp_path, accounts.accounts(fewer))
    assert (tmp_path / "border.conf").read_text() == "# ours"


def test_what_would_be_a_rule_of_its_own_is_refused() -> None:
    odd = SOURCES.replace("plant/{device}/data", "plant/{device}/x\\ntopic readwrite y")
    with pytest.raises(BadConfiguration, match="cannot stand in an ACL"):
        accounts.accounts(sources(odd))
    with pytest.raises(BadConfiguration, match="the city itself"):
        accounts.accounts(sources(SOURCES.replace("water-co", "chengyun")))
    assert "user x" in accounts.acl([Account("x", ("a",), ())])


def test_the_command_line_writes_them_and_says_each_password_once(
    tmp_path, monkeypatch, capsys
) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCES)
    monkeypatch.setenv("CHENGYUN_SOURCES", str(tmp_path / "sources.yaml"))
    monkeypatch.setenv("CHENGYUN_VAR", str(tmp_path))
    out = tmp_path / "broker"
    assert run.main(["feeds", "accounts", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "water-co  " in said
    assert run.main(["feeds", "accounts", "--out", str(out)]) == 0
    assert "water-co  " not in capsys.readouterr().out
    assert run.main(["feeds", "accounts", "--out", str(out), "--renew", "nobody"]) == 2


def test_a_certificate_needs_its_key_and_secrets_are_not_told(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadConfiguration) as why:
        load_settings(mqtt_tls_cert=tmp_path / "c", secret_key="not-to-be-shown-" * 3)
    assert "belong together" in str(why.value)
    assert "not-to-be-shown" not in str(why.value)
