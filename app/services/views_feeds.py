"""What the administrator sees of each source: its pace, its health, and where its messages went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from statistics import median
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from app.city import City
from app.domain.people import User, Verb, require
from app.services import feed_minutes, letters, quality, registry
from app.services.grading import OWN, feed_of
from app.services.presence_feeds import SILENT
from app.services.views_scope import live_or, now_ms
from app.store import lanes
from app.store.keys import readings_feed
from app.store.live import Live

Row = dict[str, Any]

LETTERS_MANY = 100  # refused within an hour (*default*): from there the wall says it
SAMPLES = 300  # the newest dead letters among which a sample of each reason is looked for
PERIODS = 3  # of a source without a message (*default*): then it is silent
SCORES_MS = 60_000  # scores add up thousands of counters: not with each repaint
WHERE = ("stored", "duplicates", "statuses", "known", "reports", "asks", "refused")

_scored: WeakKeyDictionary[Live, tuple[int, dict[str, Row]]] = WeakKeyDictionary()


class _Seen(NamedTuple):
    """All that the rows are made of, read once."""

    now: int
    counts: dict[str, int]
    heard: dict[str, int]
    flags: dict[str, dict[str, Row]]
    minutes: dict[int, dict[str, int]]
    lags: dict[str, list[int]]
    scores: dict[str, Row]
    samples: dict[tuple[str, str], str]


def feeds(city: City, user: User) -> Row:
    """Return {"at", "rows": [one per source], "letters", "lanes"}, silent sources first.

    Raises NotAllowed, and RedisError when nobody can say how things are.
    """
    require(user, Verb.ADMINISTER)
    counts, known = city.live.counts(), sources(city)
    names = _names(known, counts)
    seen = _Seen(
        now=now_ms(city),
        counts=counts,
        heard=city.live.feeds(),
        flags=city.live.flags(),
        minutes=city.live.minutes(),
        lags=city.live.lags([feed_of(name) for name in names]),
        scores=_scores(city, user),
        samples=_samples(city),
    )
    rows = [_row(seen, known.get(name) or _unregistered(name)) for name in names]
    return {
        "at": seen.now,
        "rows": sorted(rows, key=lambda row: not row["silent"]),
        "letters": letters.totals(city),
        "lanes": lanes.told(city.live.redis),
    }


def sources(city: City) -> dict[str, Row]:
    """Return every registered source by name, the city's own topics first."""
    registered = {OWN: registry.own(city)} | city.live.sources()
    order = sorted(registered, key=lambda name: (name != OWN, name))
    return {name: {"quiet_s": None, **registered[name], "registered": True} for name in order}


def _unregistered(name: str) -> Row:
    """A source that has sent and stands in no file any more."""
    nothing = dict.fromkeys(("dialect", "owner", "crs", "by"), "")
    return {"name": name, **nothing, "quiet_s": None, "registered": False}


def _names(known: Mapping[str, Row], counts: Mapping[str, int]) -> list[str]:
    sent = sorted(feed_minutes.received(counts).keys() - known.keys())
    return [*known, *sent]


def _row(seen: _Seen, source: Row) -> Row:
    name, feed = source["name"], feed_of(source["name"])
    tally, flags = tallied(seen.counts, name), seen.flags.get(name, {})
    at = max((seen.heard.get(one, 0) for one in (name, feed, readings_feed(feed))), default=0)
    quiet = source["quiet_s"] = quiet_after(source)
    late = bool(at and quiet and seen.now - at > quiet * 1000)
    scored, lags = seen.scores.get(name, {}), seen.lags[feed]
    more = {
        "at": at or None,
        "silent": source["registered"] and (late or SILENT in flags),
        "rate": feed_minutes.per_minute(seen.minutes, name, tally["received"], seen.now),
        "minutes": feed_minutes.curve(seen.minutes, name, tally["received"], seen.now),
        "skew_ms": round(median(lags)) if lags else None,
        "samples": len(lags),
        "score": 100 * scored["trusted"] if scored.get("readings") else None,
        "complete": scored.get("complete"),
        "doubts": scored.get("doubts", {}),
        "flags": {flag: said for flag, said in flags.items() if flag != SILENT},
        "reasons": _reasons(seen, name),
    }
    return source | tally | more


def quiet_after(source: Row) -> float | None:
    """Return after how many seconds of silence a source is missed, None when nobody can say."""
    period = source.get("period_s")
    return source["quiet_s"] or (PERIODS * period if period else None)


def tallied(counts: Mapping[str, int], name: str) -> Row:
    """Return where the messages of a source went, as numbers, and what does not add up.

    `said` is what its messages said altogether: a message may hold many readings. `missing` is
    `said` less all of the places: more than 0 means that something was taken and went nowhere,
    less that a break let something come again. `sent` is what its publisher counted, None when it
    does not say.
    """
    feed = feed_of(name)
    tally: Row = {
        "sent": counts.get(f"sent:{name}"),
        "received": counts.get(f"received:{name}", 0),
        "said": counts.get(f"said:{name}", 0),
        "stored": counts.get(f"stored:{feed}", 0),
        "late": counts.get(f"late:{feed}", 0),
        "duplicates": counts.get(f"duplicates:{feed}", 0),
        "statuses": counts.get(f"statuses:{name}", 0),
        "reports": counts.get(f"reports:{name}", 0),
        "asks": counts.get(f"asks:{name}", 0),
        "known": _sum(counts, f"known:{name}:"),
        "refused": _sum(counts, f"refused:{name}:"),
    }
    return tally | {"missing": tally["said"] - sum(tally[place] for place in WHERE)}


def _sum(counts: Mapping[str, int], prefix: str) -> int:
    return sum(n for name, n in counts.items() if name.startswith(prefix))


def _reasons(seen: _Seen, name: str) -> list[Row]:
    """Why messages of a source were refused, the most frequent first, with a sample."""
    prefix = f"refused:{name}:"
    found = {k.removeprefix(prefix): n for k, n in seen.counts.items() if k.startswith(prefix)}
    return [
        {"reason": reason, "n": n, "sample": seen.samples.get((name, reason), "")}
        for reason, n in Counter(found).most_common()
    ]


def _samples(city: City) -> dict[tuple[str, str], str]:
    """The newest detail of each source and reason."""
    found: dict[tuple[str, str], str] = {}
    for letter in islice(city.live.leaf(), SAMPLES):
        found.setdefault((letter.source, letter.reason), letter.detail)
    return found


def _scores(city: City, user: User) -> dict[str, Row]:
    """The scores of all sources, at most a minute old."""
    now = now_ms(city)
    at, found = _scored.get(city.live, (0, {}))
    if not 0 <= now - at < SCORES_MS:
        found = {row["name"]: row for row in quality.scores(city, user)}
        _scored[city.live] = now, found
    return found


def growing(city: City) -> int | None:
    """Return how many messages were refused within the last hour when that is too many, or None."""
    refused = live_or(lambda: city.live.refused_lately(now_ms(city)), 0)
    return refused if refused >= LETTERS_MANY else None
