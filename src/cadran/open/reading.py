"""How the rows of a table are read: whole while they are few, else the newest, by a cursor where that is right."""

from __future__ import annotations

from dataclasses import replace

from cadran.open.columns import ColumnRole
from cadran.open.dialects import behind, in_seconds, newest, select
from cadran.open.facts import TableFacts
from cadran.open.names import COUNT_MAX, joined
from cadran.open.plan import Read
from cadran.open.spans import Span
from cadran.open.sql_names import quoted

NEWEST_ROWS = COUNT_MAX
FIRST_ROWS = 5_000
ALL_COLUMNS_MAX = 40
"""Of a table with more columns only those that are shown are read."""


def read_of(
    table: TableFacts,
    roles: tuple[ColumnRole, ...],
    time: ColumnRole | None,
    span: Span | None,
    used: list[str],
    *,
    dialect: str | None,
    variable: str,
    every: str,
) -> Read:
    """Return what is read of a table. ``used``: the columns that the screen shows. ``dialect`` None: it is a file."""
    name = None if time is None else time.name
    key = next((one.name for one in table.columns if one.is_key and not one.is_large), None)
    if dialect is None:
        return Read(variable=variable, label=table.name, sql=None, every=every, time=name)
    name, added = time_name(table, time, dialect)
    added += [f"{one.computed} AS {quoted(one.name, dialect)}" for one in table.columns if one.computed is not None]
    if table.sql is not None:
        sql = f"SELECT result.*, {', '.join(added)} FROM (\n{table.sql}\n) result" if added else table.sql
        return Read(variable=variable, label=table.name, sql=sql, every=every, time=name)
    columns = [*_columns(table, used, dialect), *added]
    if key is not None and columns[0] != "*" and quoted(key, dialect) not in columns:
        key = None
    read = Read(variable=variable, label=table.name, sql="", every=every, time=name, key=key)
    order = table.order
    written = None if order is None else quoted(order, dialect)
    if not table.has_more:
        return replace(read, sql=_all_rows(table, columns, dialect))
    if written is None:
        first = select(_list(columns, table, dialect), table.sql_name, FIRST_ROWS, dialect)
        return replace(read, sql=_named(table, first, None, dialect), max_rows=FIRST_ROWS)
    shown_order = "row_number" if order not in {one.name for one in table.columns} else written
    if shown_order != written:
        columns.insert(0, f"{written} AS row_number")
    elif columns[0] != "*" and written not in columns:
        columns.insert(0, written)
    chosen = _list(columns, table, dialect)
    if table.is_growing_key and span is not None and span.window is not None:
        condition = behind(written, table.sql_name, NEWEST_ROWS, dialect)
        sql = select(chosen, table.sql_name, ":limit", dialect, where=condition, order=written, joint="\n")
        cursor = "row_number" if shown_order != written else order
        return replace(read, sql=_named(table, sql, shown_order, dialect), cursor=cursor, keep=span.keep)
    last = newest(written, table.sql_name, NEWEST_ROWS, dialect)
    rows = select(chosen, table.sql_name, NEWEST_ROWS, dialect, where=last, order=f"{written} DESC")
    if table.named:
        return replace(read, sql=_named(table, rows, shown_order, dialect))
    return replace(read, sql=f"SELECT * FROM (\n  {rows}\n) newest ORDER BY {shown_order}")


def _all_rows(table: TableFacts, columns: list[str], dialect: str) -> str:
    """A table of few rows, with the names of what it refers to."""
    chosen = _list(columns, table, dialect)
    if not table.named:
        return f"SELECT {chosen} FROM {table.sql_name}"
    if columns != ["*"]:
        return _named(table, f"SELECT {chosen} FROM {table.sql_name}", None, dialect)
    source = table.sql_name if table.sql_name == table.alias else f"{table.sql_name} {table.alias}"
    shown, source = joined(table, source, table.alias, dialect)
    return f"SELECT {shown}\nFROM {source}"


def _named(table: TableFacts, sql: str, order: str | None, dialect: str) -> str:
    """Put the names of what it refers to beside the rows of a query that is bounded by itself."""
    if not table.named:
        return sql
    inner = sql.replace("\n", "\n  ")
    shown, source = joined(table, f"(\n  {inner}\n) newest", "newest", dialect)
    return f"SELECT {shown}\nFROM {source}" + ("" if order is None else f"\nORDER BY newest.{order}")


def _list(columns: list[str], table: TableFacts, dialect: str) -> str:
    """Columns as SQL lists them; some databases take a star among others only with its table."""
    if len(columns) > 1 and "*" in columns and dialect == "oracle":
        columns = [f"{table.sql_name}.*" if one == "*" else one for one in columns]
    return ", ".join(columns)


def time_name(table: TableFacts, time: ColumnRole | None, dialect: str | None) -> tuple[str | None, list[str]]:
    """Return the column that is read as the time, and what SQL adds for it."""
    if time is None or time.time is None:
        return None, []
    if dialect is None:
        return time.name, []
    seconds = in_seconds(quoted(time.name, dialect), time.time.kind, dialect)
    if seconds is None:
        return time.name, []
    taken = {one.name.lower() for one in table.columns}
    name = "event_time"
    while name in taken:
        name += "_"
    return name, [f"{seconds} AS {quoted(name, dialect)}"]


def _columns(table: TableFacts, used: list[str], dialect: str) -> list[str]:
    has_large = any(one.is_large for one in table.columns)
    if len(table.columns) <= ALL_COLUMNS_MAX and not has_large:
        return ["*"]
    own = [one for one in table.columns if not one.is_large and not one.names and not one.computed]
    needed = {*used, *(one.column for one in table.named)}
    names = [one.name for one in own if len(table.columns) <= ALL_COLUMNS_MAX or one.name in needed]
    return [quoted(one, dialect) for one in names] or ["1 AS nothing"]
