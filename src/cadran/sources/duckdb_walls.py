"""What a query may do in DuckDB: read its one file, and nothing else; and whether its result can change by itself."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from cadran.errors import OutsideError
from cadran.sources.sql_text import code_of, without_end

_CLOCKS = re.compile(
    r"\b(current_date|current_time|current_timestamp|localtime|localtimestamp|tablesample|using\s+sample)\b",
    re.IGNORECASE,
)
_CALL = re.compile(r'(\w+)"?\s*\(')
_WORD = re.compile(r"\w+")
_STEADY_TABLES = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree", "repeat", "repeat_row"})
_UNSTEADY_SQL = """
    SELECT DISTINCT lower(function_name) FROM duckdb_functions()
    WHERE (function_type IN ('scalar', 'aggregate') AND stability IS DISTINCT FROM 'CONSISTENT')
       OR function_type IN ('table', 'table_macro', 'pragma')
       OR (function_type = 'macro' AND regexp_matches(macro_definition, '(current|now|time|random|setting|query)'))
"""
_OWN_SQL = "SELECT lower(function_name) FROM duckdb_functions() WHERE NOT internal"
_VIEWS_SQL = "SELECT lower(view_name), sql FROM duckdb_views() WHERE NOT internal"


class Names:
    """What a file itself defines that a query may name: its functions, and its views with their SQL."""

    def __init__(self, connection: Any) -> None:
        self.own = {name for (name,) in connection.execute(_OWN_SQL).fetchall()}
        self.views = {name: code_of(sql or "") for name, sql in connection.execute(_VIEWS_SQL).fetchall()}


def config(num_threads: int, memory: str) -> dict[str, Any]:
    """Return settings under which a connection reads its own file and nothing else, and that no query can change."""
    return {
        "enable_external_access": False,  # no other files, no network, no ATTACH, no COPY
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,  # a table's name never means a variable of the program
        "python_scan_all_frames": False,
        "temp_directory": "",
        "threads": num_threads,
        "memory_limit": memory,
        "lock_configuration": True,
    }


def statement_that_reads(connection: Any, sql: str) -> str:
    """Return ``sql`` without what ends it. Raises ``OutsideError`` unless it is one statement that only selects."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise OutsideError(f"expected one statement, got {len(statements)}")
    kind = str(statements[0].type).rpartition(".")[2]
    if kind != "SELECT":
        raise OutsideError(f"expected a query that only reads, got one that does more ({kind})")
    return without_end(sql)


@lru_cache(maxsize=1)
def unsteady_functions(version: str) -> frozenset[str]:
    """Return the functions of DuckDB itself whose results change by themselves: the same in each of its files."""
    with import_module("duckdb").connect() as connection:
        return frozenset(name for (name,) in connection.execute(_UNSTEADY_SQL).fetchall()) - _STEADY_TABLES


def is_unsteady(sql: str, names: Names) -> bool:
    """Whether a query, or a view that it may name, calls what gives another result at another time.

    By names alone: a table's function that is not known to be steady, and each function of the file, count as such.
    """
    unsteady = unsteady_functions(import_module("duckdb").__version__) | names.own
    texts, seen = [code_of(sql)], set[str]()
    while texts:
        text = texts.pop().lower()
        if _CLOCKS.search(text) or not unsteady.isdisjoint(_CALL.findall(text)):
            return True
        words = set(_WORD.findall(text))
        for name, view in names.views.items():
            if name not in seen and (name in words or not name.isidentifier()):
                seen.add(name)
                texts.append(view)
    return False
