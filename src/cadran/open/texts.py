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


CHAIN = "\0"
"""Stands in an argument before each ``.method()`` at which it may be broken: a formatter does so where it must."""


def call(name: str, arguments: Sequence[str], indent: str) -> str:
    """Return a call: in one line, else its arguments in one, else each in its own."""
    plain = ", ".join(arguments).replace(CHAIN, "")
    line = f"{indent}{name}({plain})"
    if "\n" not in line and len(line) <= WIDTH:
        return line
    inner = f"{indent}    {plain}"
    if "\n" not in inner and len(inner) <= WIDTH:
        return f"{indent}{name}(\n{inner}\n{indent})"
    lines = "".join(f"{_argument(argument, indent + '    ')},\n" for argument in arguments)
    return f"{indent}{name}(\n{lines}{indent})"


def _argument(argument: str, indent: str) -> str:
    plain = argument.replace(CHAIN, "")
    is_long = "\n" not in plain and len(indent) + len(plain) + 1 > WIDTH
    return indent + (argument.replace(CHAIN, f"\n{indent}") if is_long else plain)


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
