"""The tables of the ledger, for SQLite and PostgreSQL alike.

Only `hotline_orders` holds personal data of citizens, until it is erased; only `users` and `tokens`
hold what proves who somebody is, as hashes.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from app.store.columns import Json, count, degrees, key, moment, text, word

metadata = MetaData()

alerts = Table(
    "alerts",
    metadata,
    key(),
    word("rule"),
    text("title"),
    Column("device", String(128), nullable=False),
    text("device_name"),
    word("kind"),
    word("domain"),
    Column("area", String(15), nullable=False),
    degrees("lon", null=True),
    degrees("lat", null=True),
    count("level"),
    count("peak"),
    word("status"),
    word("metric"),
    Column("value", Float(53), nullable=False),
    Column("threshold", Float(53), nullable=False),
    word("unit"),
    moment("raised_at"),
    moment("changed_at"),
    moment("acknowledged_at", null=True),
    word("acknowledged_by", null=True),
    moment("cleared_at", null=True),
    word("case_id", null=True),
    count("affected", 1),
    count("escalations"),
    moment("next_due", null=True),
    count("version", 1),
    Index("alerts_open", "status", "area"),
    Index("alerts_due", "next_due"),
    Index("alerts_raised", "raised_at"),
    Index("alerts_area", "area", "raised_at"),
)
# One alert per (device, rule) however often it repeats.
Index(
    "alerts_one_open",
    alerts.c.device,
    alerts.c.rule,
    unique=True,
    sqlite_where=alerts.c.status != "cleared",
    postgresql_where=alerts.c.status != "cleared",
)

cases = Table(
    "cases",
    metadata,
    key(),
    word("source"),
    Column("source_id", String(128), nullable=False),
    word("code"),
    text("title"),
    text("description"),
    word("domain"),
    count("level"),
    word("status"),
    Column("area", String(15), nullable=False),
    degrees("lon", null=True),
    degrees("lat", null=True),
    text("address"),
    word("unit", null=True),
    text("reporter"),
    Column("caller", Text, nullable=True),
    moment("opened_at"),
    moment("changed_at"),
    moment("due_at"),
    word("limit"),
    moment("stage_due_at", null=True),
    moment("next_due", null=True),
    Column("overdue", Boolean, nullable=False),
    count("reworks"),
    Column("photos", Json, nullable=False),
    text("note"),
    moment("closed_at", null=True),
    count("version", 1),
    # one case per alert, report or order
    Index("cases_source", "source", "source_id", unique=True),
    Index("cases_open", "status", "area"),
    Index("cases_due", "next_due"),
    Index("cases_opened", "opened_at"),
    Index("cases_area", "area", "opened_at"),
)

tasks = Table(
    "tasks",
    metadata,
    key(),
    word("case_id"),
    word("worker"),
    word("unit", null=True),
    word("role"),
    text("title"),
    text("description"),
    count("level"),
    Column("area", String(15), nullable=False),
    degrees("lon", null=True),
    degrees("lat", null=True),
    text("address"),
    Column("caller", Text, nullable=True),
    word("status"),
    moment("sent_at"),
    word("sent_by"),
    moment("due_at"),
    moment("changed_at"),
    Column("times", Json, nullable=False),
    text("note"),
    text("hint"),
    Column("photos", Json, nullable=False),
    Column("overdue", Boolean, nullable=False),
    moment("next_due", null=True),
    count("version", 1),
    Index("tasks_open", "status", "area"),
    Index("tasks_case", "case_id"),
    Index("tasks_worker", "worker", "status"),
    Index("tasks_due", "next_due"),
    Index("tasks_sent", "sent_at"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", String(128), primary_key=True),
    word("channel"),
    word("worker", null=True),
    Column("at", BigInteger, nullable=False),
    word("code"),
    text("title"),
    text("description"),
    degrees("lon", null=True),
    degrees("lat", null=True),
    text("address"),
    Column("photos", Json, nullable=False),
)

hotline_orders = Table(
    "hotline_orders",
    metadata,
    Column("order_no", String(128), primary_key=True),
    word("channel"),
    Column("at", BigInteger, nullable=False),
    word("type"),
    word("urgency"),
    text("category"),
    text("title"),
    text("content"),
    text("address"),
    degrees("lon", null=True),
    degrees("lat", null=True),
    Column("caller_name", Text, nullable=True),
    Column("caller_phone", Text, nullable=True),
    Column("id_no", Text, nullable=True),
    moment("erased_at", null=True),
    Index("hotline_orders_erased", "erased_at"),
)

facts = Table(
    "facts",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    moment("at"),
    word("who"),
    word("kind"),
    Column("thing", String(128), nullable=False),
    Column("area", String(15), nullable=False),
    word("worker", null=True),
    Column("body", Json, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("facts_thing", "thing", "seq"),
    Index("facts_kind", "kind", "at"),
    Index("facts_at_thing", "at", "thing"),
)

users = Table(
    "users",
    metadata,
    key(),
    text("name"),
    word("role"),
    word("scope"),
    word("worker", null=True),
    Column("password_hash", Text, nullable=False),
    count("failures"),
    moment("locked_until", null=True),
    count("session_epoch"),
)

workers = Table(
    "workers",
    metadata,
    key(),
    text("name"),
    text("unit"),
    Column("grid", String(15), nullable=False),
    Column("skills", Json, nullable=False),
    Column("on_duty", Boolean, nullable=False),
    Index("workers_grid", "grid"),
)

units = Table(
    "units",
    metadata,
    key(),
    text("name"),
    Column("area", String(15), nullable=False),
    Column("skills", Json, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("code", String(128), primary_key=True),
    Column("n", Integer, nullable=False),
    word("kind"),
    text("name"),
    degrees("lon"),
    degrees("lat"),
    Column("area", String(15), nullable=False),
    Column("period_s", Integer, nullable=False),
    Column("gateway", String(128), nullable=True),
    Column("unit", Text, nullable=True),
    # not unique: after a lost Redis, numbers are given anew one by one
    Index("devices_n", "n"),
    Index("devices_area", "area"),
)

# One row per upload (case_id "") and one per case that shows the photo: who may see it follows.
photos = Table(
    "photos",
    metadata,
    key(),
    Column("by", String(64), primary_key=True),
    Column("case_id", String(64), primary_key=True),
    Column("area", String(15), nullable=False),
    count("size"),
    moment("at"),
)

tokens = Table(
    "tokens",
    metadata,
    key(),
    word("source"),
    Column("scopes", Json, nullable=False),
    count("per_minute"),
    moment("issued_at"),
    word("issued_by"),
    moment("expires_at", null=True),
    moment("revoked_at", null=True),
    moment("used_at", null=True),
    word("digest"),
    Index("tokens_source", "source"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("user", String(64), primary_key=True),
    moment("at"),
    Column("answer", LargeBinary, nullable=False),
    Index("answers_at", "at"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
    Column("mark", String(64), nullable=False),
)
