"""The one tree that all tests of this folder read."""

from __future__ import annotations

import pytest

from geodata.areas import AreaTree, open_areas


@pytest.fixture(scope="session")
def tree(tmp_path_factory) -> AreaTree:
    """Changzhou, built from the sources."""
    return open_areas("320404", tmp_path_factory.mktemp("areas"))
