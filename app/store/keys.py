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
ODD_REPORTS = "cy:reports:odd"  # stream of those that our code could not take in, for a person
DEAD = "cy:dead"  # stream of rejected messages with reason, bytes, topic
DEVICES = "cy:devices"  # hash: device code -> msgpack Device
NUMBERS = "cy:numbers"  # hash: n -> device code
NEXT_NUMBER = "cy:next-number"  # counter of n
POINTS = "cy:points"  # string of 24-byte records, position n
LAST = "cy:last"  # hash: device code -> msgpack Readings, the newest by event time
STATUSES = "cy:statuses"  # hash: device code -> msgpack Status, its newest birth or farewell
STATUSES_VERSION = "cy:statuses:version"  # grows with each change, so that nobody reads in vain
WORKERS = "cy:workers"  # hash: worker id -> msgpack [lon, lat, at_ms]
FEEDS = "cy:feeds"  # hash: feed name -> epoch ms of its newest accepted message
COUNTS = "cy:counts"  # hash of counters: "received", "stored", "duplicates", "rejected:<reason>"
BEATS = "cy:beats"  # hash: role -> epoch ms, each role's own heartbeat


def partition_of(device: str, partitions: int) -> int:
    """The partition of a device: stable across processes and restarts."""
    return crc32(device.encode()) % partitions


def readings(partition: int) -> str:
    """Stream of accepted readings: {"b": msgpack Readings}; groups "watch" and "archive"."""
    return f"cy:{{{partition}}}:readings"


def seen(partition: int) -> str:
    """Beginning of the sets of message keys that were applied: + "<4-h bucket>:<device>"."""
    return f"cy:{{{partition}}}:seen:"


def recent(device: str) -> str:
    """List of msgpack [at_ms, metrics], newest first: the last hours' curve."""
    return f"cy:recent:{device}"


def memory(partition: int) -> str:
    """Hash of rule memory: "<device>|<rule>" -> msgpack Memory."""
    return f"cy:{{{partition}}}:memory"


def owner(partition: int) -> str:
    """Lease of the one watch that judges a partition."""
    return f"cy:{{{partition}}}:memory:owner"
