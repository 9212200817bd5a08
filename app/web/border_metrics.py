"""The border in figures for Prometheus: sources, dead letters, unknown devices, lanes, tokens."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from app.city import City
from app.domain.people import Role, User
from app.services import tokens, views_feeds
from app.services.aside import aside
from app.store import keys

# the figures are for the house itself, which is asked before (health._only_for_the_house)
HOUSE = User(id="metrics", name="metrics", role=Role.SYS_ADMIN, scope="")
COUNTED = ("received", "said", *views_feeds.WHERE, "late")
FILES_S = 60.0  # how old the count of the history's files may be
# counters of sources have metrics of their own, with the source as a label
OF_SOURCES = frozenset({*COUNTED, "readings", "replayed", "sent"})


def of_sources(city: City) -> Iterable[Metric]:
    """Return what each source brought, how it is, and what waits behind it."""
    data = views_feeds.feeds(city, HOUSE)
    rows = data["rows"]
    yield _messages(rows)
    yield _refused(rows)
    for name, what, values in (
        ("age_seconds", "Since its last message.", _ages(rows, data["at"])),
        ("skew_seconds", "Median of arrival - event time.", _scaled(rows, "skew_ms", 1000)),
        ("trusted_ratio", "Share of today's readings without doubt.", _scaled(rows, "score", 100)),
        ("unaccounted", "Said and found nowhere.", _scaled(rows, "missing", 1)),
        ("silent", "Whether it is silent for too long.", _scaled(rows, "silent", 1)),
    ):
        yield _by("chengyun_source_" + name, what, "source", values)
    yield _flags(rows)
    yield from _letters(data["letters"])
    yield from _lanes(data["lanes"])
    strange = int(city.live.redis.hlen(keys.STRANGERS))
    yield GaugeMetricFamily("chengyun_strangers", "Unknown devices that wait.", value=strange)


def _messages(rows: list[dict[str, Any]]) -> Metric:
    counts = CounterMetricFamily(
        "chengyun_source_messages", "What became of it.", labels=["source", "what"]
    )
    for row in rows:
        for what in COUNTED:
            counts.add_metric([row["name"], what], row[what])
    return counts


def _refused(rows: list[dict[str, Any]]) -> Metric:
    counts = CounterMetricFamily(
        "chengyun_source_refused", "Refused messages.", labels=["source", "reason"]
    )
    for row in rows:
        for one in row["reasons"]:
            counts.add_metric([row["name"], one["reason"]], one["n"])
    return counts


def _flags(rows: list[dict[str, Any]]) -> Metric:
    flags = GaugeMetricFamily("chengyun_source_flag", "What is odd.", labels=["source", "flag"])
    for row in rows:
        for flag in row["flags"]:
            flags.add_metric([row["name"], flag], 1)
    return flags


def _ages(rows: list[dict[str, Any]], now: int) -> Iterator[tuple[str, float]]:
    return ((row["name"], (now - row["at"]) / 1000) for row in rows if row["at"])


def _scaled(rows: list[dict[str, Any]], key: str, by: float) -> Iterator[tuple[str, float]]:
    return ((row["name"], row[key] / by) for row in rows if row[key] is not None)


def _by(name: str, what: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    gauge = GaugeMetricFamily(name, what, labels=[label])
    for said, value in values:
        gauge.add_metric([said], value)
    return gauge


def _letters(totals: dict[str, Any]) -> Iterable[Metric]:
    for key, name, what in (
        ("kept", "chengyun_letters", "Dead letters that are kept."),
        ("bytes", "chengyun_letters_bytes", "Their bytes."),
        ("queued", "chengyun_letters_queued", "Letters that wait for their replay."),
        ("last_hour", "chengyun_letters_last_hour", "Refused within the last hour."),
    ):
        yield GaugeMetricFamily(name, what, value=totals[key])
    trimmed = CounterMetricFamily("chengyun_letters_trimmed", "Oldest ones that were cut off.")
    trimmed.add_metric([], totals["trimmed"])
    yield trimmed


def _lanes(lanes: dict[str, tuple[int, int]]) -> Iterable[Metric]:
    lag = ((name, figures[0] / 1000) for name, figures in lanes.items())
    yield _by("chengyun_lane_lag_seconds", "How far a lane of ingest is behind.", "lane", lag)
    waiting = ((name, figures[1]) for name, figures in lanes.items())
    yield _by("chengyun_lane_waiting", "Messages in its inbox.", "lane", waiting)


def of_tokens(city: City) -> Iterable[Metric]:
    """Return how many tokens are in force, and when each source has last used one."""
    now = city.now()
    listed = tokens.listed(city, None)
    states = Counter("in_force" if token.is_valid(now) else "ended" for token in listed)
    yield _by("chengyun_tokens", "Tokens by state.", "state", sorted(states.items()))
    used: dict[str, float] = {}
    for token in listed:
        if token.used_at is not None:
            age = (now - token.used_at).total_seconds()
            used[token.source] = min(age, used.get(token.source, age))
    yield _by("chengyun_token_used_seconds", "Since a token's last use.", "source", used.items())


class HistoryFiles:
    """How many files the history has; counted in a thread of its own, at most once a minute."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counted = (-FILES_S, 0, 0)

    def metrics(self) -> Iterable[Metric]:
        """Return the number of Parquet files and their bytes."""
        if time.monotonic() - self._counted[0] >= FILES_S:
            self._counted = time.monotonic(), *aside(lambda: _count(self._folder))
        _, files, size = self._counted
        yield GaugeMetricFamily("chengyun_history_files", "Parquet files.", value=files)
        yield GaugeMetricFamily("chengyun_history_bytes", "Their bytes.", value=size)


def _count(folder: Path) -> tuple[int, int]:
    files = size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".parquet"):
                files += 1
                try:
                    size += os.stat(os.path.join(place, name)).st_size
                except FileNotFoundError:  # merged into another one meanwhile
                    files -= 1
    return files, size
