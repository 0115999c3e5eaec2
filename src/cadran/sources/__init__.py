"""Where data comes from besides channels: queries and functions that are read again."""

from cadran.sources.asked import Asked
from cadran.sources.database import Database, Query, database
from cadran.sources.digest import digest_frame, digest_scalar
from cadran.sources.driver import Connection, ConnectionLostError, Driver
from cadran.sources.function import FunctionSource, TableFunction, source
from cadran.sources.polled import Appended, Merged, PolledSource, Reader, Reading, Unchanged, Whole
from cadran.sources.query_spec import QuerySpec

__all__ = [
    "Appended",
    "Asked",
    "Connection",
    "ConnectionLostError",
    "Database",
    "Driver",
    "FunctionSource",
    "Merged",
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
    "digest_scalar",
    "source",
]
