"""Run the Alembic migrations from inside the program: no ini file, no command line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 320404  # any number that nobody else uses for pg_advisory_xact_lock


def upgrade(connection: Connection) -> None:
    """Upgrade to the newest revision inside the caller's transaction.

    SQLite's BEGIN IMMEDIATE lets one process at a time in; PostgreSQL is asked for a lock.
    """
    from alembic import command  # half a second that only this command needs
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
