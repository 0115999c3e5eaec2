"""A bounded look at each table: its catalogue, how many rows up to a bound, some of the newest and the oldest.

Every statement is limited, as its dialect says that, and has a time-out; an order is asked for only where an index
keeps it. So a table of ten million rows without an index costs as much as one of ten thousand.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise

from cadran.errors import OutsideError, SourceTimeout
from cadran.open.catalogue import CatalogueTable, tables_of
from cadran.open.choosing import main_time
from cadran.open.columns import roles_of
from cadran.open.dialects import NO_ORDER, length_of, newest, select
from cadran.open.facts import ColumnFacts, Skipped, TableFacts
from cadran.open.names import COUNT_MAX, Names, Rows, counted
from cadran.open.sql_names import full_name, quoted
from cadran.polars_when_used import pl
from cadran.sources import Driver

SAMPLE_ROWS, OLDEST_ROWS, FIRST_ROWS = 1_000, 200, 20
LARGE_CHARS = 4_000
"""A column with longer texts than this is not read."""
TIMEOUT_SECS = 3.0
ALL_SECS = 20.0
"""After so long the tables that are left are not looked at."""
COLUMNS_MAX = 400
_INTEGER = re.compile(r"^U?(TINY|SMALL|MEDIUM|BIG|HUGE)?(INT|INTEGER)\d*\b|^(BIG|SMALL)?SERIAL\b")
_BINARY = ("BLOB", "BYTEA", "BINARY", "VARBINARY", "IMAGE", "GEOMETRY", "LONGBLOB", "BIT", "RAW", "BFILE")
_TEXTS = ("", "TEXT", "CHAR", "CLOB", "VARCHAR", "STRING", "JSON", "XML")
_TIMES = ("DATE", "TIME")


def inspect_tables(
    driver: Driver, only: Callable[[str], bool], mono: Callable[[], float] = time.monotonic
) -> tuple[list[TableFacts], list[Skipped]]:
    """Look at all tables that ``only`` takes by name. Raises ``OutsideError`` where the database can't be read."""
    found, skipped = [], []
    deadline = mono() + ALL_SECS
    wanted: dict[str, bool] = {}

    def is_wanted(name: str) -> bool:
        if name not in wanted:
            wanted[name] = only(name)
        return wanted[name]

    tables = tables_of(driver, is_wanted)
    names = Names(tables, driver.dialect)
    for table in tables:
        if not is_wanted(table.title):
            continue
        if mono() > deadline:
            skipped.append(Skipped(table.title, "looking at the others took too long; name it with --table"))
            continue
        try:
            found.append(inspect_table(driver, table, names))
        except OutsideError as problem:
            slow = "it is too slow for a look" if isinstance(problem, SourceTimeout) else str(problem)
            skipped.append(Skipped(table.title, slow))
    return found, skipped


def inspect_table(driver: Driver, table: CatalogueTable, names: Names) -> TableFacts:
    """Look at one table. Raises ``OutsideError`` where it can't be read, or only slowly."""
    if not table.columns:
        raise OutsideError("it has no columns that can be read")
    columns = tuple(_column(table, one.name, one.declared) for one in table.columns[:COLUMNS_MAX])
    order, is_growing = _order_of(table, driver.dialect)
    facts = TableFacts(
        table.title, full_name(table.schema, table.name, driver.dialect), columns, table.is_view, order, is_growing,
        alias=quoted(table.name, driver.dialect),
    )  # fmt: skip
    with closing(driver.connect(TIMEOUT_SECS)) as connection:

        def rows(sql: str, num_rows: int) -> pl.DataFrame:
            return connection.fetch(sql, {}, num_rows, TIMEOUT_SECS)

        facts = names.added(_looked_at(rows, facts, table.estimate, driver.dialect), table, rows)
        return _with_times(rows, facts, driver.dialect)


def inspect_query(driver: Driver, sql: str, name: str) -> TableFacts:
    """Look at the first rows of a query that the user gave. Raises ``OutsideError``."""
    with closing(driver.connect(TIMEOUT_SECS)) as connection:
        sample = connection.fetch(sql, {}, SAMPLE_ROWS, TIMEOUT_SECS)
    columns = tuple(ColumnFacts(one) for one in sample.columns)
    has_more = sample.height == SAMPLE_ROWS
    return TableFacts(
        name, "", columns, True, num_rows=sample.height, has_more=has_more, sample=sample, oldest=sample, sql=sql
    )


def _looked_at(rows: Rows, facts: TableFacts, estimate: int | None, dialect: str) -> TableFacts:
    large = _large_columns(facts, rows, dialect)
    columns = tuple(replace(one, is_large=one.name in large) for one in facts.columns)
    shown = ", ".join(quoted(one.name, dialect) for one in columns if not one.is_large) or "1 AS nothing"
    table = facts.sql_name
    by = None if facts.order is None else quoted(facts.order, dialect)
    if facts.is_view or by is None:
        sample = rows(select(shown, table, SAMPLE_ROWS, dialect), SAMPLE_ROWS)
        oldest = sample.head(OLDEST_ROWS)
    else:
        last = newest(by, table, SAMPLE_ROWS, dialect)
        sample = rows(select(shown, table, SAMPLE_ROWS, dialect, where=last, order=f"{by} DESC"), SAMPLE_ROWS).reverse()
        oldest = rows(select(shown, table, OLDEST_ROWS, dialect, order=by), OLDEST_ROWS)
    num_rows = sample.height
    if num_rows == SAMPLE_ROWS and not facts.is_view:
        num_rows = counted(table, rows, dialect)
    has_more = num_rows > COUNT_MAX or (facts.is_view and num_rows == SAMPLE_ROWS)
    num_rows = max(num_rows, estimate or 0) if has_more else num_rows
    facts = replace(facts, columns=columns, num_rows=num_rows, has_more=has_more, sample=sample, oldest=oldest)
    return _ordered_by_key(facts) if dialect == "duckdb" else facts


def _with_times(rows: Rows, facts: TableFacts, dialect: str) -> TableFacts:
    """Read all times of a table of which only a part was looked at: the newest rows need not be the last ones."""
    if facts.has_more or facts.num_rows <= facts.sample.height:
        return facts
    time = main_time(roles_of(facts), facts.num_rows)
    if time is None:
        return facts
    return replace(facts, times=rows(select(quoted(time.name, dialect), facts.sql_name, COUNT_MAX, dialect), COUNT_MAX))


def _ordered_by_key(facts: TableFacts) -> TableFacts:
    """DuckDB finds the end of a column by what it knows of its parts: quickly if the values lie in their order."""
    key = next((one.name for one in facts.columns if one.is_key and _INTEGER.match(one.declared)), None)
    if key is None or facts.is_view or not facts.num_rows:
        return facts
    numbers = [*facts.oldest[key].to_list(), *(facts.sample[key].to_list() if facts.has_more else ())]
    return replace(facts, order=key) if all(one < other for one, other in pairwise(numbers)) else facts


def _large_columns(facts: TableFacts, rows: Rows, dialect: str) -> set[str]:
    """Return the columns that hold blobs by their type, or in the first rows texts that are too long."""
    large = {one.name for one in facts.columns if one.declared.startswith(_BINARY)}
    texts = [one.name for one in facts.columns if one.name not in large and _is_text(one.declared)]
    if not texts:
        return large
    parts = ", ".join(quoted(name, dialect) for name in texts)
    first = f"({select(parts, facts.sql_name, FIRST_ROWS, dialect)}) looked_at"
    lengths = [length_of(quoted(name, dialect), dialect) for name in texts]
    large |= {name for name, chars in zip(texts, _most(lengths, first, rows), strict=True) if chars > LARGE_CHARS}
    if dialect == "sqlite":  # where a column takes any type, its values tell
        kinds = [f"typeof({quoted(name, dialect)}) = 'blob'" for name in texts]
        large |= {name for name, is_blob in zip(texts, _most(kinds, first, rows), strict=True) if is_blob}
    return large


def _most(values: list[str], source: str, rows: Rows) -> list[int]:
    """Return the largest value of each of these pieces of SQL."""
    written = ", ".join(f"max({value}) AS c{index}" for index, value in enumerate(values))
    return [int(value or 0) for value in rows(f"SELECT {written} FROM {source}", 1).row(0)]


def _is_text(declared: str) -> bool:
    return declared == "" or any(kind in declared for kind in _TEXTS[1:])


def _column(table: CatalogueTable, name: str, declared: str) -> ColumnFacts:
    is_key = table.primary == [name]
    reference = table.references.get(name)
    refers_to = None if reference is None else reference.table
    return ColumnFacts(name, declared.upper(), is_key, is_key or name in table.unique, refers_to)


def _order_of(table: CatalogueTable, dialect: str) -> tuple[str | None, bool]:
    """Return the column whose end an index leads to, and whether it is a number that grows with each row."""
    if table.is_view or dialect in NO_ORDER:
        return None, False
    if dialect == "duckdb":  # no index of it keeps an order; a key may take the row number's place
        return table.row_id, True
    declared = {column.name: column.declared.upper() for column in table.columns}
    if len(table.primary) == 1 and _INTEGER.match(declared.get(table.primary[0], "")):
        return table.primary[0], True
    if table.row_id is not None:
        return table.row_id, True
    indexed = [name for name in declared if name in table.indexed or [name] == table.primary]
    timely = [name for name in indexed if any(kind in declared[name] for kind in _TIMES)]
    return next(iter([*timely, *indexed]), None), False
