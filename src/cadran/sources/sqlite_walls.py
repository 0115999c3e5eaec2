"""What a query may do in SQLite: read, and nothing else; and whether its result can change by itself."""

from __future__ import annotations

import sqlite3

_DENIED_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zipfile", "lsdir"})

# Functions that depend on nothing but their arguments. Others (random, datetime, current_timestamp, …, and
# any that this list forgets) may give another result tomorrow from the same data.
_STEADY_NAMES = """
    abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce concat concat_ws cos cosh count
    cume_dist degrees dense_rank exp first_value floor format glob group_concat hex ifnull iif instr json
    json_array json_array_length json_extract json_group_array json_group_object json_object json_type
    json_valid -> ->> lag last_value lead length like likelihood likely ln log log10 log2 lower ltrim max min
    mod nth_value ntile nullif octet_length percent_rank pi pow power printf quote radians rank replace round
    row_number rtrim sign sin sinh sqrt string_agg substr substring subtype sum tan tanh total trim trunc typeof
    unhex unicode unlikely upper match bm25 highlight snippet
"""
_STEADY_FUNCTIONS = frozenset(_STEADY_NAMES.split())


class Walls:
    """A connection's authorizer. ``is_steady`` tells of all statements prepared so far, views included."""

    def __init__(self) -> None:
        self.is_steady = True

    def __call__(
        self, action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None
    ) -> int:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            name = (second or "").lower()
            if name in _DENIED_FUNCTIONS:
                return sqlite3.SQLITE_DENY
            self.is_steady = self.is_steady and name in _STEADY_FUNCTIONS
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() == "data_version" and second is None:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_UPDATE and first in ("sqlite_master", "sqlite_temp_master"):
            # What SQLite asks when it sets up a virtual table such as json_each or a full-text index; a real
            # update of its catalogue is refused by SQLite itself, and the file is open for reading only.
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY
