"""The table of resources; its bodies hold the phones of those who answer for them."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from app.store.columns import Json, degrees, key, moment, text, word
from app.store.tables import metadata

resources = Table(
    "resources",
    metadata,
    key(),
    word("sort"),
    text("name"),
    word("kind"),
    Column("area", String(15), nullable=False),
    degrees("lon"),
    degrees("lat"),
    text("unit"),
    Column("body", Json, nullable=False),
    word("state"),
    moment("updated"),
    Index("resources_sort", "sort", "area"),
)
