"""The protobuf of Sparkplug B, described at run time from its published field numbers.

Strings are described as bytes: a name that is no UTF-8 is ours to refuse, not the decoder's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from app.domain.readings import Quality
from app.errors import Rejected
from streams.wire import LIMIT_BYTES

_F = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "chengyun.sparkplug"

# name → (number, type); a type that starts with "*" is repeated, one with a capital is a message
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Payload": {
        "timestamp": (1, "uint64"),
        "metrics": (2, "*Metric"),
        "seq": (3, "uint64"),
        "uuid": (4, "bytes"),
        "body": (5, "bytes"),
    },
    "Metric": {
        "name": (1, "bytes"),
        "alias": (2, "uint64"),
        "timestamp": (3, "uint64"),
        "datatype": (4, "uint32"),
        "is_historical": (5, "bool"),
        "is_transient": (6, "bool"),
        "is_null": (7, "bool"),
        "metadata": (8, "bytes"),
        "properties": (9, "PropertySet"),
        "int_value": (10, "uint32"),
        "long_value": (11, "uint64"),
        "float_value": (12, "float"),
        "double_value": (13, "double"),
        "boolean_value": (14, "bool"),
        "string_value": (15, "bytes"),
        "bytes_value": (16, "bytes"),
        "dataset_value": (17, "bytes"),
        "template_value": (18, "bytes"),
    },
    "PropertySet": {"keys": (1, "*bytes"), "values": (2, "*PropertyValue")},
    "PropertyValue": {
        "type": (1, "uint32"),
        "is_null": (2, "bool"),
        "int_value": (3, "uint32"),
        "long_value": (4, "uint64"),
        "float_value": (5, "float"),
        "double_value": (6, "double"),
        "boolean_value": (7, "bool"),
        "string_value": (8, "bytes"),
    },
}

# datatypes: the signed ones with their bits, the others that are numbers
SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
FLOAT, DOUBLE, BOOLEAN, STRING, DATETIME = 9, 10, 11, 12, 13
_QUALITIES: dict[object, int] = {0: Quality.BAD, 500: Quality.SUSPECT}  # 192 is good
_VALUES = ("int_value", "long_value", "float_value", "double_value", "boolean_value")


def _classes() -> dict[str, Any]:
    """The message classes, by name."""
    file = descriptor_pb2.FileDescriptorProto(
        name="chengyun/sparkplug_b.proto", package=_PACKAGE, syntax="proto2"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            made = message.field.add(name=field, number=number)
            made.label = _F.LABEL_REPEATED if kind[0] == "*" else _F.LABEL_OPTIONAL
            kind = kind.lstrip("*")
            if kind in _MESSAGES:
                made.type = _F.TYPE_MESSAGE
                made.type_name = f".{_PACKAGE}.{kind}"
            else:
                made.type = getattr(_F, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _MESSAGES
    }


Payload: Any = _classes()["Payload"]


def decode(payload: bytes) -> Any:
    """The Payload message of these bytes; raises Rejected."""
    if len(payload) > LIMIT_BYTES:
        raise Rejected("too_large", f"{len(payload)} bytes; at most {LIMIT_BYTES} are taken")
    try:
        return Payload.FromString(payload)
    except DecodeError as why:
        raise Rejected("not_protobuf", "the payload is no Sparkplug B protobuf") from why


def text(said: bytes) -> str:
    """A string field; Rejected when it is not UTF-8."""
    try:
        return said.decode()
    except UnicodeDecodeError as why:
        raise Rejected("wrong_field", "a name or a string is not UTF-8") from why


def number(metric: Any, datatype: int) -> float | None:
    """The value of a metric as a number; None for null, text, time, data sets and templates.

    A signed integer travels as an unsigned one in two's complement, of its own width or of the
    field's: only its own bits count.
    """
    if metric.is_null or datatype in (STRING, DATETIME):
        return None
    for field in _VALUES:
        if metric.HasField(field):
            return _value(getattr(metric, field), datatype)
    return None


def _value(said: float, datatype: int) -> float | None:
    bits = SIGNED.get(datatype)
    if bits and isinstance(said, int):
        said &= (1 << bits) - 1
        if said >> (bits - 1):
            said -= 1 << bits
    value = float(said)
    return value if math.isfinite(value) else None


def properties(metric: Any) -> dict[str, float | bool | str]:
    """The properties of a metric that are plain values, such as its engineering unit."""
    said = metric.properties
    found: dict[str, float | bool | str] = {}
    for key, value in zip(said.keys, said.values, strict=False):
        if value.is_null:
            continue
        if value.HasField("string_value"):
            found[text(key)] = text(value.string_value)
            continue
        for field in _VALUES:
            if value.HasField(field):
                found[text(key)] = getattr(value, field)
    return found


def quality(metric: Any) -> int:
    """LATE for a historical value, else by its property "Quality"."""
    if metric.is_historical:
        return Quality.LATE
    if metric.HasField("properties"):
        return _QUALITIES.get(properties(metric).get("Quality", 192), Quality.GOOD)
    return Quality.GOOD


class Written(NamedTuple):
    """A metric that we write; `at` is epoch ms."""

    name: str | None
    value: float | bool | str | None
    datatype: int = DOUBLE
    alias: int | None = None
    at: int | None = None
    historical: bool = False
    unit: str = ""


def encode(metrics: Sequence[Written], at: int | None, seq: int | None) -> bytes:
    """The payload with these metrics."""
    said = Payload()
    if at is not None:
        said.timestamp = at
    if seq is not None:
        said.seq = seq
    for metric in metrics:
        _put(said.metrics.add(), metric)
    return bytes(said.SerializeToString())


def _put(made: Any, metric: Written) -> None:
    _put_value(made, metric.value, metric.datatype)
    if metric.name is not None:
        made.name = metric.name.encode()
    if metric.alias is not None:
        made.alias = metric.alias
    if metric.at is not None:
        made.timestamp = metric.at
    if metric.historical:
        made.is_historical = True
    if metric.unit:
        made.properties.keys.append(b"engUnit")
        made.properties.values.add(type=STRING, string_value=metric.unit.encode())


def _put_value(metric: Any, value: float | bool | str | None, datatype: int) -> None:
    """Set the value of a metric in the field of its datatype."""
    metric.datatype = datatype
    if value is None:
        metric.is_null = True
    elif datatype in (FLOAT, DOUBLE):
        setattr(metric, "float_value" if datatype == FLOAT else "double_value", value)
    elif datatype == BOOLEAN:
        metric.boolean_value = bool(value)
    elif datatype == STRING:
        metric.string_value = str(value).encode()
    else:
        bits = 64 if datatype in (4, 8, DATETIME) else 32
        field = "long_value" if bits == 64 else "int_value"
        setattr(metric, field, int(value) & ((1 << bits) - 1))
