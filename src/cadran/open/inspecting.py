"""A bounded look at each table: its catalogue, how many rows up to a bound, some of the newest and the oldest.

Every statement has a LIMIT and a time-out; an order is asked for only where an index keeps it. So a table of ten
million rows without an index costs as much as one of ten thousand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from cadran.errors import OutsideError, SourceTimeout
from cadran.open.catalogue import CatalogueTable, tables_of
from cadran.open.facts import ColumnFacts, Skipped, TableFacts
from cadran.open.sql_names import full_name, quoted
from cadran.polars_when_used import pl
from cadran.sources import Driver

COUNT_MAX = 20_000
"""Rows are counted up to here."""
SAMPLE_ROWS, OLDEST_ROWS, FIRST_ROWS = 1_000, 200, 20
LARGE_CHARS = 4_000
"""A column with longer texts than this is not read."""
TIMEOUT_SECS = 3.0
ALL_SECS = 20.0
"""After so long the tables that are left are not looked at."""
COLUMNS_MAX = 400
_BINARY = ("BLOB", "BYTEA", "BINARY", "VARBINARY", "IMAGE", "GEOMETRY", "LONGBLOB", "BIT")
_TEXTS = ("", "TEXT", "CHAR", "CLOB", "VARCHAR", "STRING", "JSON", "XML")
_TIMES = ("DATE", "TIME")


def inspect_tables(
    driver: Driver, only: Callable[[str], bool], mono: Callable[[], float] = time.monotonic
) -> tuple[list[TableFacts], list[Skipped]]:
    """Look at all tables that ``only`` takes by name. Raises ``OutsideError`` where the database can't be read."""
    found, skipped = [], []
    deadline = mono() + ALL_SECS
    for table in tables_of(driver):
        name = name_of(table)
        if not only(name):
            continue
        if mono() > deadline:
            skipped.append(Skipped(name, "looking at the others took too long; name it with --table"))
            continue
        try:
            found.append(inspect_table(driver, table))
        except OutsideError as problem:
            slow = "it is too slow for a look" if isinstance(problem, SourceTimeout) else str(problem)
            skipped.append(Skipped(name, slow))
    return found, skipped


def name_of(table: CatalogueTable) -> str:
    """Return a table's name as people write it."""
    return table.name if table.schema is None else f"{table.schema}.{table.name}"


def inspect_table(driver: Driver, table: CatalogueTable) -> TableFacts:
    """Look at one table. Raises ``OutsideError`` where it can't be read, or only slowly."""
    if not table.columns:
        raise OutsideError("it has no columns that can be read")
    sql_name = full_name(table.schema, table.name, driver.dialect)
    columns = tuple(_column(table, one.name, one.declared) for one in table.columns[:COLUMNS_MAX])
    order, is_growing = _order_of(table)
    facts = TableFacts(name_of(table), sql_name, columns, table.is_view, order, is_growing)
    return _looked_at(driver, facts, table.estimate)


def inspect_query(driver: Driver, sql: str, name: str) -> TableFacts:
    """Look at the first rows of a query that the user gave. Raises ``OutsideError``."""
    with closing(driver.connect(TIMEOUT_SECS)) as connection:
        sample = connection.fetch(sql, {}, SAMPLE_ROWS, TIMEOUT_SECS)
    columns = tuple(ColumnFacts(one) for one in sample.columns)
    has_more = sample.height == SAMPLE_ROWS
    return TableFacts(
        name, "", columns, True, num_rows=sample.height, has_more=has_more, sample=sample, oldest=sample, sql=sql
    )


def _looked_at(driver: Driver, facts: TableFacts, estimate: int | None) -> TableFacts:
    dialect = driver.dialect
    with closing(driver.connect(TIMEOUT_SECS)) as connection:

        def rows(sql: str, num_rows: int) -> pl.DataFrame:
            return connection.fetch(sql, {}, num_rows, TIMEOUT_SECS)

        large = _large_columns(facts, rows, dialect)
        columns = tuple(replace(one, is_large=one.name in large) for one in facts.columns)
        shown = ", ".join(quoted(one.name, dialect) for one in columns if not one.is_large) or "1 AS nothing"
        table = facts.sql_name
        by = None if facts.order is None else quoted(facts.order, dialect)
        if facts.is_view or by is None:
            sample = rows(f"SELECT {shown} FROM {table} LIMIT {SAMPLE_ROWS}", SAMPLE_ROWS)
            oldest = sample.head(OLDEST_ROWS)
        else:
            sample = rows(f"SELECT {shown} FROM {table} ORDER BY {by} DESC LIMIT {SAMPLE_ROWS}", SAMPLE_ROWS).reverse()
            oldest = rows(f"SELECT {shown} FROM {table} ORDER BY {by} LIMIT {OLDEST_ROWS}", OLDEST_ROWS)
        num_rows = sample.height
        if num_rows == SAMPLE_ROWS and not facts.is_view:
            counted = f"SELECT count(*) AS num FROM (SELECT 1 AS one FROM {table} LIMIT {COUNT_MAX + 1}) AS looked_at"
            num_rows = int(rows(counted, 1)["num"][0])
        has_more = num_rows > COUNT_MAX or (facts.is_view and num_rows == SAMPLE_ROWS)
        num_rows = max(num_rows, estimate or 0) if has_more else num_rows
    return replace(facts, columns=columns, num_rows=num_rows, has_more=has_more, sample=sample, oldest=oldest)


def _large_columns(facts: TableFacts, rows: Callable[[str, int], pl.DataFrame], dialect: str) -> set[str]:
    """Return the columns that hold blobs by their type, or in the first rows texts that are too long."""
    large = {one.name for one in facts.columns if one.declared.startswith(_BINARY)}
    texts = [one.name for one in facts.columns if one.name not in large and _is_text(one.declared)]
    if not texts:
        return large
    length = "length" if dialect == "sqlite" else "char_length" if dialect in ("mysql", "mariadb") else "length"
    cast = "{}" if dialect == "sqlite" else "CAST({} AS VARCHAR)" if dialect == "duckdb" else "CAST({} AS CHAR(5000))"
    parts = ", ".join(quoted(name, dialect) for name in texts)
    lengths = ", ".join(
        f"max({length}({cast.format(quoted(name, dialect))})) AS c{index}" for index, name in enumerate(texts)
    )
    found = rows(f"SELECT {lengths} FROM (SELECT {parts} FROM {facts.sql_name} LIMIT {FIRST_ROWS}) AS looked_at", 1)
    large |= {name for index, name in enumerate(texts) if (found[f"c{index}"][0] or 0) > LARGE_CHARS}
    if dialect == "sqlite":  # where a column takes any type, its values tell
        kinds = ", ".join(f"max(typeof({quoted(name, dialect)}) = 'blob') AS c{i}" for i, name in enumerate(texts))
        found = rows(f"SELECT {kinds} FROM (SELECT {parts} FROM {facts.sql_name} LIMIT {FIRST_ROWS}) AS looked_at", 1)
        large |= {name for index, name in enumerate(texts) if found[f"c{index}"][0]}
    return large


def _is_text(declared: str) -> bool:
    return declared == "" or any(kind in declared for kind in _TEXTS[1:])


def _column(table: CatalogueTable, name: str, declared: str) -> ColumnFacts:
    is_key = table.primary == [name]
    return ColumnFacts(name, declared.upper(), is_key, is_key or name in table.unique, table.references.get(name))


def _order_of(table: CatalogueTable) -> tuple[str | None, bool]:
    """Return the column whose end an index leads to, and whether it is a number that grows with each row."""
    if table.is_view:
        return None, False
    declared = {column.name: column.declared.upper() for column in table.columns}
    if len(table.primary) == 1 and "INT" in declared.get(table.primary[0], ""):
        return table.primary[0], True
    if table.row_id is not None:
        return table.row_id, True
    indexed = [name for name in declared if name in table.indexed or [name] == table.primary]
    timely = [name for name in indexed if any(kind in declared[name] for kind in _TIMES)]
    return next(iter([*timely, *indexed]), None), False
