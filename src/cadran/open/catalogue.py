"""Tables, columns, keys and indexes, as the catalogue of each dialect tells them. No table is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from cadran.errors import OutsideError
from cadran.sources import Driver
from cadran.sources.sqlite import SqliteDriver, open_read_only, outside
from cadran.sources.sqlite_walls import Walls

TIMEOUT_SECS = 10.0
CATALOGUE_ROWS = 20_000
"""More columns than these, of all tables together, are not looked at."""
_SQLITE_PRAGMAS = ("table_list", "table_xinfo", "index_list", "index_xinfo", "foreign_key_list")


@dataclass(slots=True)
class CatalogueColumn:
    """A column as the catalogue tells it."""

    name: str
    declared: str


@dataclass(slots=True)
class CatalogueTable:
    """A table as the catalogue tells it."""

    name: str
    schema: str | None = None
    is_view: bool = False
    columns: list[CatalogueColumn] = field(default_factory=list)
    primary: list[str] = field(default_factory=list)
    """The columns of the primary key."""
    unique: set[str] = field(default_factory=set)
    """Columns that are unique by themselves."""
    indexed: set[str] = field(default_factory=set)
    """Columns with which an index begins."""
    references: dict[str, str] = field(default_factory=dict)
    """Column to the table that it refers to."""
    row_id: str | None = None
    """The name of a number that each row has beside its columns, in the order in which rows lie."""
    estimate: int | None = None
    """About how many rows, where the catalogue tells."""


def tables_of(driver: Driver) -> list[CatalogueTable]:
    """Return the tables and views that a user made, in order of their names. Raises ``OutsideError``."""
    if isinstance(driver, SqliteDriver):
        return _sqlite_tables(driver)
    with closing(driver.connect(TIMEOUT_SECS)) as connection:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return connection.fetch(sql, {}, CATALOGUE_ROWS, TIMEOUT_SECS).rows()

        return _duckdb_tables(rows) if driver.dialect == "duckdb" else _standard_tables(rows, driver.dialect)


class _CatalogueWalls(Walls):
    """What reads the catalogue may ask for it; and for nothing else beside what a query may."""

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None
    ) -> int:
        if action == sqlite3.SQLITE_PRAGMA and first in _SQLITE_PRAGMAS:
            return sqlite3.SQLITE_OK
        return super().__call__(action, first, second, schema, trigger)


def _sqlite_tables(driver: SqliteDriver) -> list[CatalogueTable]:
    driver.file_id()
    try:
        with closing(open_read_only(driver.path, TIMEOUT_SECS / 2, _CatalogueWalls())) as connection:
            found = connection.execute(
                "SELECT name, type, wr FROM pragma_table_list "
                "WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') ORDER BY name"
            ).fetchall()
            names = [row for row in found if not row[0].startswith("sqlite_")]
            return [_sqlite_table(connection, *row) for row in names]
    except sqlite3.Error as problem:
        raise outside(problem, driver.path) from problem


def _sqlite_table(connection: sqlite3.Connection, name: str, kind: str, is_without_rowid: int) -> CatalogueTable:
    def rows(sql: str, argument: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql, (argument,)).fetchall()

    table = CatalogueTable(name, is_view=kind == "view")
    try:
        columns = rows("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)", name)
    except sqlite3.Error:  # a view of a table that is gone, a module that is not here
        return table
    table.columns = [CatalogueColumn(column, declared or "") for column, declared, _, hidden in columns if hidden != 1]
    table.primary = [column for _, column in sorted((pk, column) for column, _, pk, _ in columns if pk)]
    if kind != "table":
        return table
    for _, index, is_unique in rows("SELECT seq, name, `unique` FROM pragma_index_list(?) WHERE partial = 0", name):
        parts = rows("SELECT name, coll FROM pragma_index_xinfo(?) WHERE `key` = 1 ORDER BY seqno", index)
        if parts and parts[0][0] is not None:
            table.indexed.add(parts[0][0])
            if is_unique and len(parts) == 1:
                table.unique.add(parts[0][0])
    for target, column in rows("SELECT `table`, `from` FROM pragma_foreign_key_list(?)", name):
        table.references[column] = target
    is_alias = len(table.primary) == 1 and not is_without_rowid and _declared(table, table.primary[0]) == "INTEGER"
    if is_alias or is_without_rowid:
        table.indexed.update(table.primary[:1])
    if not is_without_rowid and not is_alias and "rowid" not in {column.name.lower() for column in table.columns}:
        table.row_id = "rowid"
    return table


def _declared(table: CatalogueTable, name: str) -> str:
    return next(column.declared.upper() for column in table.columns if column.name == name)


Rows = Callable[[str], list[tuple[Any, ...]]]


def _duckdb_tables(rows: Rows) -> list[CatalogueTable]:
    tables: dict[tuple[str, str], CatalogueTable] = {}

    def schema_of(schema: str) -> str | None:
        return None if schema == "main" else schema

    for schema, name, estimate in rows(
        "SELECT schema_name, table_name, estimated_size FROM duckdb_tables() WHERE NOT internal ORDER BY 1, 2"
    ):
        tables[schema, name] = CatalogueTable(name, schema_of(schema), row_id="rowid", estimate=estimate)
    for schema, name in rows("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1, 2"):
        tables[schema, name] = CatalogueTable(name, schema_of(schema), is_view=True)
    _add_columns(
        tables,
        rows(
            "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal "
            "ORDER BY schema_name, table_name, column_index"
        ),
    )
    for schema, name, kind, columns, target in rows(
        "SELECT schema_name, table_name, constraint_type, to_json(constraint_column_names), referenced_table "
        "FROM duckdb_constraints()"
    ):
        table = tables.get((schema, name))
        names = _names(columns)
        if table is None or not names:
            continue
        if kind == "PRIMARY KEY":
            table.primary = names
        if kind in ("PRIMARY KEY", "UNIQUE") and len(names) == 1:
            table.unique.add(names[0])
        if kind == "FOREIGN KEY" and target:
            table.references.update(dict.fromkeys(names, str(target)))
    return list(tables.values())


def _names(columns: object) -> list[str]:
    import msgspec

    return msgspec.json.decode(columns, type=list[str]) if isinstance(columns, str) else []


_SYSTEM_SCHEMAS = "('information_schema', 'pg_catalog', 'mysql', 'performance_schema', 'sys', 'INFORMATION_SCHEMA')"
_USUAL_SCHEMAS = {"public", "dbo", "default", "PUBLIC"}
_POSTGRES_INDEXES = """
    SELECT n.nspname, t.relname, a.attname, i.indisprimary, i.indisunique AND i.indnkeyatts = 1
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE i.indpred IS NULL AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"""
_POSTGRES_SIZES = """
    SELECT n.nspname, t.relname, CAST(t.reltuples AS bigint)
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"""
_MYSQL_INDEXES = """
    SELECT s.table_schema, s.table_name, s.column_name, s.index_name = 'PRIMARY',
      s.non_unique = 0 AND NOT EXISTS (
        SELECT 1 FROM information_schema.statistics m WHERE m.table_schema = s.table_schema
        AND m.table_name = s.table_name AND m.index_name = s.index_name AND m.seq_in_index = 2)
    FROM information_schema.statistics s WHERE s.seq_in_index = 1 AND s.table_schema = database()"""
_KEYS = """
    SELECT k.table_schema, k.table_name, k.column_name, c.constraint_type
    FROM information_schema.table_constraints c JOIN information_schema.key_column_usage k
      ON k.constraint_name = c.constraint_name AND k.table_schema = c.table_schema AND k.table_name = c.table_name
    WHERE c.constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
    ORDER BY k.table_schema, k.table_name, k.ordinal_position"""


def _standard_tables(rows: Rows, dialect: str) -> list[CatalogueTable]:
    """What ``information_schema`` tells, and the indexes of those dialects of which they are known."""
    only = "table_schema = database()" if dialect in ("mysql", "mariadb") else f"table_schema NOT IN {_SYSTEM_SCHEMAS}"
    tables: dict[tuple[str, str], CatalogueTable] = {}
    for schema, name, kind in rows(
        f"SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE {only} ORDER BY 1, 2"
    ):
        usual = schema in _USUAL_SCHEMAS or dialect in ("mysql", "mariadb")
        tables[schema, name] = CatalogueTable(name, None if usual else schema, is_view="VIEW" in str(kind).upper())
    _add_columns(
        tables,
        rows(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
            f"WHERE {only} ORDER BY table_schema, table_name, ordinal_position"
        ),
    )
    for schema, name, column, kind in _told(rows, _KEYS):
        table = tables.get((schema, name))
        if table is not None and kind == "PRIMARY KEY":
            table.primary.append(column)
        elif table is not None:
            table.references[column] = ""
    indexes = {"postgresql": _POSTGRES_INDEXES, "mysql": _MYSQL_INDEXES, "mariadb": _MYSQL_INDEXES}.get(dialect)
    for schema, name, column, _, is_unique in _told(rows, indexes) if indexes else ():
        if (table := tables.get((schema, name))) is not None:
            table.indexed.add(column)
            if is_unique:
                table.unique.add(column)
    for schema, name, estimate in _told(rows, _POSTGRES_SIZES) if dialect == "postgresql" else ():
        if (table := tables.get((schema, name))) is not None and estimate >= 0:
            table.estimate = int(estimate)
    return list(tables.values())


def _told(rows: Rows, sql: str) -> Sequence[tuple[Any, ...]]:
    """What only some databases tell; those that don't are asked for no more."""
    try:
        return rows(sql)
    except OutsideError:
        return ()


def _add_columns(tables: Mapping[tuple[str, str], CatalogueTable], rows: Sequence[tuple[Any, ...]]) -> None:
    for schema, name, column, declared in rows:
        if (table := tables.get((schema, name))) is not None:
            table.columns.append(CatalogueColumn(column, str(declared or "").upper()))
