"""The tables of the ground beside the areas: who answers for a grid, and functional zones."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table

from app.store.columns import key, moment, text, word
from app.store.tables import metadata

duties = Table(
    "grid_duties",
    metadata,
    Column("grid", String(15), primary_key=True),
    word("worker"),
    text("officer"),
    text("station"),
    word("phone"),
    moment("since"),
    Column("simulated", Boolean, nullable=False),
    Index("grid_duties_worker", "worker"),
)

zones = Table(
    "zones",
    metadata,
    key("code"),
    text("name"),
    word("kind"),
    Column("shape", LargeBinary, nullable=False),
    text("source"),
    moment("taken_at"),
    Column("schematic", Boolean, nullable=False),
)
