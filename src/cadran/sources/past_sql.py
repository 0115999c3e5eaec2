"""SQL that lets a database make the buckets of what lies before the points that are held.

Each bucket is 2**k wide in x, as in the store; the database gives the least and the greatest value of each.
"""

from __future__ import annotations

import re
from typing import Literal

from cadran.sources.sql_text import named_parts, parameters_of, without_end, without_texts

TimeKind = Literal["number", "integer", "decimal", "date", "naive", "nanos", "aware", "text"]
"""How x is stored: as a number, a date, a date and time without or with a zone, or as ISO 8601 text. Whole and decimal
numbers of PostgreSQL are kinds of their own: an index serves them only where they are compared with their own type.
So are nanoseconds of DuckDB, which compares them only with what they can tell."""
NUMBERS: tuple[TimeKind, ...] = ("number", "integer", "decimal")
KINDS_BY_TYPE: dict[str, TimeKind] = {
    "TIMESTAMP_NS": "nanos",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "decimal",
}

LEAST_SECS, MOST_SECS = -62_135_510_400.0, 253_402_214_400.0
"""The second day of the year 1 and the last but one of 9999: beyond, databases have no times."""
NANOS_SECS_MAX = 9_214_560_000.0
"""So far from 1970 times in nanoseconds go, less some months: from 1678 to 2261."""

_NAME = r"""(?:[A-Za-z_]\w*|"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\])"""
_COMPARED = re.compile(
    rf"(?P<lead>\b(?:WHERE|AND|OR|ON)\b[\s(]*(?<=[\s(])){_NAME}(?:\.{_NAME})*\s*>=?\s*\Z", re.IGNORECASE
)
_ORDERED = re.compile(
    rf"\bORDER\s+BY\s+{_NAME}(?:\.{_NAME})*(?:\s+ASC)?(?:\s*,\s*{_NAME}(?:\.{_NAME})*(?:\s+ASC)?)*\s+"
    r"(?:OFFSET\s+0\s+ROWS\s+)?(?:LIMIT|FETCH\s+(?:FIRST|NEXT))\s*\Z",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\s*(?:\Z|\)|(?:AND|OR|ORDER|GROUP|UNION|LIMIT|FETCH)\b)", re.IGNORECASE)
_REST = re.compile(r"\s*(?:ROWS?\s+ONLY)?\s*\Z", re.IGNORECASE)


_NESTING = re.compile(
    r"""(?P<open>\()|(?P<close>\))|(?P<select>\bSELECT\b)|"[^"]*"|`[^`]*`|\[[^\]]*\]""", re.IGNORECASE
)


def lifted(sql: str) -> str | None:
    """Return a query of all rows, from one that reads them page by page; None where that can't be told for sure.

    ``column > :cursor`` and ``column >= :since`` hold for all rows, and ``ORDER BY … LIMIT :limit`` at the end goes.
    """
    body = without_end(sql)
    code = without_texts(body)
    written: list[str] = []
    end = 0
    for name, start, stop in named_parts(body):
        if name not in ("cursor", "since", "limit"):
            continue
        if _is_of_subquery(code[:start]):  # whether a row is there may depend on others: not all need be meant
            return None
        before = code[end:start]
        found = (_ORDERED if name == "limit" else _COMPARED).search(before)
        if found is None:
            return None
        at, end = end, stop
        if name == "limit":
            if _REST.fullmatch(code, end) is None:
                return None
            written.append(body[at : at + found.start()])
            end = len(body)
            break
        if _NEXT.match(code, end) is None:  # what is compared with is more than the parameter
            return None
        written.append(f"{body[at : at + found.end('lead')]}1 = 1")
    whole = "".join([*written, body[end:]])
    return None if parameters_of(whole) & {"cursor", "since", "limit"} else whole


def _is_of_subquery(before: str) -> bool:
    """Whether what follows this begin of a statement lies within parentheses that hold a SELECT of their own."""
    has_select: list[bool] = []
    for match in _NESTING.finditer(before):
        if match["open"]:
            has_select.append(False)
        elif match["close"]:
            has_select[-1:] = []
        elif match["select"] and has_select:
            has_select[-1] = True
    return any(has_select)


def sample_sql(dialect: str, inner: str, x: str, y: str) -> str:
    """Return SQL for one row, whose ``past_x`` and ``past_y`` tell how both are stored, and of PostgreSQL
    and DuckDB ``past_type``."""
    name = quoted(dialect, x)
    columns = f"q.{name} AS past_x, q.{quoted(dialect, y)} AS past_y"
    if dialect in ("postgresql", "duckdb"):
        type_of = "pg_typeof" if dialect == "postgresql" else "typeof"
        columns += f", CAST({type_of}(q.{name}) AS text) AS past_type"
    return f"SELECT {columns} FROM ({inner}\n) q WHERE q.{name} IS NOT NULL"


def bucket_sql(dialect: str, inner: str, x: str, y: str, kind: TimeKind, *, is_truth: bool = False) -> str | None:
    """Return SQL for the buckets from ``:past_from`` to ``:past_to``, each ``:past_width`` wide: columns ``past_id``
    (0 for the first), ``past_low``, ``past_high`` and ``past_num``, the number of rows; None where this database has no
    way to count in seconds.
    ``is_truth``: y is true or false, and counts as 1 or 0.
    """
    column = f"q.{quoted(dialect, x)}"
    secs = _secs_since(dialect, column, kind)
    if secs is None:
        return None
    # SQLite need not have FLOOR; nothing is below 0 there, as the same seconds are compared.
    bucket = f"CAST(({secs}) / :past_width AS INTEGER)" if dialect == "sqlite" else f"FLOOR(({secs}) / :past_width)"
    rows = (
        f"SELECT {bucket} AS past_id, {_value(dialect, y, is_truth)} AS past_y FROM ({inner}\n) q"
        f" WHERE {_between(dialect, column, kind)}"
    )
    return (
        "SELECT b.past_id, MIN(b.past_y) AS past_low, MAX(b.past_y) AS past_high, COUNT(*) AS past_num"
        f" FROM ({rows}) b GROUP BY b.past_id ORDER BY b.past_id"
    )


def rows_sql(dialect: str, inner: str, x: str, y: str, kind: TimeKind, *, is_truth: bool = False) -> str | None:
    """Return SQL for the rows from ``:past_from`` to ``:past_to``: ``past_x``, from the first, and ``past_y``; None as
    in ``bucket_sql``."""
    column = f"q.{quoted(dialect, x)}"
    secs = _secs_since(dialect, column, kind)
    if secs is None:
        return None
    value = _value(dialect, y, is_truth)
    return f"SELECT {secs} AS past_x, {value} AS past_y FROM ({inner}\n) q WHERE {_between(dialect, column, kind)}"


def quoted(dialect: str, name: str) -> str:
    """Return a column's name as this dialect quotes it."""
    if dialect in ("mysql", "mariadb", "bigquery", "clickhouse"):
        return f"`{name.replace('`', '``')}`"
    if dialect == "mssql":
        return f"[{name.replace(']', ']]')}]"
    return '"' + name.replace('"', '""') + '"'


def _value(dialect: str, y: str, is_truth: bool) -> str:
    """A value as a number; one that is NaN, which some databases count as the greatest of all, is none."""
    column = f"q.{quoted(dialect, y)}"
    if is_truth and dialect == "postgresql":
        return f"CAST({column} AS integer)"
    if dialect in ("postgresql", "duckdb"):
        return f"NULLIF(CAST({column} AS double precision), CAST('NaN' AS double precision))"
    return column


_SINCE: dict[str, str] = {
    "duckdb": "(epoch_us({x}) - epoch_us({from})) / 1e6",
    "mysql": "TIMESTAMPDIFF(MICROSECOND, {from}, {x}) / 1e6",
    "mariadb": "TIMESTAMPDIFF(MICROSECOND, {from}, {x}) / 1e6",
    "mssql": "DATEDIFF_BIG(microsecond, {from}, {x}) / 1e6",
    "snowflake": "DATEDIFF(microsecond, {from}, {x}) / 1e6",
    "clickhouse": "dateDiff('microsecond', {from}, {x}) / 1e6",
    "trino": "date_diff('millisecond', {from}, {x}) / 1e3",
    "bigquery": "TIMESTAMP_DIFF({x}, {from}, MICROSECOND) / 1e6",
}
"""Seconds between two moments, by dialect."""


def _secs_since(dialect: str, column: str, kind: TimeKind) -> str | None:
    if dialect == "sqlite":
        if kind not in ("number", "text"):
            return None
        return f"CASE WHEN typeof({column}) = 'text' THEN {_text_secs(column)} ELSE {column} END - :past_from"
    if kind in NUMBERS:
        return f"{column} - :past_from"
    cast = _cast(dialect, kind)
    begin, at = cast.format(":past_from"), cast.format(column) if kind in ("text", "date") else column
    if dialect == "postgresql":
        return f"EXTRACT(EPOCH FROM ({at} - {begin}))"
    if kind == "text" and dialect != "duckdb":
        return None
    since = _SINCE.get(dialect)
    return None if since is None else since.replace("{from}", begin).replace("{x}", at)


def _between(dialect: str, column: str, kind: TimeKind) -> str:
    if dialect == "sqlite":  # each row has a type of its own there
        numbers = f"{column} >= :past_from AND {column} < :past_to"
        # By the day first, which an index on the text serves; days of another zone are within one of it.
        days = (
            f"{column} >= date(max(:past_from, {LEAST_SECS}), 'unixepoch', '-1 day')"
            f" AND {column} < date(min(:past_to, {MOST_SECS}), 'unixepoch', '+2 days')"
        )
        secs = _text_secs(column)  # NULL where it is no time: that is found out, and said
        moments = f"({secs} >= :past_from AND {secs} < :past_to OR {secs} IS NULL)"
        is_text = f"typeof({column}) = 'text'"
        return f"((NOT {is_text} AND {numbers}) OR ({is_text} AND {days} AND {moments}))"
    if kind == "text":
        column = _cast(dialect, kind).format(column)
    end = {"number": "{}", "decimal": "{}", "integer": _NEXT_INTEGER}.get(kind) or _cast(dialect, kind)
    return f"{column} >= {end.format(':past_from')} AND {column} < {end.format(':past_to')}"


_NEXT_INTEGER = f"CAST(LEAST(GREATEST(CEIL({{}}), {-(2.0**62)}), {2.0**62}) AS bigint)"
"""Whole numbers that are not below it are those that are not below the next whole one."""


def _text_secs(column: str) -> str:
    """Unix seconds of a text, to the millisecond: SQLite counts in them, and days tell them almost. It knows no zones
    without a colon."""
    text = (
        f"CASE WHEN {column} GLOB '*:*[+-][0-9][0-9][0-9][0-9]'"
        f" THEN substr({column}, 1, length({column}) - 2) || ':' || substr({column}, -2) ELSE {column} END"
    )
    return f"ROUND((julianday({text}) - 2440587.5) * 86400000.0) / 1000.0"


_ZONED = r":\d\d(\.\d+)?\s*([zZ]|[+-]\d\d(:?\d\d)?)$"
"""A text that says its zone; without one it is UTC."""


def _cast(dialect: str, kind: TimeKind) -> str:
    """How a bound moment is told to be one, and a text or a date made one."""
    if kind == "text" and dialect == "postgresql":
        plain = "CAST({x} AS timestamp) AT TIME ZONE 'UTC'"
        return f"CASE WHEN {{x}} ~ '{_ZONED}' THEN CAST({{x}} AS timestamptz) ELSE {plain} END".replace("{x}", "{0}")
    if kind == "text" and dialect == "duckdb":
        zoned = "make_timestamp(epoch_us(CAST({x} AS TIMESTAMPTZ)))"
        return (f"CASE WHEN regexp_matches({{x}}, '{_ZONED}') THEN {zoned} ELSE CAST({{x}} AS TIMESTAMP) END").replace(
            "{x}", "{0}"
        )
    if dialect == "postgresql":
        return "CAST({} AS timestamptz)" if kind in ("aware", "text") else "CAST({} AS timestamp)"
    if dialect == "duckdb":
        return "CAST({} AS TIMESTAMPTZ)" if kind == "aware" else "CAST({} AS TIMESTAMP)"
    return "{}"
