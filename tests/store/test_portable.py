"""PostgreSQL is not started here; what is tested is that every table and statement compiles for it.

To run the store tests on a real one, install PostgreSQL and give its URL as database_url.
"""

from __future__ import annotations

import pytest
from sqlalchemy import create_mock_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from app.domain.cases import Case
from app.store.reads import conditions
from app.store.tables import metadata
from tests import cast
from tests.cast import START


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_a_table_compiles_for_postgresql(table):
    dialect = postgresql.dialect()
    assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
    for index in table.indexes:
        assert "INDEX" in str(CreateIndex(index).compile(dialect=dialect))


def test_filters_compile_for_postgresql():
    filters = {"scope": cast.STREET, "open": True, "since": START, "until": START}
    for condition in conditions(Case, status=["closed"], domain="safety", **filters):
        assert str(condition.compile(dialect=postgresql.dialect()))


def test_the_schema_can_be_written_out_as_postgresql_ddl():
    said: list[str] = []
    engine = create_mock_engine(
        "postgresql+psycopg://",
        lambda sql, *_: said.append(str(sql.compile(dialect=engine.dialect))),
    )
    metadata.create_all(engine, checkfirst=False)
    assert any("WHERE status != 'cleared'" in statement for statement in said)
