"""Every Redis key of the city, as small functions; the one place that knows their names.

Redis 6.2 or newer. A partition is a set of devices with one stream and one owner, so that the
order per device is kept; its number stands in braces, which is the hash tag of a Redis Cluster.
"""

from __future__ import annotations

from zlib import crc32

FACTS = "cy:facts"  # stream, id "<seq>-0": never dropped before FACTS_KEPT, never merged
STATES = "cy:states"  # stream, latest wins: {"b": msgpack [[n, presence, level], ...]}
POSITIONS = "cy:positions"  # stream, latest wins: {"b": msgpack [[worker, lon, lat, at_ms], ...]}
REPORTS = "cy:reports"  # stream of accepted reports and orders, waiting for their case
FORMER = ("cy:dead", "cy:reports:odd")  # streams of what are dead letters now
LETTERS = "cy:letters"  # sorted set of the ids of all dead letters, by arrival
LETTER_ABOUT = "cy:letters:about"  # hash: id -> msgpack, all of a dead letter but its bytes
LETTER_BYTES = "cy:letters:bytes"  # hash: id -> payload
LETTER_PILES = "cy:letters:piles"  # hash: "<source>|<reason>" -> how many letters
LETTER_WEIGHTS = "cy:letters:weights"  # hash: the same -> their bytes; "*": of all
LETTER_REPLAYS = "cy:letters:replays"  # sorted set of the ids that wait for their replay
LETTER_LOCK = "cy:letters:lock"  # lease of the one ingest role that replays
STRANGERS = "cy:strangers"  # hash: device code -> msgpack of what an unknown device said last
STRANGER_HEARD = "cy:strangers:heard"  # sorted set: device code by epoch ms of its newest message
STRANGER_FIRST = "cy:strangers:first"  # hash: device code -> epoch ms of its first message
STRANGER_COUNTS = "cy:strangers:counts"  # hash: device code -> how many messages
STRANGERS_IGNORED = "cy:strangers:ignored"  # hash: device code -> msgpack [why, who, epoch ms]
ADOPT_RULES = "cy:adopt"  # msgpack {source: [Adopt, …]}, written by ingest at its start
DEVICES = "cy:devices"  # hash: device code -> msgpack Device
NUMBERS = "cy:numbers"  # hash: n -> device code
NEXT_NUMBER = "cy:next-number"  # counter of n
POINTS = "cy:points"  # string of 24-byte records, position n
AREAS = "cy:areas"  # fingerprint of the area tree whose grid indexes the points hold
LAST = "cy:last"  # hash: device code -> msgpack Readings, the newest by event time
STATUSES = "cy:statuses"  # hash: device code -> msgpack Status, its newest birth or farewell
STATUSES_VERSION = "cy:statuses:version"  # grows with each change, so that nobody reads in vain
WORKERS = "cy:workers"  # hash: worker id -> msgpack [lon, lat, at_ms]
FEEDS = "cy:feeds"  # hash: feed name -> epoch ms of its newest accepted message
READINGS_OF = "readings:"  # begins the fields of FEEDS that are about readings alone
COUNTS = "cy:counts"  # hash of counters: "received", "stored", "duplicates", "rejected:<reason>"
LANES = "cy:lanes"  # hash: ingest process -> msgpack [at s, {lane: [lag in ms, msgs waiting]}]
MINUTES = "cy:minutes"  # hash: epoch minute -> msgpack {source: messages received until then}
SOURCES = "cy:sources"  # hash: source -> msgpack of what the file of sources says of it
SOURCE_FLAGS = "cy:sources:flags"  # hash: "<source>|<flag>" -> msgpack {since: epoch ms, ...}
ORIGINS = "cy:origins"  # hash: device code -> the source by which it speaks
SENT = "cy:sent"  # hash: "<source>|<publisher>" -> msgpack [epoch ms, sent since its start]
CENSUS = "cy:census"  # string: msgpack [[source, kind, street, period_s, devices], ...]
OUTLIERS = "cy:outliers"  # string: msgpack of the devices far from their neighbours
FLAPPING = "cy:flapping"  # hash: device code -> epoch ms until which it is held to come and go
REFERENCES = "cy:references"  # hash: device code -> msgpack [lon, lat], where it truly stands
QUALITY_SINCE = "since"  # field of a day's counters of quality: epoch ms of the first count
BEATS = "cy:beats"  # hash: role -> epoch ms, each role's own heartbeat


def limit(name: str, window: int) -> str:
    """Counter of what may happen so often in a window of time; runs out by itself."""
    return f"cy:limit:{name}:{window}"


def once(name: str) -> str:
    """Mark of what may happen once, such as a signed request; runs out by itself."""
    return f"cy:once:{name}"


def partition_of(device: str, partitions: int) -> int:
    """The partition of a device: stable across processes and restarts."""
    return crc32(device.encode()) % partitions


def readings(partition: int) -> str:
    """Stream of accepted readings, one entry per batch; groups "watch" and "archive".

    {"b": msgpack [Readings, …], "n": readings that the stream has taken so far}.
    """
    return f"cy:{{{partition}}}:readings"


def readings_taken(partition: int) -> str:
    """How many readings the stream has taken so far, trimmed ones included."""
    return f"cy:{{{partition}}}:readings:taken"


def seen(partition: int) -> str:
    """Beginning of the sets of message keys that were applied: + "<4-h bucket>:<device>"."""
    return f"cy:{{{partition}}}:seen:"


def recent(device: str) -> str:
    """List of msgpack [at_ms, metrics], oldest first: the last hours' curve."""
    return f"cy:curve:{device}"


def track(worker: str) -> str:
    """List of msgpack [lon, lat, at_ms], newest first: where a worker has been on this shift."""
    return f"cy:track:{worker}"


def lags(feed: str) -> str:
    """List of arrived − at in ms, newest first: one sample of each batch with this feed."""
    return f"cy:lags:{feed}"


def pile(name: str) -> str:
    """Sorted set of the ids of one pile of dead letters ("<source>|<reason>"), by arrival."""
    return f"cy:letters:pile:{name}"


def letter_tens(ten: int) -> str:
    """Hash: source -> dead letters in these ten minutes (epoch ms // 600,000)."""
    return f"cy:letters:tens:{ten}"


def readings_feed(feed: str) -> str:
    """The field of FEEDS that says when readings of a feed were last taken in."""
    return READINGS_OF + feed


def quality(day: str) -> str:
    """Hash of a day's (YYYYMMDD, Beijing) readings: "<source>|<kind>|<street>|<doubt>" -> n."""
    return f"cy:quality:{day}"


def shifts(source: str) -> str:
    """Hash: device code -> msgpack [lon, lat said, lon, lat of reference], of one source."""
    return f"cy:sources:shifts:{source}"


def memory(partition: int) -> str:
    """Hash of rule memory: "<device>|<rule>" -> msgpack Memory."""
    return f"cy:{{{partition}}}:memory"


def owner(partition: int) -> str:
    """Lease of the one watch that judges a partition."""
    return f"cy:{{{partition}}}:memory:owner"
