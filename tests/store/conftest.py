"""The ledger's own tests run on both databases that it can live in."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test's ledger is in."""
    return str(request.param)
