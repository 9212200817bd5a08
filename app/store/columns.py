"""The column types and shapes that the tables are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Dialect, Float, Integer, String, Text, TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """UTC-aware datetime, kept as whole microseconds since 1970: sorts and compares everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Aware datetime of any zone → µs; a naive one raises TypeError."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """µs → UTC-aware datetime."""
        return None if value is None else EPOCH + value * MICROSECOND


class Json(TypeDecorator[Any]):
    """Builtins kept as canonical JSON text (sorted keys), so that equal values are equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Builtins → text."""
        return msgspec.json.encode(value, order="sorted").decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Text → builtins."""
        return None if value is None else msgspec.json.decode(value)


def key(name: str = "id") -> Column[str]:
    """A short text that is the primary key."""
    return Column(name, String(64), primary_key=True)


def word(name: str, *, null: bool = False) -> Column[str]:
    """A code or a short name."""
    return Column(name, String(64), nullable=null)


def text(name: str) -> Column[str]:
    """Free text, empty when there is none."""
    return Column(name, Text, nullable=False, default="")


def moment(name: str, *, null: bool = False) -> Column[datetime]:
    """A point in time."""
    return Column(name, Moment, nullable=null)


def degrees(name: str, *, null: bool = False) -> Column[float]:
    """WGS-84 degrees in double precision."""
    return Column(name, Float(53), nullable=null)


def count(name: str, default: int = 0) -> Column[int]:
    """A whole number."""
    return Column(name, Integer, nullable=False, default=default)
