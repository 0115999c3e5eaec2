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


@dataclass(frozen=True, slots=True)
class Reference:
    """What a foreign key of one column names."""

    table: str
    """As ``CatalogueTable.title`` says it."""
    column: str | None
    """None: the key of that table."""


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
    references: dict[str, Reference] = field(default_factory=dict)
    """By the column that refers."""
    row_id: str | None = None
    """The name of a number that each row has beside its columns, in the order in which rows lie."""
    estimate: int | None = None
    """About how many rows, where the catalogue tells."""

    @property
    def title(self) -> str:
        """The table's name as people write it."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


def tables_of(driver: Driver, is_wanted: Callable[[str], bool]) -> list[CatalogueTable]:
    """Return the tables and views that a user made, in order of their names. Raises ``OutsideError``.

    Of those that are not wanted, by their ``title``, only the names may be known.
    """
    if isinstance(driver, SqliteDriver):
        return _sqlite_tables(driver)
    if driver.dialect not in ("duckdb", "postgresql"):
        from cadran.open.catalogue_sqlalchemy import sqlalchemy_tables  # it is made of these

        return sqlalchemy_tables(driver, is_wanted)
    with closing(driver.connect(TIMEOUT_SECS)) as connection:

        def rows(sql: str) -> list[tuple[Any, ...]]:
            return connection.fetch(sql, {}, CATALOGUE_ROWS, TIMEOUT_SECS).rows()

        return _duckdb_tables(rows) if driver.dialect == "duckdb" else _postgres_tables(rows)


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
    keys = rows("SELECT id, `table`, `from`, `to` FROM pragma_foreign_key_list(?)", name)
    for number, target, column, to in keys:
        if [key[0] for key in keys].count(number) == 1:
            table.references[column] = Reference(target, to)
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
    for schema, name, kind, columns, target, referred in rows(
        "SELECT schema_name, table_name, constraint_type, to_json(constraint_column_names), referenced_table, "
        "to_json(referenced_column_names) FROM duckdb_constraints()"
    ):
        table = tables.get((schema, name))
        names = _names(columns)
        if table is None or not names:
            continue
        if kind == "PRIMARY KEY":
            table.primary = names
        if kind in ("PRIMARY KEY", "UNIQUE") and len(names) == 1:
            table.unique.add(names[0])
        if kind == "FOREIGN KEY" and target and len(names) == 1:  # always within one schema
            other = target if table.schema is None else f"{table.schema}.{target}"
            table.references[names[0]] = Reference(other, next(iter(_names(referred)), None))
    return list(tables.values())


def _names(columns: object) -> list[str]:
    import msgspec

    return msgspec.json.decode(columns, type=list[str]) if isinstance(columns, str) else []


_POSTGRES_OWN = "('information_schema', 'pg_catalog', 'pg_toast')"
_POSTGRES_INDEXES = f"""
    SELECT n.nspname, t.relname, a.attname, i.indisunique AND i.indnkeyatts = 1
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    WHERE i.indpred IS NULL AND n.nspname NOT IN {_POSTGRES_OWN}"""
_POSTGRES_SIZES = f"""
    SELECT n.nspname, t.relname, CAST(t.reltuples AS bigint)
    FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE t.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN {_POSTGRES_OWN}"""
_POSTGRES_KEYS = f"""
    SELECT n.nspname, t.relname, a.attname, c.contype = 'p', cardinality(c.conkey), fn.nspname, f.relname, fa.attname
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
    LEFT JOIN pg_class f ON f.oid = c.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
    LEFT JOIN pg_attribute fa ON fa.attrelid = c.confrelid AND fa.attnum = c.confkey[k.place]
    WHERE c.contype IN ('p', 'f') AND n.nspname NOT IN {_POSTGRES_OWN}
    ORDER BY n.nspname, t.relname, c.oid, k.place"""


def _postgres_tables(rows: Rows) -> list[CatalogueTable]:
    """What ``information_schema`` tells, and PostgreSQL's own catalogue of keys and indexes."""
    only = f"table_schema NOT IN {_POSTGRES_OWN}"
    tables: dict[tuple[str, str], CatalogueTable] = {}
    for schema, name, kind in rows(
        f"SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE {only} ORDER BY 1, 2"
    ):
        tables[schema, name] = CatalogueTable(name, _postgres_schema(schema), is_view="VIEW" in str(kind).upper())
    _add_columns(
        tables,
        rows(
            "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
            f"WHERE {only} ORDER BY table_schema, table_name, ordinal_position"
        ),
    )
    for schema, name, column, is_primary, num_columns, to_schema, to_table, to_column in _told(rows, _POSTGRES_KEYS):
        table = tables.get((schema, name))
        if table is not None and is_primary:
            table.primary.append(column)
        elif table is not None and num_columns == 1 and to_table is not None:
            other = CatalogueTable(to_table, _postgres_schema(to_schema))
            table.references[column] = Reference(other.title, to_column)
    for schema, name, column, is_unique in _told(rows, _POSTGRES_INDEXES):
        if (table := tables.get((schema, name))) is not None:
            table.indexed.add(column)
            if is_unique:
                table.unique.add(column)
    for schema, name, estimate in _told(rows, _POSTGRES_SIZES):
        if (table := tables.get((schema, name))) is not None and estimate >= 0:
            table.estimate = int(estimate)
    return list(tables.values())


def _postgres_schema(schema: str) -> str | None:
    return None if schema == "public" else schema


def _told(rows: Rows, sql: str) -> Sequence[tuple[Any, ...]]:
    """What only some databases tell, such as servers that speak PostgreSQL's protocol; the others lack it."""
    try:
        return rows(sql)
    except OutsideError:
        return ()


def _add_columns(tables: Mapping[tuple[str, str], CatalogueTable], rows: Sequence[tuple[Any, ...]]) -> None:
    for schema, name, column, declared in rows:
        if (table := tables.get((schema, name))) is not None:
            table.columns.append(CatalogueColumn(column, str(declared or "").upper()))
