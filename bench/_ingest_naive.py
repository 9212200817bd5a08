"""The naive loop of bench.ingest: a paho callback, json, two round trips to Redis per message.

python -m bench._ingest_naive MQTT_PORT REDIS_PORT
"""

from __future__ import annotations

import json
import sys
from typing import Any

import paho.mqtt.client as paho
import redis
from paho.mqtt.enums import CallbackAPIVersion

CLIENT_ID = "naive"
TOPIC = "city/+/+/+/telemetry"
COUNT = "count"


def main(mqtt_port: int, redis_port: int) -> None:
    """Run until killed."""
    store = redis.Redis(port=redis_port)

    def on_message(_: Any, __: Any, message: paho.MQTTMessage) -> None:
        said = json.loads(message.payload)
        device = message.topic.split("/")[3]
        store.hset(f"device:{device}", mapping={"ts": said["ts"], **said["metrics"]})
        store.incr(COUNT)

    def on_connect(*_: Any) -> None:
        client.subscribe(TOPIC, 1)

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=CLIENT_ID, clean_session=False)
    client.on_message = on_message
    client.on_connect = on_connect
    client.connect("127.0.0.1", mqtt_port)
    client.loop_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
