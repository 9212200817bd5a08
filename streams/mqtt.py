"""The line to the MQTT broker: what arrives goes into the inbox, and nothing is acknowledged here.

The broker's session is the buffer: clean session off, a stable client id, manual acknowledgement.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread, current_thread
from typing import Any, TypeVar

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from app.config import Settings
from app.errors import BadConfiguration
from streams.mqtt_socket import Arrival, Deliver, LineSocket

__all__ = ["Arrival", "Deliver", "Line", "client", "probe", "shared"]

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
QOS = 1

C = TypeVar("C", bound=paho.Client)


class Line:
    """A connection that comes back by itself and subscribes each time.

    An acknowledgement belongs to the connection that brought the message. After a reconnect the
    broker sends again what it has no acknowledgement for; one of the old connection would be a
    protocol error, for which iotcore hangs up, or would acknowledge a stranger.
    `deliver` may block when it has no room: then nothing more is read from the network, and the
    rest stays with the broker. `suffix` makes the client id of a further line.
    """

    def __init__(
        self, settings: Settings, subscriptions: Sequence[str], deliver: Deliver, suffix: str = ""
    ) -> None:
        self._subscriptions = [(name, QOS) for name in shared(subscriptions, settings)]
        self._deliver = deliver
        self._session = 0
        self._wire: LineSocket | None = None
        self._lock = Lock()
        self.subscribed = Event()
        self._thread: Thread | None = None
        self._client = _made(Wired, settings, settings.mqtt_client_id + suffix, clean=False)
        self._client.wrap = self._wrap
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.reconnect_delay_set(1, 5)
        self._client.connect_async(settings.mqtt_host, settings.mqtt_port, KEEPALIVE_S)

    def start(self) -> None:
        """Connect in a thread of its own; a broker that is away is tried until it is there."""
        self._client.loop_start()

    def stop(self) -> None:
        """Send what was acknowledged and hang up; the broker keeps the rest for us."""
        self._client.disconnect()
        self._client.loop_stop()

    def alive(self) -> bool:
        """Whether its thread is there, or has not begun."""
        return self._thread is None or self._thread.is_alive()

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        """Acknowledge in the order of arrival what the present connection has brought."""
        with self._lock:
            wire, session = self._wire, self._session
        mids = [each.mid for each in arrivals if each.qos and each.session == session]
        if wire is None or not mids:
            return
        try:
            wire.acknowledge(mids)
        except (OSError, ValueError) as why:  # a closed socket has no number
            log.info("not acknowledged, so it comes again: %s", why)

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a message; while the broker is away it waits, in memory only."""
        self._client.publish(topic, payload, QOS)

    def _wrap(self, connected: socket.socket) -> LineSocket:
        """A connection begins: what it brings has its number, even before paho has seen CONNACK."""
        self._thread = current_thread()  # only the thread of the line connects
        with self._lock:
            self._session += 1
            self._wire = LineSocket(connected, self._deliver, self._session)
            return self._wire

    def _on_connect(self, client: paho.Client, _: Any, flags: Any, reason: Any, __: Any) -> None:
        if reason.is_failure:
            log.error("the MQTT broker refuses us: %s", reason)
            return
        client.subscribe(self._subscriptions)
        log.info("connected to the MQTT broker (session kept: %s)", flags.session_present)

    def _on_disconnect(self, _: paho.Client, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        self.subscribed.clear()
        log.warning("the MQTT line is down: %s", reason)

    def _on_subscribe(self, _: Any, __: Any, ___: Any, reasons: Sequence[Any], ____: Any) -> None:
        refused = [
            name
            for (name, _qos), code in zip(self._subscriptions, reasons, strict=False)
            if code.is_failure
        ]
        if refused:
            log.error("the MQTT broker refuses these subscriptions: %s", ", ".join(refused))
        self.subscribed.set()


def shared(subscriptions: Sequence[str], settings: Settings) -> list[str]:
    """The filters, under $share/{group}/ when a group is set."""
    group = settings.mqtt_share_group
    return [f"$share/{group}/{name}" if group else name for name in subscriptions]


class Wired(paho.Client):
    """paho on a socket of ours: decision 0003."""

    wrap: Callable[[socket.socket], LineSocket]

    def _create_socket(self) -> Any:
        connected: Any = super()._create_socket()
        return self.wrap(connected)


def client(settings: Settings, client_id: str, *, clean: bool = False) -> paho.Client:
    """A client with the settings' user and TLS; it keeps its session unless `clean`."""
    return _made(paho.Client, settings, client_id, clean)


def _made(kind: type[C], settings: Settings, client_id: str, clean: bool) -> C:
    made = kind(
        CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean, manual_ack=not clean
    )
    if settings.mqtt_user:
        made.username_pw_set(settings.mqtt_user, settings.mqtt_password)
    if settings.mqtt_tls_ca:
        own = (settings.mqtt_tls_cert, settings.mqtt_tls_key)
        cert, key = (str(path) if path else None for path in own)
        try:
            made.tls_set(str(settings.mqtt_tls_ca), cert, key)
        except (OSError, ValueError) as why:  # the library does not say which file
            raise BadConfiguration(_tls_faults(settings, why)) from why
    return made


def _tls_faults(settings: Settings, why: OSError | ValueError) -> list[str]:
    """Which file of TLS cannot be used: every one that cannot be read, else what is odd."""
    faults = []
    for name in ("mqtt_tls_ca", "mqtt_tls_cert", "mqtt_tls_key"):
        if path := getattr(settings, name):
            try:
                path.read_bytes()
            except OSError as bad:
                faults.append(f"CHENGYUN_{name.upper()}={path}: cannot be read ({bad.strerror})")
    return faults or [f"CHENGYUN_MQTT_TLS_CA, _CERT, _KEY: no certificates in PEM ({why})"]


def probe(settings: Settings, timeout: float = 5.0) -> tuple[bool, str]:
    """Whether the broker can be used, and a sentence that says so or how to mend it."""
    where = f"{settings.mqtt_host}:{settings.mqtt_port}"
    answered = Event()
    answers: list[ReasonCode] = []
    try:
        asking = client(settings, "", clean=True)
    except BadConfiguration as why:
        return False, "; ".join(why.faults)

    def on_connect(_: Any, __: Any, ___: Any, reason: ReasonCode, ____: Any) -> None:
        answers.append(reason)
        answered.set()

    asking.on_connect = on_connect
    try:
        asking.connect(settings.mqtt_host, settings.mqtt_port, KEEPALIVE_S)
    except ssl.SSLError as why:
        mend = "CHENGYUN_MQTT_TLS_CA must have signed its certificate, for CHENGYUN_MQTT_HOST"
        said = getattr(why, "verify_message", "") or why.reason or why
        return False, f"{where} is there, but TLS fails: {said}; {mend}"
    except (OSError, socket.gaierror) as why:
        return False, f"{where} does not answer ({why}); start it or set CHENGYUN_MQTT_HOST/_PORT"
    asking.loop_start()
    answered.wait(timeout)
    asking.disconnect()
    asking.loop_stop()
    if not answers:
        return False, f"{where} accepts connections but does not speak MQTT"
    if answers[0] != ReasonCode(PacketTypes.CONNACK, "Success"):
        return False, f"{where} refuses us ({answers[0]}); check CHENGYUN_MQTT_USER and _PASSWORD"
    return True, f"{where} answers"
