"""SQL that lets a database make the buckets of what lies before the points that are held.

Each bucket is 2**k wide in x, as in the store; the database gives the least and the greatest value of each.
"""

from __future__ import annotations

import re
from typing import Literal

from cadran.sources.sql_text import code_of, named_parts, parameters_of, without_end

TimeKind = Literal["number", "date", "naive", "aware", "text"]
"""How x is stored: as a number, a date, a date and time without or with a zone, or as ISO 8601 text."""

_NAME = r"""(?:[A-Za-z_]\w*|"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\])"""
_COMPARED = re.compile(
    rf"(?P<lead>\b(?:WHERE|AND|OR|ON)\s+\(*\s*|\(\s*){_NAME}(?:\.{_NAME})*\s*>=?\s*\Z", re.IGNORECASE
)
_ORDERED = re.compile(
    rf"\bORDER\s+BY\s+{_NAME}(?:\.{_NAME})*(?:\s+ASC)?(?:\s*,\s*{_NAME}(?:\.{_NAME})*(?:\s+ASC)?)*\s+"
    r"(?:OFFSET\s+0\s+ROWS\s+)?(?:LIMIT|FETCH\s+(?:FIRST|NEXT))\s*\Z",
    re.IGNORECASE,
)
_REST = re.compile(r"\s*(?:ROWS?\s+ONLY)?\s*\Z", re.IGNORECASE)


def lifted(sql: str) -> str | None:
    """Return a query of all rows, from one that reads them page by page; None where that can't be told for sure.

    ``column > :cursor`` and ``column >= :since`` hold for all rows, and ``ORDER BY … LIMIT :limit`` at the end goes.
    """
    body = without_end(sql)
    written: list[str] = []
    end = 0
    for name, start, stop in named_parts(body):
        if name not in ("cursor", "since", "limit"):
            continue
        before = body[end:start]
        found = (_ORDERED if name == "limit" else _COMPARED).search(before)
        if found is None:
            return None
        end = stop
        if name == "limit":
            if _REST.fullmatch(code_of(body[end:])) is None:
                return None
            written.append(before[: found.start()])
            end = len(body)
            break
        written.append(f"{before[: found.end('lead')]}1 = 1")
    whole = "".join([*written, body[end:]])
    return None if parameters_of(whole) & {"cursor", "since", "limit"} else whole


def sample_sql(dialect: str, inner: str, x: str) -> str:
    """Return SQL for one row, whose ``past_x`` tells how x is stored."""
    name = quoted(dialect, x)
    return f"SELECT q.{name} AS past_x FROM ({inner}\n) q WHERE q.{name} IS NOT NULL"


def bucket_sql(dialect: str, inner: str, x: str, y: str, kind: TimeKind) -> str | None:
    """Return SQL for the buckets from ``:past_from`` to ``:past_to``, each ``:past_width`` wide: columns ``past_id``
    (0 for the first), ``past_low`` and ``past_high``; None where this database has no way to count in seconds.
    """
    column = f"q.{quoted(dialect, x)}"
    secs = _secs_since(dialect, column, kind)
    if secs is None:
        return None
    # SQLite need not have FLOOR; nothing is below 0 there, as the same differences are compared.
    bucket = f"CAST(({secs}) / :past_width AS INTEGER)" if dialect == "sqlite" else f"FLOOR(({secs}) / :past_width)"
    rows = (
        f"SELECT {bucket} AS past_id, q.{quoted(dialect, y)} AS past_y FROM ({inner}\n) q"
        f" WHERE {_between(dialect, column, kind)}"
    )
    return (
        f"SELECT b.past_id, MIN(b.past_y) AS past_low, MAX(b.past_y) AS past_high FROM ({rows}) b"
        " GROUP BY b.past_id ORDER BY b.past_id"
    )


def quoted(dialect: str, name: str) -> str:
    """Return a column's name as this dialect quotes it."""
    if dialect in ("mysql", "mariadb", "bigquery", "clickhouse"):
        return f"`{name.replace('`', '``')}`"
    if dialect == "mssql":
        return f"[{name.replace(']', ']]')}]"
    return '"' + name.replace('"', '""') + '"'


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
    if kind == "number":
        return f"{column} - :past_from"
    if dialect == "sqlite":
        return f"(julianday({column}) - julianday(:past_from)) * 86400.0" if kind == "text" else None
    cast = _cast(dialect, kind)
    begin, at = cast.format(":past_from"), cast.format(column) if kind in ("text", "date") else column
    if dialect == "postgresql":
        return f"EXTRACT(EPOCH FROM ({at} - {begin}))"
    if kind == "text" and dialect != "duckdb":
        return None
    since = _SINCE.get(dialect)
    return None if since is None else since.replace("{x}", at).replace("{from}", begin)


def _between(dialect: str, column: str, kind: TimeKind) -> str:
    if kind == "text":
        if dialect == "sqlite":
            # By the day first, which an index on the text serves; days of another zone are within one of it.
            days = f"{column} >= date(:past_from, '-1 day') AND {column} < date(:past_to, '+2 days')"
            moments = f"julianday({column}) >= julianday(:past_from) AND julianday({column}) < julianday(:past_to)"
            return f"{days} AND {moments}"
        column = _cast(dialect, kind).format(column)
    ends = ("{}", "{}") if kind == "number" else (_cast(dialect, kind), _cast(dialect, kind))
    return f"{column} >= {ends[0].format(':past_from')} AND {column} < {ends[1].format(':past_to')}"


def _cast(dialect: str, kind: TimeKind) -> str:
    """How a bound moment is told to be one, and a text or a date made one."""
    if dialect == "postgresql":
        return "CAST({} AS timestamptz)" if kind in ("aware", "text") else "CAST({} AS timestamp)"
    if dialect == "duckdb":
        return "CAST({} AS TIMESTAMPTZ)" if kind == "aware" else "CAST({} AS TIMESTAMP)"
    return "{}"
