"""Tables, columns, keys and indexes of the databases that SQLAlchemy reads, as its inspector tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from cadran.errors import OutsideError
from cadran.open.catalogue import CATALOGUE_ROWS, TIMEOUT_SECS, CatalogueColumn, CatalogueTable, Reference
from cadran.open.dialects import NO_ORDER
from cadran.sources import Driver
from cadran.sources.sqlalchemy import SqlalchemyDriver, text_of

_MSSQL_OWN = ("guest", "information_schema", "sys")
_NOT_UNIQUE = frozenset({"clickhouse", *NO_ORDER})
"""Those that do not enforce what their keys say."""
TABLES_MAX = 2_000
"""Of more tables the names are not read."""


def sqlalchemy_tables(driver: Driver, is_wanted: Callable[[str], bool]) -> list[CatalogueTable]:
    """Return all tables; columns and keys only of those that are wanted, and of those to which these refer.

    Raises ``OutsideError``.
    """
    assert isinstance(driver, SqlalchemyDriver)
    with _inspector(driver) as inspector:
        return tables_from(inspector, driver.dialect, is_wanted)


@contextmanager
def _inspector(driver: SqlalchemyDriver) -> Iterator[Any]:
    connection = driver.open(TIMEOUT_SECS)
    try:
        for statement in driver.kind.begin(TIMEOUT_SECS, CATALOGUE_ROWS):
            connection.exec_driver_sql(statement)
        yield import_module("sqlalchemy").inspect(connection)
    except OutsideError:
        raise
    except Exception as problem:  # whatever a dialect raises where it can't tell
        raise OutsideError(f"the tables of {driver.name} can't be read: {text_of(problem)}") from None
    finally:
        connection.invalidate()  # nothing that was set for this look stays
        connection.close()


def tables_from(inspector: Any, dialect: str, is_wanted: Callable[[str], bool]) -> list[CatalogueTable]:
    """Return the tables that an inspector of SQLAlchemy knows."""
    tables: dict[str, CatalogueTable] = {}
    for schema in _schemas(inspector, dialect):
        for is_view, names in ((False, inspector.get_table_names(schema)), (True, _views(inspector, schema))):
            for name in names[:TABLES_MAX]:
                table = CatalogueTable(_stored(inspector, name), schema, is_view)
                tables.setdefault(table.title, table)
    found = sorted(tables.values(), key=lambda one: one.title)
    for table in found:
        if is_wanted(table.title):
            _describe(inspector, table, dialect)
    for title in {one.table for table in found for one in table.references.values()}:
        if (other := tables.get(title)) is not None and not other.columns:
            _describe(inspector, other, dialect)
    return found


def _schemas(inspector: Any, dialect: str) -> list[str | None]:
    """The usual one; of SQL Server, where people part their tables by schemas, all."""
    if dialect != "mssql":
        return [None]
    usual = inspector.default_schema_name
    others = [name for name in inspector.get_schema_names() if name.lower() not in _MSSQL_OWN and name[:3] != "db_"]
    return [None, *(name for name in others if name != usual)]


def _views(inspector: Any, schema: str | None) -> Sequence[str]:
    with suppress(NotImplementedError):
        return list(inspector.get_view_names(schema))
    return []


def _stored(inspector: Any, name: str) -> str:
    """Return a name as the database keeps it and its results say it: SQLAlchemy makes some upper case lower."""
    dialect = inspector.dialect
    return str(dialect.denormalize_name(name) if dialect.requires_name_normalize else name)


def _asked(inspector: Any, name: str) -> str:
    dialect = inspector.dialect
    return str(dialect.normalize_name(name)) if dialect.requires_name_normalize else name


def _describe(inspector: Any, table: CatalogueTable, dialect: str) -> None:
    name, schema = _asked(inspector, table.name), table.schema

    def told(ask: str) -> Any:
        with suppress(NotImplementedError):
            return getattr(inspector, ask)(name, schema=schema)
        return None

    table.columns = [
        CatalogueColumn(_stored(inspector, column["name"]), _declared(column["type"]))
        for column in told("get_columns") or ()
    ]
    if table.is_view:
        return
    key = (told("get_pk_constraint") or {}).get("constrained_columns") or []
    if dialect not in _NOT_UNIQUE:
        table.primary = [_stored(inspector, column) for column in key]
        table.indexed.update(table.primary[:1])
    elif dialect not in NO_ORDER:
        table.indexed.update(_stored(inspector, column) for column in key[:1])
    for index in (told("get_indexes") or ()) if dialect not in _NOT_UNIQUE else ():
        columns = index["column_names"]
        if columns and columns[0] is not None:
            table.indexed.add(_stored(inspector, columns[0]))
            if index["unique"] and len(columns) == 1:
                table.unique.add(_stored(inspector, columns[0]))
    for reference in told("get_foreign_keys") or ():
        own, theirs = reference["constrained_columns"], reference["referred_columns"]
        if len(own) == 1 and len(theirs) == 1:
            other = CatalogueTable(_stored(inspector, reference["referred_table"]), reference["referred_schema"])
            table.references[_stored(inspector, own[0])] = Reference(other.title, _stored(inspector, theirs[0]))


def _declared(kind: Any) -> str:
    try:
        return str(kind).upper()
    except Exception:  # a type that only its own dialect can write
        return type(kind).__name__.upper()
