"""Pieces of a program's text, laid out as the usual formatter would."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH = 100


def literal(text: str) -> str:
    """Return a text as Python writes it, in double quotes where that needs no escapes."""
    written = repr(text)
    if written.startswith("'") and '"' not in text:
        return '"' + written[1:-1] + '"'
    return written


def call(name: str, arguments: Sequence[str], indent: str) -> str:
    """Return a call: in one line, else its arguments in one, else each in its own."""
    line = f"{indent}{name}({', '.join(arguments)})"
    if "\n" not in line and len(line) <= WIDTH:
        return line
    inner = f"{indent}    {', '.join(arguments)}"
    if "\n" not in inner and len(inner) <= WIDTH:
        return f"{indent}{name}(\n{inner}\n{indent})"
    lines = "".join(f"{indent}    {argument},\n" for argument in arguments)
    return f"{indent}{name}(\n{lines}{indent})"


def list_of(items: Sequence[str], indent: str) -> str:
    """Return a list, each item in its own line. ``indent``: of the line in which it begins."""
    lines = "".join(f"{indent}    {item},\n" for item in items)
    return f"[\n{lines}{indent}]"


def sql_text(sql: str, indent: str) -> str:
    """Return SQL as a text of one line, or between three quotes."""
    if "\n" not in sql or '"""' in sql or "\\" in sql or sql.endswith('"'):
        return literal(sql)
    lines = "\n".join(f"{indent}{line}" if line else "" for line in sql.split("\n"))
    return f'"""\n{lines}\n{indent}"""'
