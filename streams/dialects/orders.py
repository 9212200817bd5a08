"""12345 orders and grid reports of any JSON by mapping, see docs/protocols/orders.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from streams import paths, wire
from streams.dialects import Known, Thing, one_by_one
from streams.orders import ORDER_FIELDS, REPORT_FIELDS, WORDS, Form, take
from streams.sources import Source

TOPICS: tuple[str, ...] = ()
SAYS_REPORTS = True

# what may stand once for all records of a message, around their list; an id never does
SHARED = {"ts", "channel", "type", "urgency", "category", "crs", "code", "worker"}
PERSONAL = {"caller_name", "caller_phone", "id_no"}
_decoder = msgspec.json.Decoder()


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it says, and where our fields are: JMESPath, or text with {levels} of the topic."""

    says: Literal["order", "report"] = "order"
    records: str = ""  # the list of them; without it the message is one
    fields: dict[str, paths.Path] = {}  # without it they have our own names
    values: dict[str, dict[str, str]] = {}  # their words → ours, by field
    time_format: str = "iso"  # iso, s, ms, or a strptime format


def faults(source: Source) -> list[str]:
    """What is wrong with the mapping of a source."""
    options: Options = source.options
    return [
        *_paths(options),
        *_needed(source, options),
        *_words(options),
        *paths.time_faults(options.time_format, source.zone),
    ]


def _known(options: Options) -> tuple[str, ...]:
    return ORDER_FIELDS if options.says == "order" else REPORT_FIELDS


def _paths(options: Options) -> Iterator[str]:
    said = {f"fields.{name}": path for name, path in options.fields.items()}
    said |= {"records": options.records} if options.records else {}
    for name, path in said.items():
        try:
            paths.compiled(path)
        except ValueError as why:
            yield f"`options.{name}`: {why}"
    for name in {*options.fields, *options.values} - {*_known(options)}:
        yield f"`{name}` is no field of {options.says}; known are {', '.join(_known(options))}"


def _needed(source: Source, options: Options) -> Iterator[str]:
    one, body = ("order_no", "content") if options.says == "order" else ("id", "description")
    given = options.fields or dict.fromkeys(_known(options))
    if one not in given:
        yield f"`options.fields.{one}` is missing: without it nothing can come twice harmlessly"
    if not {"title", body} & given.keys():
        yield f"`options.fields` needs `title` or `{body}`"
    if "ts" not in given and source.clock != "arrival":
        yield "`options.fields.ts` is missing; or set `clock: arrival`"
    if PERSONAL & given.keys() and not source.personal:
        yield "`personal` is missing: name the paths of the caller's name, phone and id"


def _words(options: Options) -> Iterator[str]:
    for name, ours in WORDS.items():
        for theirs, word in options.values.get(name, {}).items():
            if word not in ours:
                yield f"`options.values.{name}.{theirs}`: {word!r} is none of {', '.join(ours)}"


def reader(source: Source) -> Reader:
    """A reader of this source's messages."""
    return Reader(source)


class Reader:
    """Records by their paths; each is one order or report."""

    def __init__(self, source: Source) -> None:
        options: Options = source.options
        self._source = source
        self._form = Form(says=options.says, values=options.values, time_format=options.time_format)
        self._records = paths.compiled(options.records) if options.records else None
        given = options.fields or {name: name for name in _known(options)}
        self._paths = {name: paths.compiled(path) for name, path in given.items()}

    def read(self, topic: str, payload: bytes, arrived: int) -> list[Thing]:
        """One message as orders or reports; raises Rejected."""
        whole = wire.decode(_decoder, payload)
        levels = paths.levels(self._source, topic)

        def one(record: Any) -> list[Thing]:
            return [take(self._form, self._fields(record, whole, levels), self._source, arrived)]

        return one_by_one(paths.listed(self._records, whole), one) or [Known("empty")]

    def _fields(self, record: Any, whole: Any, levels: dict[str, str]) -> dict[str, Any]:
        fields = {}
        for name, find in self._paths.items():
            found = paths.search(find, record, levels)
            if found is None and name in SHARED and self._records is not None:
                found = paths.search(find, whole, levels)
            fields[name] = found
        return fields
