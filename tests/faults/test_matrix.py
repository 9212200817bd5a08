"""The short form of the fault matrix: counted from the publisher to Parquet and ledger.

The long form, with real rates and a file system that is full, is python -m bench.faults.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.store import embedded
from bench import faults
from bench._border import Border, border

pytestmark = [pytest.mark.slow, pytest.mark.alone]

# a file system of its own can only be mounted by root: that row is for the long form
ROWS = [fault for fault in faults.FAULTS if fault.hurt is not faults.disk_full]


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Border]:
    """One city for all faults: each must leave it whole for the next."""
    assert embedded.mosquitto_program(), "no broker that keeps sessions: apt-get install mosquitto"
    var = tmp_path_factory.mktemp("matrix") / "var"
    var.mkdir()
    with border(var, CHENGYUN_ARCHIVE_FLUSH_S="1") as city:
        yield city
        assert city.chain_is_whole()


@pytest.mark.parametrize("row", ROWS, ids=lambda fault: fault.hurt.__name__ + str(fault.rate))
def test_nothing_is_lost_or_doubled(there: Border, row: faults.Fault) -> None:
    outcome = faults.suffer(there, row, f"T{ROWS.index(row)}", short=True)
    assert outcome.counted.stored == outcome.sent.telemetry
    assert outcome.clean, outcome
    assert (outcome.hits or 0) >= row.hits  # it was hurt in the middle of its work
