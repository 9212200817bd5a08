"""Topic templates: `city/{district}/{kind}/{device}/telemetry` → a subscription and its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from app.errors import BadConfiguration

# what a field of ours may be called; a bar or a space would break keys, a slash the topic
FIELD = r"[\w.:@-]{1,64}"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LITERAL = re.compile(r"[\w.:@$-]+")


@dataclass(frozen=True)
class Template:
    """A topic with named places; BadConfiguration with the mend when it is no such thing."""

    text: str

    def __post_init__(self) -> None:
        faults = _faults(self.text)
        if faults:
            raise BadConfiguration([f"topic template {self.text!r}: {fault}" for fault in faults])

    @cached_property
    def subscription(self) -> str:
        """The MQTT filter that hears every topic of this template."""
        return _PLACEHOLDER.sub("+", self.text)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = []
        for part in self.text.split("/"):
            name = _PLACEHOLDER.fullmatch(part)
            parts.append(f"(?P<{name[1]}>{FIELD})" if name else re.escape(part))
        return re.compile("/".join(parts))

    def match(self, topic: str) -> dict[str, str] | None:
        """The fields of a topic, None when it is not of this template."""
        found = self._pattern.fullmatch(topic)
        return found.groupdict() if found else None

    def fill(self, **fields: str) -> str:
        """The topic of these fields; KeyError when one is missing."""
        return self.text.format_map(fields)


def _faults(text: str) -> list[str]:
    if not text:
        return ["is empty"]
    faults, names = [], []
    for part in text.split("/"):
        name = _PLACEHOLDER.fullmatch(part)
        if name:
            names.append(name[1])
        elif not part:
            faults.append("has an empty level; write no slash at the ends and none twice")
        elif "+" in part or "#" in part:
            faults.append(f"{part!r} is a wildcard; write a name in braces instead")
        elif not _LITERAL.fullmatch(part):
            faults.append(f"{part!r} is neither a word nor one name in braces")
    twice = sorted({name for name in names if names.count(name) > 1})
    return faults + [f"{{{name}}} stands there twice" for name in twice]
