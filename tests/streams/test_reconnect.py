"""A broker that comes back without any memory: the line subscribes again by itself."""

from __future__ import annotations

import shutil
from urllib.parse import urlsplit

import pytest

from app.config import load_settings
from app.store import embedded_broker
from streams.inbox import Inbox
from streams.mqtt import Line, client
from tests.waiting import until

TOPIC = "city/+/gas/+/telemetry"


@pytest.mark.slow
def test_a_broker_that_lost_its_sessions_is_subscribed_again(city, tmp_path) -> None:
    var = tmp_path / "broker-var"
    server = embedded_broker.start_broker(var)
    box, at = Inbox(), urlsplit(server.url)
    settings = load_settings(
        var=city.settings.var,
        redis_url=city.settings.redis_url,
        mqtt_port=at.port,
        mqtt_user=at.username,
        mqtt_password=at.password,
    )
    line = Line(settings, [TOPIC], box.put)
    line.start()
    try:
        until(line.subscribed.is_set)
        server.stop()
        until(lambda: not line.subscribed.is_set())
        for kept in (var / "broker").glob("*.db"):
            kept.unlink()
        shutil.rmtree(var / "broker" / "data", ignore_errors=True)
        server = embedded_broker.start_broker(var, at.port)
        until(line.subscribed.is_set, timeout=20)
        field = client(settings, "field", clean=True)
        field.connect("127.0.0.1", settings.mqtt_port)
        field.loop_start()
        field.publish("city/320404/gas/G1/telemetry", b"{}", qos=1).wait_for_publish(5)
        until(lambda: len(box) == 1)
        field.disconnect()
        field.loop_stop()
    finally:
        box.close()
        line.stop()
        server.stop()
