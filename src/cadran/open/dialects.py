"""What databases write differently: how many rows, how long a text is, dates in text, the larger of two values."""

from __future__ import annotations

from cadran.open.times import FORMATS, PER_SEC, TimeKind

NO_ORDER = frozenset({"snowflake", "bigquery", "trino"})
"""Those that keep no index: the end of a column is found by reading all of it."""
_LENGTHS = {
    "sqlite": "length({})",
    "postgresql": "length(CAST({} AS CHAR(5000)))",
    "mysql": "char_length(CAST({} AS CHAR(5000)))",
    "mariadb": "char_length(CAST({} AS CHAR(5000)))",
    "mssql": "len(CAST({} AS nvarchar(max)))",
    "oracle": "length({})",
    "clickhouse": "length(toString({}))",
    "bigquery": "length(format('%T', {}))",
}
_CASTS = {
    "mysql": "CAST({} AS CHAR)", "mariadb": "CAST({} AS CHAR)", "mssql": "CAST({} AS char(8))",
    "oracle": "to_char({})", "clickhouse": "toString({})", "bigquery": "CAST({} AS STRING)",
}  # fmt: skip

_YEARS = {
    "sqlite": "printf('%04d-01-01', {})", "duckdb": "make_date({}, 1, 1)", "postgresql": "make_date({}, 1, 1)",
    "mysql": "makedate({}, 1)", "mariadb": "makedate({}, 1)", "mssql": "datefromparts({}, 1, 1)",
    "clickhouse": "makeDate({}, 1, 1)", "bigquery": "date({}, 1, 1)", "snowflake": "date_from_parts({}, 1, 1)",
    "trino": "date(CAST({} AS varchar) || '-01-01')",
}  # fmt: skip


def select(
    columns: str,
    source: str,
    num_rows: int | str,
    dialect: str,
    *,
    where: str | None = None,
    order: str | None = None,
    joint: str = " ",
) -> str:
    """Return a query for at most ``num_rows`` rows: a number, or the parameter ``:limit``.

    ``source``, ``where`` and ``order`` are SQL; ``joint`` stands between its parts.
    """
    if dialect == "mssql":
        columns = f"TOP ({num_rows}) {columns}" if isinstance(num_rows, str) else f"TOP {num_rows} {columns}"
    parts = [f"SELECT {columns} FROM {source}"]
    parts += [f"WHERE {where}"] if where else []
    parts += [f"ORDER BY {order}"] if order else []
    if dialect == "oracle":
        parts[-1] += f" FETCH FIRST {num_rows} ROWS ONLY"
    elif dialect != "mssql":
        parts[-1] += f" LIMIT {num_rows}"
    return joint.join(parts)


def length_of(sql_name: str, dialect: str) -> str:
    """Return SQL for how many characters a value has, written as text."""
    return _LENGTHS.get(dialect, "length(CAST({} AS VARCHAR))").format(sql_name)


def newest(order: str, source: str, num_rows: int, dialect: str) -> str | None:
    """Return the condition that bounds an order by ``order`` to its last rows; None where an index does.

    DuckDB orders by its row number only after it has read every row; how many there are, it knows without reading.
    """
    is_counted = dialect == "duckdb" and order == "rowid"
    return f"{order} >= (SELECT count(*) - {num_rows} FROM {source})" if is_counted else None


def behind(order: str, source: str, num_rows: int, dialect: str) -> str:
    """Return the condition that a column is larger than ``:cursor``, and among the last ``num_rows``."""
    if newest(order, source, num_rows, dialect) is not None:
        return f"{order} > greatest(:cursor, (SELECT count(*) - {num_rows} FROM {source}))"
    last = select(order, source, num_rows, dialect, order=f"{order} DESC")
    bound, sql_name = f"SELECT min({order}) - 1 FROM ({last}) newest", order
    if dialect == "mssql":  # its GREATEST is new
        return f"{sql_name} > :cursor AND {sql_name} > ({bound})"
    # One bound, not two: of two, SQLite seeks by the first and reads all rows that the second then leaves out.
    return f"{sql_name} > {'max' if dialect == 'sqlite' else 'greatest'}(:cursor, ({bound}))"


def in_seconds(sql_name: str, kind: TimeKind, dialect: str) -> str | None:
    """Return SQL that makes of a column what Cadran reads as a time; None where the column is that already."""
    if kind in FORMATS:
        return _date_sql(sql_name, kind, dialect)
    if kind == "year":
        return _YEARS.get(dialect, "to_date({} || '-01-01', 'YYYY-MM-DD')").format(sql_name)
    if kind == "slashes":
        return f"replace({sql_name}, '/', '-')"
    if kind in PER_SEC and kind != "s":
        return f"{sql_name} / {PER_SEC[kind]}.0"
    return None


def _date_sql(sql_name: str, kind: TimeKind, dialect: str) -> str:
    if dialect == "sqlite":
        return _sqlite_date(sql_name, kind)
    if kind == "ymd":
        sql_name = _CASTS.get(dialect, "CAST({} AS VARCHAR)").format(sql_name)
    format = FORMATS[kind]
    if dialect == "duckdb":
        return f"try_strptime({sql_name}, '{format}')"
    if dialect in ("mysql", "mariadb"):
        return f"str_to_date({sql_name}, '{format}')"
    if dialect == "clickhouse":
        return f"parseDateTime({sql_name}, '{format}')"
    if dialect == "trino":
        return f"date_parse({sql_name}, '{format}')"
    if dialect == "bigquery":
        return f"parse_date('{format}', {sql_name})"
    if dialect == "mssql":
        style = {"mdy": 101, "dmy": 103, "dmy dots": 104, "named": 107, "ymd": 112}[kind]
        return f"CONVERT(date, {sql_name}, {style})"
    written = format.replace("%m", "MM").replace("%b", "Mon").replace("%d", "DD").replace("%Y", "YYYY")
    return f"to_date({sql_name}, '{written}')"


def _sqlite_date(sql_name: str, kind: TimeKind) -> str:
    if kind == "ymd":
        return f"printf('%d-%02d-%02d', {sql_name} / 10000, {sql_name} / 100 % 100, {sql_name} % 100)"
    if kind == "named":
        month = f"(instr('JanFebMarAprMayJunJulAugSepOctNovDec', substr({sql_name}, 1, 3)) + 2) / 3"
        return f"printf('%s-%02d-%02d', substr({sql_name}, -4), {month}, substr({sql_name}, 5))"
    sign = "." if kind == "dmy dots" else "/"  # its numbers end at the first sign that is no digit
    parts = [sql_name, f"substr({sql_name}, instr({sql_name}, '{sign}') + 1)"]
    month, day = parts if kind == "mdy" else parts[::-1]
    return f"printf('%s-%02d-%02d', substr({sql_name}, -4), {month}, {day})"
