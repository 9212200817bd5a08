"""Paths of a mapping (JMESPath, or text with {levels} of the topic), and what they lead to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import jmespath
import msgspec
from jmespath.exceptions import ArityError, JMESPathError, ParseError, UnknownFunctionError
from jmespath.functions import Functions, signature
from msgspec import Meta

from app.errors import Rejected
from streams import filters, wire
from streams.sources import Source

RECORDS = 1_000
# what an expression of the operator may meet in data that he did not expect
SURPRISES = (
    JMESPathError,
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)

_PLAIN = re.compile(r"[\w-]+")  # a name that needs no thought, also 压力 or 2-A
LEVELS = re.compile(r"(?:[\w.:@-]*\{[a-z_]+\}[\w.:@-]*)+")

Path = Annotated[str, Meta(min_length=1, max_length=500)]
Find = Callable[[Any, dict[str, str]], Any]


class _Ours(Functions):
    """JMESPath's functions and two for what it has no words for; docs/protocols/profile.md."""

    @signature({"types": ["object"]})
    def _func_pairs(self, found: dict[str, Any]) -> list[dict[str, Any]]:
        """Names that are data: [{"key", "value"}], a list under a name gives a pair for each."""
        return [
            {"key": key, "value": each}
            for key, value in found.items()
            for each in (value if isinstance(value, list) else [value])
        ]

    @signature({"types": ["string"]})
    def _func_from_json(self, text: str) -> Any:
        """JSON that somebody has packed as text into JSON; Rejected when it is none."""
        return wire.decode(_JSON, text.encode())


_JSON = msgspec.json.Decoder()
_OPTIONS = jmespath.Options(custom_functions=_Ours())


def compiled(text: str) -> Find:
    """A path ready to be used: (record, levels of the topic) → what is there, None if nothing.

    Raises ValueError with the mend when it is no path.
    """
    if LEVELS.fullmatch(text):
        return lambda _, levels: _filled(text, levels)
    if _PLAIN.fullmatch(text):
        return lambda record, _: record.get(text) if isinstance(record, dict) else None
    try:
        expression = jmespath.compile(text)
        _probe(expression)
    except (ParseError, UnknownFunctionError, ArityError, JMESPathError) as why:
        said = " ".join(str(why).split())[:120]
        raise ValueError(
            f"{text!r} is no JMESPath ({said}); put names with signs in double quotes"
        ) from why
    return lambda record, _: expression.search(record, _OPTIONS)


def _probe(expression: Any) -> None:
    """Find unknown functions and wrong numbers of arguments, which show only when used."""
    try:
        expression.search({}, _OPTIONS)
    except (UnknownFunctionError, ArityError):
        raise
    except SURPRISES:
        return


def _filled(text: str, levels: dict[str, str]) -> str | None:
    try:
        return text.format_map(levels)
    except KeyError:
        return None


def search(find: Find, record: Any, levels: dict[str, str]) -> Any:
    """What a path leads to; Rejected when it does not fit the message."""
    try:
        return find(record, levels)
    except SURPRISES as why:
        said = " ".join(str(why).split())[:120]
        raise Rejected("wrong_field", f"a path does not fit the message: {said}") from why


def listed(records: Find | None, whole: Any) -> list[Any]:
    """The records of a message, at most RECORDS; without a path to them it is the only one."""
    if records is None:
        return [whole]
    found = search(records, whole, {})
    if found is None:  # an empty list is one; a list that is not there has another name now
        raise Rejected("missing_field", "nothing stands where `records` says the list is")
    several = found if isinstance(found, list) else [found]
    if len(several) > RECORDS:
        raise Rejected("too_large", f"{len(several)} records; at most {RECORDS} are taken")
    return several


def levels(source: Source, topic: str) -> dict[str, str]:
    """The named levels of a topic, by the first of the source's filters that hears it."""
    for each in source.topics:
        if (found := filters.match(each, topic)) is not None:
            return found
    return {}


def time_faults(form: str, zone: str) -> Iterator[str]:
    """What is wrong with a time format: iso, s, ms, or one of strptime with an offset or a zone."""
    if form in {"iso", "s", "ms"}:
        return
    if "%" not in form:
        yield f"`options.time_format` {form!r}: write iso, s, ms or a format such as %Y%m%d"
    elif not zone and "%z" not in form:
        yield "`zone` is missing: the time format has no offset"
