"""What can be told from SQL text without a database."""

from __future__ import annotations

import re

_SKIPPED = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*'", re.DOTALL)
_PARAMETER = re.compile(r"(?<![\w:]):([A-Za-z_]\w*)")
_FROM = re.compile(r"\bfrom\s+(?:\"([^\"]+)\"|\[([^\]]+)\]|`([^`]+)`|([\w.]+))", re.IGNORECASE)
_READS = re.compile(r"\s*\(?\s*(select|with|values)\b", re.IGNORECASE)


def code_of(sql: str) -> str:
    """Return ``sql`` with comments and text literals blanked."""
    return _SKIPPED.sub(lambda match: "''" if match[0].startswith("'") else " ", sql)


def parameters_of(sql: str) -> set[str]:
    """Return the names of the ``:name`` parameters."""
    return set(_PARAMETER.findall(code_of(sql)))


def is_reading(sql: str) -> bool:
    """Whether the statement begins as one that reads. The driver's walls do not depend on this."""
    return _READS.match(code_of(sql)) is not None


def first_table(sql: str) -> str | None:
    """Return the first table named after FROM, for a label."""
    match = _FROM.search(code_of(sql))
    return None if match is None else next(filter(None, match.groups()), None)


def normal_form(sql: str) -> str:
    """Return ``sql`` with runs of white space as one space: the same text for the same query, indented or not."""
    return " ".join(sql.split())
