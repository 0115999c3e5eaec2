"""How the rows of a table are read: whole while they are few, else the newest, by a cursor where that is right."""

from __future__ import annotations

from cadran.open.columns import ColumnRole
from cadran.open.facts import TableFacts
from cadran.open.inspecting import COUNT_MAX
from cadran.open.plan import Read
from cadran.open.spans import Span
from cadran.open.sql_names import quoted
from cadran.open.times import in_seconds

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
    if table.sql is not None:
        sql = f"SELECT *, {added[0]} FROM (\n{table.sql}\n) AS result" if added else table.sql
        return Read(variable=variable, label=table.name, sql=sql, every=every, time=name)
    columns = [*_columns(table, used, dialect), *added]
    if key is not None and columns[0] != "*" and quoted(key, dialect) not in columns:
        key = None
    order = table.order
    written = None if order is None else quoted(order, dialect)
    is_hidden = order is not None and order not in {one.name for one in table.columns}
    shown_order = "row_number" if is_hidden else written
    if is_hidden and table.has_more:
        columns.insert(0, f"{written} AS row_number")
    select, source = ", ".join(columns), table.sql_name
    if not table.has_more:
        return Read(
            variable=variable, label=table.name, sql=f"SELECT {select} FROM {source}", every=every, time=name, key=key
        )
    if written is None:
        sql = f"SELECT {select} FROM {source}"
        return Read(variable=variable, label=table.name, sql=sql, every=every, time=name, key=key, max_rows=FIRST_ROWS)
    newest = f"SELECT {written} FROM {source} ORDER BY {written} DESC LIMIT {NEWEST_ROWS}"
    if table.is_growing_key and span is not None and span.window is not None:
        # One bound, not two: of two, SQLite seeks by the first and reads all rows that the second then leaves out.
        larger = "max" if dialect == "sqlite" else "greatest"
        least = f"SELECT min({written}) - 1 FROM ({newest}) AS newest"
        sql = (
            f"SELECT {select} FROM {source}\nWHERE {written} > {larger}(:cursor, ({least}))\n"
            f"ORDER BY {written} LIMIT :limit"
        )
        cursor = "row_number" if is_hidden else order
        return Read(
            variable=variable, label=table.name, sql=sql, every=every, cursor=cursor, time=name, key=key, keep=span.keep
        )
    rows = f"SELECT {select} FROM {source} ORDER BY {written} DESC LIMIT {NEWEST_ROWS}"
    if columns[0] != "*" and not is_hidden and written not in columns:
        rows = f"SELECT {written}, {select} FROM {source} ORDER BY {written} DESC LIMIT {NEWEST_ROWS}"
    sql = f"SELECT * FROM (\n  {rows}\n) AS newest ORDER BY {shown_order}"
    return Read(variable=variable, label=table.name, sql=sql, every=every, time=name, key=key)


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
    names = [one.name for one in table.columns if one.name in used and not one.is_large]
    if len(table.columns) <= ALL_COLUMNS_MAX:
        names = [one.name for one in table.columns if not one.is_large]
    return [quoted(one, dialect) for one in names] or ["1 AS nothing"]
