"""How the counters of the sources stood at each minute of the last hour: their rates come of it."""

from __future__ import annotations

from collections.abc import Mapping

from app.city import City

RECEIVED = "received:"
MINUTE_MS = 60_000

Minutes = Mapping[int, Mapping[str, int]]


def note(city: City) -> bool:
    """Keep the counters once a minute; any number of clocks may call it, the first one counts.

    Cheap when there is nothing to do: one question to Redis for each call.
    """
    minute = int(city.now().timestamp()) // 60
    if city.live.has_minute(minute):
        return False
    return city.live.keep_minute(minute, received(city.live.counts()))


def received(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the messages received so far, by source."""
    return {
        name.removeprefix(RECEIVED): n for name, n in counts.items() if name.startswith(RECEIVED)
    }


def per_minute(minutes: Minutes, source: str, total: int, now_ms: int) -> float | None:
    """Return the messages per minute over the last one to two minutes; None before it is known."""
    now = now_ms // MINUTE_MS
    since = next((at for at in (now - 1, now) if at in minutes), None)
    if since is None or now_ms - since * MINUTE_MS < 5_000:
        return None
    before = minutes[since].get(source, 0)
    if total < before:  # the counters began anew
        return None
    return (total - before) * MINUTE_MS / (now_ms - since * MINUTE_MS)


def curve(minutes: Minutes, source: str, total: int, now_ms: int) -> list[int | None]:
    """Return the messages of each of the last 60 minutes, oldest first; None where not known."""
    now = now_ms // MINUTE_MS
    stood = {at: counts.get(source, 0) for at, counts in minutes.items()}
    stood[now + 1] = total
    found: list[int | None] = []
    for at in range(now - 59, now + 1):
        if at in stood and at + 1 in stood and stood[at + 1] >= stood[at]:
            found.append(stood[at + 1] - stood[at])
        else:
            found.append(None)
    return found
