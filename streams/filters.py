"""MQTT filters with names: `plant/{device}/+/data` → a subscription and the named levels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_NAME = re.compile(r"\{([a-z_]+)\}")


def subscription(text: str) -> str:
    """The MQTT filter: every named level becomes a plus."""
    return _NAME.sub("+", text)


def match(text: str, topic: str) -> dict[str, str] | None:
    """The named levels of a topic, None when the filter does not hear it."""
    found = _pattern(text).fullmatch(topic)
    return found.groupdict() if found else None


def names(text: str) -> list[str]:
    """The names that stand in a filter."""
    return _NAME.findall(text)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = []
    for part in text.split("/"):
        name = _NAME.fullmatch(part)
        if name:
            parts.append(f"(?P<{name[1]}>[^/]+)")
        else:
            parts.append("[^/]*" if part == "+" else re.escape(part))
    if parts[-1] == r"\#":
        rest = "/".join(parts[:-1])
        return re.compile(rest + "(?:/.*)?" if rest else ".*", re.DOTALL)
    return re.compile("/".join(parts), re.DOTALL)


def faults(text: str) -> Iterator[str]:
    """What is wrong with a filter, each with its mend."""
    if not text or len(text) > 512:
        yield "a topic has 1 to 512 characters"
    levels = text.split("/")
    for i, level in enumerate(levels):
        if level == "#" and i < len(levels) - 1:
            yield "`#` stands at the end only"
        elif level not in {"#", "+"} and not _NAME.fullmatch(level) and re.search(r"[+#{}]", level):
            yield f"level {level!r}: write a word, `+`, `#` or one {{name}}"
    for name in sorted({n for n in names(text) if names(text).count(n) > 1}):
        yield f"{{{name}}} stands there twice"
    if text in ("#", "+/#"):
        yield "it hears our own city/… as well; begin with the first word of that system's topics"
    if text.startswith(("$share/", "city/")):
        yield "city/… is our own scheme and $share/… is a setting (mqtt_share_group)"
