"""The error tree, sorted by who must act.

``UsageError`` is yours to mend in code, ``ClosedError`` says that you closed the thing you use,
``OutsideError`` says that the world outside (a database, a file, a network) failed.
Each message says where, what was expected, what was got and what to do.
"""


class CadranError(Exception):
    """Base of every error that Cadran raises on purpose."""


class UsageError(CadranError, ValueError):
    """The program uses Cadran wrongly; the code that calls must change."""


class ClosedError(CadranError):
    """The channel, engine or viewer was closed by its owner."""


class OutsideError(CadranError):
    """Something outside the program failed: a database, a file, a network."""


class SourceTimeout(OutsideError):
    """A read took longer than its time-out and was cancelled."""
