"""The socket of the line: whole packets out of any pieces, and acknowledgements between packets."""

from __future__ import annotations

import socket
from itertools import pairwise
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import load_settings
from app.store import embedded_broker
from streams.mqtt import Line, client
from streams.mqtt_socket import Arrival, LineSocket, Packets
from tests.waiting import until

SESSION = 7
PINGRESP, SUBACK = b"\xd0\0", b"\x90\3\0\1\1"


def length(n: int) -> bytes:
    """The remaining length as MQTT writes it."""
    found = bytearray()
    while True:
        found.append(n & 127 | (128 if n > 127 else 0))
        n >>= 7
        if not n:
            return bytes(found)


def packet(a: Arrival) -> bytes:
    """A PUBLISH as a broker sends it."""
    topic = a.topic.encode()
    mid = a.mid.to_bytes(2, "big") if a.qos else b""
    body = len(topic).to_bytes(2, "big") + topic + mid + a.payload
    return bytes([0x30 | a.qos << 1 | a.retained]) + length(len(body)) + body


@st.composite
def published(draw: st.DrawFn) -> Arrival:
    qos = draw(st.integers(0, 1))
    payload = draw(st.binary(max_size=20) | st.integers(100, 40_000).map(bytes))
    mid = draw(st.integers(1, 65_535)) if qos else 0
    return Arrival(draw(st.text(max_size=30)), payload, mid, qos, SESSION, draw(st.booleans()))


@given(
    st.lists(published() | st.sampled_from([PINGRESP, SUBACK]), max_size=12),
    st.lists(st.integers(0, 200_000), max_size=12),
)
def test_any_pieces_give_the_same_packets(said: list[Arrival | bytes], cuts: list[int]) -> None:
    stream = b"".join(packet(each) if isinstance(each, Arrival) else each for each in said)
    at = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    packets, arrivals, others = Packets(SESSION), [], b""
    for begin, end in pairwise(at):
        more, rest = packets.feed(stream[begin:end])
        arrivals += more
        others += rest
    assert arrivals == [each for each in said if isinstance(each, Arrival)]
    assert others == b"".join(each for each in said if isinstance(each, bytes))


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_nonsense_raises_nothing_and_is_not_invented(chunks: list[bytes]) -> None:
    packets, kept = Packets(SESSION), 0
    for chunk in chunks:
        arrivals, others = packets.feed(chunk)
        kept += len(others) + sum(len(a.payload) for a in arrivals)
    assert kept <= sum(map(len, chunks))


@pytest.mark.parametrize(
    "odd",
    [
        b"\x34\x05\0\1a\0\1",  # QoS 2
        b"\x32\x04\0\x09ab",  # a topic longer than the packet
        b"\x32\x01\0",  # no room for a topic
        b"\x30\xff\xff\xff\xff\xff\x01",  # a length of five bytes
    ],
)
def test_what_is_no_publish_of_ours_is_left_to_paho(odd: bytes) -> None:
    assert Packets(SESSION).feed(odd) == ([], odd)


def test_a_topic_that_is_no_utf8_is_still_delivered() -> None:
    ((told,), _) = Packets(SESSION).feed(b"\x30\x05\0\2\xff\xfex")
    assert (told.topic, told.payload) == ("\ufffd\ufffd", b"x")


@pytest.fixture
def wires():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def test_paho_gets_all_but_what_was_published(wires) -> None:
    ours, theirs = wires
    got: list[Arrival] = []
    line = LineSocket(ours, got.extend, SESSION)
    told = Arrival("a/b", b"1", 5, 1, SESSION)
    theirs.sendall(PINGRESP + packet(told) + SUBACK)
    assert line.recv(1) == PINGRESP[:1]
    assert line.pending() == 6
    assert line.recv(100) == PINGRESP[1:] + SUBACK
    assert got == [told]
    theirs.sendall(packet(told))
    with pytest.raises(BlockingIOError):
        line.recv(1)
    assert got == [told, told]
    theirs.close()
    assert line.recv(1) == b""


class Narrow:
    """A connection that takes a few bytes at a time, and says so when it takes none."""

    def __init__(self, takes: list[int]) -> None:
        self.takes, self.sent = takes, b""

    def send(self, some: bytes) -> int:
        room = self.takes.pop(0) if self.takes else len(some)
        if not room:
            raise BlockingIOError
        self.sent += bytes(some[:room])
        return min(room, len(some))


def acks(*mids: int) -> bytes:
    return b"".join(b"\x40\x02" + mid.to_bytes(2, "big") for mid in mids)


def test_acknowledgements_go_in_one_piece() -> None:
    wire = Narrow([])
    LineSocket(wire, print, SESSION).acknowledge([1, 2, 300])
    assert wire.sent == acks(1, 2, 300)


def test_acknowledgements_never_cut_a_packet_of_paho_in_two() -> None:
    wire = Narrow([3])
    line = LineSocket(wire, print, SESSION)
    assert line.send(b"PACKET") == 3
    line.acknowledge([1])
    assert wire.sent == b"PAC"
    assert line.send(b"KET") == 3
    assert wire.sent == b"PACKET" + acks(1)


def test_a_packet_of_paho_waits_for_an_acknowledgement_that_is_half_sent(wires) -> None:
    ours, _ = wires
    wire = Narrow([6, 0])
    wire.fileno = ours.fileno
    line = LineSocket(wire, print, SESSION)
    line.acknowledge([1, 2])  # select says at once that there is room, and the rest goes
    assert wire.sent == acks(1, 2)
    wire.takes = [2, 0, 0]
    line._acks += acks(3)
    with pytest.raises(BlockingIOError):
        line.send(b"PACKET")
    assert line.send(b"PACKET") == 6 if not wire.takes.clear() else False
    assert wire.sent == acks(1, 2, 3) + b"PACKET"


def test_an_acknowledgement_on_a_closed_connection_is_told() -> None:
    ours, theirs = socket.socketpair()
    line = LineSocket(ours, print, SESSION)
    line.close()
    theirs.close()
    with pytest.raises((OSError, ValueError)):
        line.acknowledge([1])


@pytest.mark.slow
def test_what_waits_in_a_session_belongs_to_the_connection_that_brings_it(tmp_path) -> None:
    """It may stand in the same bytes as CONNACK, which paho sees later: it is acknowledged."""
    server = embedded_broker.start_broker(tmp_path / "broker-var")
    where = urlsplit(server.url)
    given = {"mqtt_port": where.port, "mqtt_user": where.username, "mqtt_password": where.password}
    settings = load_settings(var=tmp_path / "var", **given)
    got: list[Arrival] = []
    for turn in range(3):
        line = Line(settings, ["a/#"], got.extend)
        line.start()
        until(line.subscribed.is_set)
        until(lambda n=turn: len(got) == n * 50)
        line.acknowledge(got[-50:])
        line.stop()
        field = client(settings, "field", clean=True)
        field.connect("127.0.0.1", where.port)
        field.loop_start()
        sent = [field.publish(f"a/{i}", b"x", 1) for i in range(50)]
        for each in sent:
            each.wait_for_publish(10)
        field.disconnect()
        field.loop_stop()
    server.stop()
    assert len({(a.topic, i // 50) for i, a in enumerate(got)}) == 100


def test_a_full_inbox_keeps_the_network_thread_and_nobody_else(wires) -> None:
    ours, theirs = wires
    room = Event()
    line = LineSocket(ours, lambda _: room.wait(10), SESSION)
    theirs.sendall(packet(Arrival("a", b"", 1, 1, SESSION)))
    reading = Thread(target=lambda: pytest.raises(BlockingIOError, line.recv, 1))
    reading.start()
    line.acknowledge([9])
    until(lambda: theirs.recv(10) == acks(9))
    assert reading.is_alive()
    room.set()
    reading.join(20)
