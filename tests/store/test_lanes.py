"""What the lanes of several ingest processes say, put together."""

import pytest

from app.store import keys, lanes


def test_two_processes_are_put_together(redis_client):
    lanes.tell(redis_client, {"telemetry": (40, 7), "reports": (0, 0)}, "a:1")
    lanes.tell(redis_client, {"telemetry": (15, 5)}, "b:2")
    assert lanes.told(redis_client) == {"telemetry": (40, 12), "reports": (0, 0)}


def test_a_process_replaces_what_it_said_before(redis_client):
    lanes.tell(redis_client, {"telemetry": (40, 7), "stream-x": (3, 1)}, "a:1")
    lanes.tell(redis_client, {"telemetry": (1, 0)}, "a:1")
    assert lanes.told(redis_client) == {"telemetry": (1, 0)}


@pytest.mark.parametrize("speaks_again", [False, True])
def test_a_process_that_is_gone_is_forgotten(redis_client, monkeypatch, speaks_again):
    lanes.tell(redis_client, {"telemetry": (40, 7)}, "a:1")
    later = lanes.time.time() + lanes.GONE_S + 1
    monkeypatch.setattr(lanes.time, "time", lambda: later)
    assert lanes.told(redis_client) == {}
    if speaks_again:
        lanes.tell(redis_client, {"telemetry": (2, 1)}, "b:2")
        assert list(redis_client.hgetall(keys.LANES)) == [b"b:2"]
