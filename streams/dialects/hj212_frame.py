"""The frames of HJ 212: `##` length data CRC, and what the data is made of."""

from __future__ import annotations

import re
from typing import NamedTuple

from app.errors import Rejected

LONGEST = 4096  # bytes of data; the standard's own limit is 1,024, and stations exceed it
HEAD, TAIL = 6, 4  # `##` and the length; the CRC; \r\n comes after
_DATA = re.compile(r"(?P<head>[^&]*)CP=&&(?P<data>.*)&&", re.DOTALL)
ACKNOWLEDGE, DIVIDED = 1, 2  # bits of Flag; those above are the version of the standard


def _shifted(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_TABLE = [_shifted(byte) for byte in range(256)]


def crc(data: bytes) -> int:
    """The check sum of appendix A: not CRC-16/Modbus, the register's high byte meets the data."""
    register = 0xFFFF
    for byte in data:
        register = _TABLE[(register >> 8) ^ byte]
    return register


class Packet(NamedTuple):
    """The fields of a data segment: QN, ST, CN, PW, MN, Flag, PNUM, PNO and CP."""

    number: str = ""
    system: str = "22"
    command: str = ""
    password: str = "123456"
    station: str = ""
    flag: int = 4
    parts: int = 1
    part: int = 1
    data: str = ""

    @property
    def wants_answer(self) -> bool:
        """Whether the station waits for an acknowledgement."""
        return bool(self.flag & ACKNOWLEDGE)


def pack(packet: Packet) -> bytes:
    """The frame of a packet; its flag says whether it is divided and wants an answer."""
    flag = packet.flag | (DIVIDED if packet.parts > 1 else 0)
    text = (
        f"QN={packet.number};ST={packet.system};CN={packet.command};PW={packet.password};"
        f"MN={packet.station};Flag={flag};"
    )
    if flag & DIVIDED:
        text += f"PNUM={packet.parts};PNO={packet.part};"
    data = f"{text}CP=&&{packet.data}&&".encode()
    return b"##%04d%b%04X\r\n" % (len(data), data, crc(data))


def unpack(frame: bytes) -> Packet:
    """The packet of a frame; raises Rejected when length, CRC or form are wrong."""
    frame = frame.rstrip(b"\r\n")
    if not frame.startswith(b"##") or not frame[2:HEAD].isdigit() or len(frame) < HEAD + TAIL:
        raise Rejected("no_frame", "a frame is ##, four digits of length, data, four of CRC")
    length = int(frame[2:HEAD])
    if len(frame) != HEAD + length + TAIL:
        said = len(frame) - HEAD - TAIL
        raise Rejected("wrong_length", f"the frame says {length} bytes and has {said}")
    data, tail = frame[HEAD:-TAIL], frame[-TAIL:]
    if tail.upper() != b"%04X" % crc(data):
        raise Rejected("wrong_crc", f"CRC {tail!r} should be {crc(data):04X}")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as why:
        raise Rejected("not_text", "the data is neither ASCII nor GB 18030") from why
    return _packet(text)


def _packet(text: str) -> Packet:
    found = _DATA.fullmatch(text)
    if not found:
        raise Rejected("wrong_field", "CP=&&…&& is missing")
    head = dict(part.strip().split("=", 1) for part in found["head"].split(";") if "=" in part)
    if not head.get("CN") or not head.get("MN"):
        raise Rejected("wrong_field", "CN or MN is missing")
    return Packet(
        number=head.get("QN", "")[:20],
        system=head.get("ST", ""),
        command=head["CN"],
        password=head.get("PW", ""),
        station=head["MN"],
        flag=_count(head.get("Flag", "0")),
        parts=_count(head.get("PNUM", "1")),
        part=_count(head.get("PNO", "1")),
        data=found["data"],
    )


def _count(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= 4):
        raise Rejected("wrong_field", f"{said[:20]!r} is no count")
    return int(said)


def items(data: str) -> dict[str, dict[str, str]]:
    """`a34004-Rtd=35,a34004-Flag=N;…` → {"a34004": {"Rtd": "35", "Flag": "N"}, …}."""
    found: dict[str, dict[str, str]] = {}
    for item in re.split("[;,]", data):
        name, equals, value = item.partition("=")
        factor, _, field = name.strip().partition("-")
        if equals and factor:
            found.setdefault(factor, {})[field] = value.strip()
    return found


def answer(packet: Packet) -> bytes | None:
    """The acknowledgement of an upload (9014) or a notice (9013); None when none is wanted."""
    upload = packet.command[:1] in ("2", "3")
    if not packet.wants_answer or not (upload or packet.command == "1013"):
        return None
    version = packet.flag & ~(ACKNOWLEDGE | DIVIDED)
    said = packet._replace(system="91", command="9014" if upload else "9013", flag=version)
    return pack(said._replace(parts=1, part=1, data=""))


def split(buffer: bytearray) -> tuple[list[bytes], bytes]:
    """Take the whole frames out of a buffer; also what stood between them and is none.

    At most one unfinished frame stays in the buffer: LONGEST + 12 bytes.
    """
    frames, junk = [], bytearray()
    while buffer:
        start = buffer.find(b"##")
        if start:
            keep = 1 if start < 0 and buffer.endswith(b"#") else 0
            stop = start if start > 0 else len(buffer) - keep
            junk += buffer[:stop].strip(b"\r\n")
            del buffer[:stop]
            if start < 0:
                break
        if len(buffer) < HEAD:
            break
        digits = bytes(buffer[2:HEAD])
        if not digits.isdigit() or int(digits) > LONGEST:
            junk += buffer[:1]
            del buffer[:1]
            continue
        end = HEAD + int(digits) + TAIL
        inner = buffer.find(b"##", HEAD, end)
        if inner > 0:  # the frame was cut off: the next one begins within it
            junk += buffer[:inner]
            del buffer[:inner]
            continue
        if len(buffer) < end:
            break
        frames.append(bytes(buffer[:end]))
        del buffer[:end]
    return frames, bytes(junk)
