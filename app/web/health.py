"""GET /healthz for the supervisor and the load balancer, GET /metrics for Prometheus."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_login import current_user
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.city import City
from app.domain.people import Verb, require
from app.errors import NotAllowed
from app.store import keys
from app.store.live import GROUPS
from app.web import border_metrics
from app.web.auth import whoami
from app.web.push import LATENCY, Push

log = logging.getLogger(__name__)

ROLE_DEAD_S = 15.0
NEEDED = ("ingest", "watch", "clock", "archive")


def blueprint(city: City, pusher: Push) -> Blueprint:
    """Return the two addresses."""
    health = Blueprint("health", __name__)
    registry = CollectorRegistry()
    registry.register(CityCollector(city, pusher))
    registry.register(LATENCY)

    @health.get("/healthz")
    def healthz() -> Any:
        report = look(city)
        return jsonify(report), 200 if report["ok"] else 503

    @health.get("/metrics")
    def metrics() -> Any:
        _only_for_the_house()
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return health


def look(city: City) -> dict[str, Any]:
    """Return {"ok", "redis", "ledger", "roles": {role: age in seconds}, "missing": [role…]}."""
    now = time.time() * 1000
    redis, ledger, beats = True, True, dict[str, int]()
    try:
        beats = city.live.beats()
    except RedisError:
        redis = False
    try:
        city.ledger.last_seq()
    except SQLAlchemyError:
        ledger = False
    ages = {role: round(max(now - at, 0) / 1000, 1) for role, at in beats.items()}
    missing = [role for role in NEEDED if ages.get(role, ROLE_DEAD_S) >= ROLE_DEAD_S]
    ok = redis and ledger and not missing
    return {"ok": ok, "redis": redis, "ledger": ledger, "roles": ages, "missing": missing}


def _only_for_the_house() -> None:
    """For a Prometheus on this machine and not through a proxy, else for an administrator.

    The figures are of the whole city: nobody of a smaller scope reads them.
    """
    near = request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    if near:
        return
    if not current_user.is_authenticated:
        raise NotAllowed("指标仅对本机或系统管理员开放。")
    require(whoami(), Verb.ADMINISTER)


class CityCollector(Collector):
    """Reads the figures at the moment of the scrape, so that nothing has to be kept up to date."""

    def __init__(self, city: City, pusher: Push) -> None:
        self._city, self._pusher = city, pusher
        assert city.settings.history is not None
        self._files = border_metrics.HistoryFiles(city.settings.history)

    def collect(self) -> Iterable[Metric]:
        """Return every figure; what cannot be read is left out, and `up` says so."""
        yield from self._of_this_process()
        yield from self._files.metrics()
        up = GaugeMetricFamily("chengyun_store_up", "Whether a store answers.", labels=["store"])
        for store, read, gone in (
            ("redis", self._of_redis, RedisError),
            ("ledger", self._of_ledger, SQLAlchemyError),
        ):
            try:
                found = list(read())
            except gone as why:
                log.warning("metrics without %s: %s", store, why)
                up.add_metric([store], 0)
                continue
            up.add_metric([store], 1)
            yield from found
        yield up

    def _of_this_process(self) -> Iterable[Metric]:
        audience = self._pusher.audience
        sockets = GaugeMetricFamily(
            "chengyun_sockets", "Connected browsers and phones.", labels=["role"]
        )
        for role, count in audience.roles().items():
            sockets.add_metric([role], count)
        yield sockets
        yield GaugeMetricFamily(
            "chengyun_push_seq", "Newest fact that was sent.", value=self._pusher.seq
        )

    def _of_redis(self) -> Iterable[Metric]:
        live, now = self._city.live, time.time()
        counts = CounterMetricFamily("chengyun_messages", "Messages by outcome.", labels=["what"])
        lag = GaugeMetricFamily("chengyun_judging_lag_ms", "Reading to verdict.", labels=["what"])
        for what, count in live.counts().items():
            if what.partition(":")[0] in border_metrics.OF_SOURCES and ":" in what:
                continue
            (lag if "_lag_ms" in what else counts).add_metric([what], count)
        yield from (counts, lag)
        yield _ages("chengyun_feed_age_seconds", "Since a feed's last message.", live.feeds(), now)
        yield _ages("chengyun_role_age_seconds", "Since a role's heartbeat.", live.beats(), now)
        yield from self._of_streams()
        yield from border_metrics.of_sources(self._city)

    def _of_streams(self) -> Iterable[Metric]:
        live = self._city.live
        lengths = GaugeMetricFamily("chengyun_stream_length", "Entries.", labels=["stream"])
        lag = GaugeMetricFamily(
            "chengyun_stream_lag", "Readings that a group has not done.", labels=["stream", "group"]
        )
        parts = [keys.readings(n) for n in range(live.partitions)]
        for stream in [*parts, keys.FACTS, keys.STATES, keys.POSITIONS, keys.REPORTS]:
            lengths.add_metric([stream], int(live.redis.xlen(stream)))
        for n, stream in enumerate(parts):
            for group in GROUPS if live.redis.exists(stream) else ():
                lag.add_metric([stream, group], live.lag(group, n))
        yield lengths
        yield lag

    def _of_ledger(self) -> Iterable[Metric]:
        with self._city.ledger.read() as tx:
            levels = [int(alert.level) for alert in tx.alerts(open=True)]
            statuses = [case.status.value for case in tx.cases(open=True)]
            seq = tx.last_seq()
        yield from border_metrics.of_tokens(self._city)
        yield _tally("chengyun_open_alerts", "Open alerts by level.", "level", levels)
        yield _tally("chengyun_open_cases", "Open cases by status.", "status", statuses)
        yield GaugeMetricFamily("chengyun_ledger_seq", "Newest fact in the ledger.", value=seq)


def _ages(name: str, what: str, moments: dict[str, int], now: float) -> Metric:
    ages = GaugeMetricFamily(name, what, labels=["name"])
    for key, at in moments.items():
        ages.add_metric([key], max(now - at / 1000, 0))
    return ages


def _tally(name: str, what: str, label: str, values: list[Any]) -> Metric:
    tally = GaugeMetricFamily(name, what, labels=[label])
    for value in sorted(set(values), key=str):
        tally.add_metric([str(value)], values.count(value))
    return tally
