"""Where data comes from besides channels: queries and functions that are read again."""

from cadran.sources.database import Database, Query, database
from cadran.sources.digest import digest_frame, digest_rows, digest_scalar
from cadran.sources.driver import Driver, QuerySpec
from cadran.sources.function import FunctionSource, TableFunction, source
from cadran.sources.polled import Appended, PolledSource, Reader, Reading, Unchanged, Whole

__all__ = [
    "Appended",
    "Database",
    "Driver",
    "FunctionSource",
    "PolledSource",
    "Query",
    "QuerySpec",
    "Reader",
    "Reading",
    "TableFunction",
    "Unchanged",
    "Whole",
    "database",
    "digest_frame",
    "digest_rows",
    "digest_scalar",
    "source",
]
