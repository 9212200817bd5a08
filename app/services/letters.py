"""Dead letters: what was refused is kept whole, found again, replayed or dropped with a reason.

The web role only asks for a replay (see letters_replay): the ingest role reads the dialects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from app.city import City
from app.domain import masking, personal
from app.domain.facts import Fact
from app.domain.people import User, Verb, require
from app.errors import Invalid
from app.store.live_letters import Bounds, DeadLetter

HOUR_MS = 3_600_000
TENS_OF_AN_HOUR = 6
LONGEST_SEARCH = 20_000  # letters looked through for one page
AT_ONCE = 1_000  # letters of one request
NOTE = 200  # characters
OWN = ("/telemetry", "/status", "/position")  # our topics that tell of nobody
ACCEPTED, NO_CASE = "accepted/", "no_case"  # what was acknowledged and could not become a case
NO_MESSAGE = ("report ",)  # topics of parts of a message: there is nothing to replay


class Letter(NamedTuple):
    """A message that the border refused; `personal` are the paths of its personal fields.

    None: they are those of our own orders and reports, except on topics that tell of nobody.
    `taken` are marks of the readings that the same message brought and that were taken.
    """

    topic: str
    payload: bytes
    reason: str
    detail: str
    source: str = "city"
    personal: tuple[str, ...] | None = None
    taken: tuple[str, ...] = ()


def keep(city: City, letters: Sequence[Letter], at: int) -> None:
    """Keep refused messages and count them; `at` is the epoch ms of their arrival."""
    city.live.bury([_buried(letter, at) for letter in letters], bounds(city))


def _buried(letter: Letter, at: int) -> DeadLetter:
    return DeadLetter(
        topic=_whole(letter.topic),
        payload=letter.payload,
        size=len(letter.payload),
        reason=letter.reason,
        detail=shown(letter.detail),
        at=at,
        source=letter.source,
        preview=personal.preview(letter.payload, paths(letter)),
        taken=letter.taken,
    )


def shown(detail: str) -> str:
    """A detail as it may be kept: it may quote what the message said."""
    return masking.text(_whole(detail))


def _whole(text: str) -> str:
    """Text that can be written: half a character of UTF-16 cannot."""
    return text.encode("utf-8", "replace").decode()


def paths(letter: Letter) -> tuple[str, ...]:
    """Where the personal fields of a letter are."""
    if letter.personal is not None:
        return letter.personal
    own = letter.topic.startswith("city/") and letter.topic.endswith(OWN)
    return () if own else personal.CITIZEN


def bounds(city: City) -> Bounds:
    """How much is kept, by the settings."""
    s = city.settings
    return Bounds(s.letters_kept, s.letters_mb * 1_000_000, s.letters_days * 86_400_000)


def search(
    city: City,
    by: User | None,
    *,
    source: str = "",
    reason: str = "",
    text: str = "",
    before: str = "",
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Return letters, newest first, as rows with a masked preview; `before` is the last row's id.

    `text` is looked for in topic, detail and preview. At most 20,000 letters are looked through.
    """
    _permit(by)
    wanted = text.strip().casefold()
    queued = set(city.live.queued_letters(LONGEST_SEARCH))
    pile = f"{source}|{reason}" if source and reason else ""
    found: list[dict[str, Any]] = []
    for letter in islice(city.live.leaf(pile, before), LONGEST_SEARCH):
        meant = source in ("", letter.source) and reason in ("", letter.reason)
        if meant and (not wanted or wanted in _words(letter)):
            found.append(_row(letter, letter.id in queued))
            if len(found) >= limit:
                break
    return found


def _words(letter: DeadLetter) -> str:
    return f"{letter.topic}\n{letter.detail}\n{letter.preview}".casefold()


def _row(letter: DeadLetter, queued: bool) -> dict[str, Any]:
    return {
        "id": letter.id,
        "at": letter.at,
        "source": letter.source,
        "topic": letter.topic,
        "reason": letter.reason,
        "detail": letter.detail,
        "tries": letter.tries,
        "size": letter.size,
        "preview": letter.preview,
        "replayable": letter.whole and not letter.topic.startswith(NO_MESSAGE),
        "queued": queued,
    }


def replay(city: City, by: User | None, ids: Sequence[str]) -> int:
    """Ask for the replay of letters (at most 1,000); returns how many are newly in the queue.

    Those of which there is no whole message are left where they are.
    """
    _permit(by)
    letters = _asked(city, ids)
    whole = [x for x in letters if x.whole and not x.topic.startswith(NO_MESSAGE)]
    queued = city.live.queue_letters([letter.id for letter in whole])
    if queued:
        record(city, "requested", *_who(city, by), of(whole))
    return queued


def drop(city: City, by: User | None, ids: Sequence[str], note: str) -> int:
    """Drop letters (at most 1,000) for ever, with a reason; returns how many there were."""
    _permit(by)
    said = masking.text(note.strip())[:NOTE]
    if not said:
        raise Invalid("请填写丢弃原因。", fields={"note": "例如：测试数据"})
    letters = _asked(city, ids)
    dropped = city.live.remove_letters([letter.id for letter in letters])
    if dropped:
        city.live.count("dead_dropped", dropped)
        record(city, "dropped", *_who(city, by), {**of(letters), "note": said})
    return dropped


def _permit(by: User | None) -> None:
    """Let administrators through, and whoever sits at the machine (None)."""
    if by is not None:
        require(by, Verb.ADMINISTER)


def _who(city: City, by: User | None) -> tuple[str, str]:
    """Who does it, and the area of the record."""
    return (by.id, by.scope) if by else ("system", city.settings.city)


def _asked(city: City, ids: Sequence[str]) -> list[DeadLetter]:
    if len(ids) > AT_ONCE:
        raise Invalid(f"一次最多处理 {AT_ONCE} 条。", fields={"ids": "请分批选择"})
    return city.live.abouts_of(list(dict.fromkeys(ids)))


def totals(city: City) -> dict[str, Any]:
    """Return how many letters there are, in which piles, and how fast they grow.

    {"kept", "bytes", "trimmed", "queued", "last_hour", "last_hour_by_source", "by_source_reason":
    [{"source", "reason", "kept", "bytes"}, …] largest first, "per_hour": [{"at", "letters",
    "by_source"}, …] the last 24 hours, oldest first; "at" is where the hour begins, epoch ms}.
    """
    now = int(city.now().timestamp() * 1000)
    counts, weights, tens = city.live.letter_totals(now)
    last_hour = _sum(tens[-TENS_OF_AN_HOUR:])
    piles = [_pile(name, kept, weights.get(name, 0)) for name, kept in counts.items()]
    began = now - now % 600_000 + 600_000 - len(tens) * 600_000
    hours = [
        {"at": began + i * 600_000, "letters": total.total(), "by_source": dict(total)}
        for i in range(0, len(tens), TENS_OF_AN_HOUR)
        for total in [_sum(tens[i : i + TENS_OF_AN_HOUR])]
    ]
    return {
        "kept": sum(counts.values()),
        "bytes": weights.get("*", 0),
        "trimmed": city.live.counts().get("dead_trimmed", 0),
        "queued": city.live.letters_in_queue(),
        "last_hour": last_hour.total(),
        "last_hour_by_source": dict(last_hour),
        "by_source_reason": sorted(piles, key=lambda pile: -pile["kept"]),
        "per_hour": hours,
    }


def _pile(name: str, kept: int, weight: int) -> dict[str, Any]:
    source, _, reason = name.partition("|")
    return {"source": source, "reason": reason, "kept": kept, "bytes": weight}


def _sum(tens: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for ten in tens:
        total += ten
    return total


def of(letters: Iterable[DeadLetter]) -> dict[str, Any]:
    """How many letters, and of which piles: what the record says of them."""
    piles = Counter(f"{letter.source}|{letter.reason}" for letter in letters)
    return {"letters": piles.total(), "piles": dict(piles)}


def record(city: City, past: str, who: str, area: str, body: dict[str, Any]) -> None:
    """Record what was done with letters; nothing of what they say is in it."""
    at: datetime = city.now()
    fact = Fact(kind=f"letters.{past}", thing="letters", area=area, at=at, who=who, body=body)
    with city.ledger.begin() as tx:
        tx.record(fact)
    city.feed.publish(city.ledger)
