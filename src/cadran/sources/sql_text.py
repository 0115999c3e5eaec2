"""What can be told from SQL text without a database, and how parameters are written for one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

_SKIPPED = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*'", re.DOTALL)
# Whatever comes first wins: what begins as a comment, a text or a quoted name hides what is within.
_PARTS = re.compile(
    r"""
      --[^\n]*
    | /\*.*?(?:\*/|\Z)
    | (?<!\w)[eE]'(?:[^'\\]|''|\\.)*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | `[^`]*`
    | (?<!\w)\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$
    | (?<![\w:]):(?P<name>[A-Za-z_]\w*)
    """,
    re.DOTALL | re.VERBOSE,
)
_FROM = re.compile(r"\bfrom\s+(?:\"([^\"]+)\"|\[([^\]]+)\]|`([^`]+)`|([\w.]+))", re.IGNORECASE)
_READS = re.compile(r"\s*\(?\s*(select|with|values)\b", re.IGNORECASE)

ParameterStyle = Literal["named", "dollar", "pyformat"]
"""``:name``, ``$name`` or ``%(name)s``."""
_WRITTEN: dict[ParameterStyle, str] = {"named": ":{}", "dollar": "${}", "pyformat": "%({})s"}


def code_of(sql: str) -> str:
    """Return ``sql`` with comments and text literals blanked."""
    return _SKIPPED.sub(lambda match: "''" if match[0].startswith("'") else " ", sql)


def without_texts(sql: str) -> str:
    """Return ``sql`` with spaces, as many, in place of comments and text literals; quoted names stay."""

    def blanked(match: re.Match[str]) -> str:
        return match[0] if match["name"] is not None or match[0][0] in '"`' else " " * len(match[0])

    return _PARTS.sub(blanked, sql)


def parameters_of(sql: str) -> set[str]:
    """Return the names of the ``:name`` parameters."""
    return {name for name, _, _ in named_parts(sql)}


def named_parts(sql: str) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each ``:name`` parameter, and from where to where it stands."""
    for match in _PARTS.finditer(sql):
        if match["name"] is not None:
            yield match["name"], match.start(), match.end()


def bind(sql: str, parameters: Mapping[str, object], style: ParameterStyle) -> tuple[str, dict[str, object]]:
    """Return ``sql`` with its ``:name`` parameters as a driver writes them, and the values of those that it names.

    Nothing that looks like a parameter in a comment, a text or a quoted name is touched.
    """
    written, used = [], {}
    end = 0

    def plain(text: str) -> str:
        return text.replace("%", "%%") if style == "pyformat" else text

    for match in _PARTS.finditer(sql):
        name = match["name"]
        if name is not None and name in parameters:
            written += [plain(sql[end : match.start()]), _WRITTEN[style].format(name)]
            used[name] = parameters[name]
            end = match.end()
    return "".join([*written, plain(sql[end:])]), used


def without_end(sql: str) -> str:
    """Return one statement without the semicolon that ends it, and what follows."""

    def blanked(match: re.Match[str]) -> str:
        return match[0] if match["name"] is not None else " " * len(match[0])

    end = _PARTS.sub(blanked, sql).find(";")
    return sql if end < 0 else sql[:end]


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
