"""Six roles start on two cores: what only one of them needs is imported where it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SLOW = {"alembic", "duckdb", "pyarrow", "pandas", "geopandas", "PIL", "argon2"}
ROLES = "streams.lanes, app.services.watch, app.services.clock, app.services.archive"
STORES = "app.store.ledger, app.store.history, app.store.live, app.store.feed"


def test_the_roles_import_nothing_slow_that_they_do_not_need() -> None:
    script = f"import sys, app.city, {STORES}, {ROLES}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not SLOW & set(done.stdout.split())
