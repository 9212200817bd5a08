"""The tables of warnings: chains as they stand, and which message belongs to which chain."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from app.store.columns import Json, count, key, moment, text, word
from app.store.tables import metadata

chains = Table(
    "warnings",
    metadata,
    key(),
    word("source"),
    text("sender"),
    text("identifier"),
    Column("sent", BigInteger, nullable=False),
    count("rank"),
    word("status"),
    text("event"),
    text("title"),
    word("domain"),
    text("issuer"),
    text("headline"),
    text("description"),
    text("instruction"),
    word("language"),
    moment("onset", null=True),
    moment("expires"),
    Column("areas", Json, nullable=False),
    moment("changed_at"),
    moment("next_due", null=True),
    count("version", 1),
    Index("warnings_due", "next_due"),
    Index("warnings_changed", "changed_at"),
)

messages = Table(
    "warning_messages",
    metadata,
    key("message"),
    Column("chain", String(64), nullable=False),
    Index("warning_messages_chain", "chain"),
)
