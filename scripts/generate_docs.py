"""Write what ``docs/`` takes from the code; ``--check`` exits 1 if it is out of date.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from cadran import Channel, Ui, column
from cadran.cli.parser import make_parser
from cadran.frames import wire
from cadran.screen import layout
from cadran.server.metrics import FAMILIES
from cadran.settings.table import Setting, rows
from cadran.sources import Database, database, source, told
from cadran.sources.urls import SCHEMES

DOCS = Path(__file__).parents[1] / "docs"
WRITTEN = ("cli.md", "metrics.md", "protocol.md", "screens.md", "settings.md", "sources.md")
SOURCES: dict[str, tuple[Callable[..., object], Mapping[str, str]]] = {
    "database": (database, told.DATABASE),
    "query": (Database.query, told.QUERY),
    "function": (source, told.FUNCTION),
}
SAID: dict[str, tuple[str, tuple[Callable[..., object], ...]]] = {
    "panels": ("ui.", (Ui.kpi, Ui.line, Ui.bar, Ui.pie, Ui.table, Ui.text)),
    "column": ("cd.", (column,)),
    "choices": ("ui.", (Ui.filter, Ui.search, Ui.range)),
    "places": ("ui.", (Ui.columns, Ui.section)),
    "channel": ("press.", (Channel.kpi, Channel.series, Channel.table)),
}
_PART = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    stale = [name for name in WRITTEN if not _update(DOCS / name, "--check" in sys.argv)]
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run python scripts/generate_docs.py", file=sys.stderr)
        return 1
    return 0


def _update(file: Path, is_check: bool) -> bool:
    old = file.read_text("utf-8")
    new = _PART.sub(lambda part: f"{part[1]}{generate(part[2])}\n{part[3]}", old)
    if not is_check:
        file.write_text(new, "utf-8")
    return old == new


def generate(name: str) -> str:
    """Return the text of one generated part. Raises ``KeyError`` for a name that is none."""
    if name == "settings":
        return _settings_table()
    if name == "metrics":
        return _metrics_table()
    if name == "schemes":
        return _schemes_table()
    if name in ("database", "query", "function"):
        function, told = SOURCES[name]
        return _arguments_table(function, told)
    if name in SAID:
        before, functions = SAID[name]
        return "\n\n".join(_said(before, function) for function in functions)
    if name.startswith("structs "):
        return _structs(name.removeprefix("structs "))
    return _command(commands()[name.removeprefix("command ")])


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    for action in make_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("cadran has commands")


def _settings_table() -> str:
    lines = ["| setting | flag | environment | default | meaning |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{row.name}` | {_flag(row)} | `{row.variable}` | {row.shown_default} | {row.about.help} |" for row in rows()
    ]
    return "\n".join(lines)


def _metrics_table() -> str:
    lines = ["| name | type | labels | meaning |", "| --- | --- | --- | --- |"]
    for one in FAMILIES:
        labels = ", ".join(f"`{label}`" for label in one.labels) or "–"
        suffix = "_total" if one.type == "counter" else ""
        lines.append(f"| `{one.name}{suffix}` | {one.type} | {labels} | {one.help} |")
    return "\n".join(lines)


def _schemes_table() -> str:
    lines = ["| URL | needs | options |", "| --- | --- | --- |"]
    by_example: dict[str, list[str]] = {}
    for name, scheme in SCHEMES.items():
        by_example.setdefault(scheme.example, []).append(name)
    for example, names in by_example.items():
        scheme = SCHEMES[names[0]]
        also = "".join(f", or `{name}://`" for name in names[1:])
        options = sorted(scheme.options) + ([] if scheme.is_file else ["password_file"])
        needs = f"`cadran[{scheme.extra}]`" if scheme.extra else "nothing more"
        lines.append(f"| `{example}`{also} | {needs} | {', '.join(f'`{one}`' for one in options) or 'none'} |")
    return "\n".join(lines)


def _arguments_table(function: Callable[..., object], told: Mapping[str, str]) -> str:
    """Raises ``KeyError`` for an argument that nothing is told of."""
    lines = ["| argument | default | meaning |", "| --- | --- | --- |"]
    for name, parameter in inspect.signature(function).parameters.items():
        if name != "self":
            default = "needed" if parameter.default is parameter.empty else f"`{_shown(parameter.default)}`"
            lines.append(f"| `{name}` | {default} | {told[name]} |")
    return "\n".join(lines)


def _said(before: str, function: Callable[..., object]) -> str:
    """A call with its arguments and defaults, and what its docstring tells."""
    arguments: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not {"*", "**"} & {each[:1] for each in arguments}:
            arguments.append("*")
        star = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is parameter.empty else f"={_code(parameter.default)}"
        arguments.append(f"{star}{name}{default}")
    told = inspect.cleandoc(function.__doc__ or "").replace("``", "`")
    return f"```text\n{before}{function.__name__}({', '.join(arguments)})\n```\n\n{told}"


def _code(default: object) -> str:
    return f'"{default}"' if isinstance(default, str) else "str" if default is str else repr(default)


def _shown(default: object) -> str:
    return f'"{default}"' if isinstance(default, str) else f"{default:,}" if type(default) is int else repr(default)


def _flag(row: Setting) -> str:
    if row.about.flag is None:
        return "–"
    if isinstance(row.default, bool):
        return f"`{row.about.flag}`, `--no-{row.about.flag.removeprefix('--')}`"
    return f"`{row.about.flag}`"


def _command(parser: argparse.ArgumentParser) -> str:
    lines = ["| argument | meaning |", "| --- | --- |"]
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{action.metavar}`"
        takes_value = action.option_strings and action.nargs != 0
        value = f" `{action.metavar or action.dest.upper()}`" if takes_value else ""
        lines.append(f"| {names}{value} | {action.help} |")
    return "\n".join(lines)


def _structs(which: str) -> str:
    """``sent``: by the server, ``layout``: within its ``Welcome``, ``viewer``: by the viewer."""
    module = layout if which == "layout" else wire
    by_viewer = _names_in(msgspec.inspect.type_info(wire.ViewerMessage))
    parts = []
    for cls in structs_of(module):
        if which == "layout" or (cls.__name__ in by_viewer) == (which == "viewer"):
            parts.append(_struct(module, cls, optional_defaults=which == "viewer"))
    return "\n\n".join(parts)


def structs_of(module: ModuleType) -> list[type[msgspec.Struct]]:
    """Return the structs that a module defines, in its order."""
    classes = [value for value in vars(module).values() if isinstance(value, type)]
    return [cls for cls in classes if issubclass(cls, msgspec.Struct) and cls.__module__ == module.__name__]


def _names_in(info: Any) -> set[str]:
    """Return the names of the structs that a type is made of."""
    inner = [*getattr(info, "types", ()), *(field.type for field in getattr(info, "fields", ()))]
    inner += [getattr(info, name) for name in ("item_type", "key_type", "value_type") if hasattr(info, name)]
    names = {info.cls.__name__} if isinstance(info, msgspec.inspect.StructType) else set()
    return names.union(*map(_names_in, inner))


def _struct(module: ModuleType, cls: type[msgspec.Struct], *, optional_defaults: bool) -> str:
    info = msgspec.inspect.type_info(cls)
    assert isinstance(info, msgspec.inspect.StructType)
    parent = cls.__base__
    base = parent.__name__ if parent in structs_of(module) else None
    shape = "A list of these, in this order. " if info.array_like else ""
    also = f"The fields of `{base.lstrip('_')}`, and:" if base else ""
    about = " ".join(" ".join((shape, inspect.cleandoc(cls.__doc__ or ""), also)).split())
    lines = [
        f"**`{cls.__name__.lstrip('_')}`** {about}".strip(),
        "",
        "| field | type | meaning |",
        "| --- | --- | --- |",
    ]
    if info.tag_field is not None:
        lines.append(f'| `{info.tag_field}` | `"{info.tag}"` | |')
    notes = dict(_notes(module, cls.__name__))
    for field in info.fields:
        if field.name in notes:
            is_optional = optional_defaults or cls.__struct_config__.omit_defaults
            optional = "May be left out. " if is_optional and not field.required else ""
            meaning = " ".join(f"{optional}{notes[field.name]}".split()).replace("None", "null")
            lines.append(f"| `{field.encode_name}` | {_json_type(field.type)} | {meaning} |".replace("|  |", "| |"))
    return "\n".join(lines).replace("``", "`")


def _notes(module: ModuleType, name: str) -> Iterator[tuple[str, str]]:
    """Yield the fields that a class itself has, each with the text below it."""
    classes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
    body = next(node.body for node in classes if node.name == name)
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            is_note = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            yield node.target.id, str(after.value.value) if is_note else ""  # type: ignore[union-attr]


_JSON_TYPES = {
    "IntType": "integer",
    "FloatType": "number",
    "StrType": "text",
    "BoolType": "boolean",
    "NoneType": "null",
}


def _json_type(info: Any) -> str:
    """Return the name of a type as it is in JSON."""
    match info:
        case msgspec.inspect.StructType():
            return f"`{info.cls.__name__}`"
        case msgspec.inspect.LiteralType():
            return ", ".join(f'`"{value}"`' for value in info.values)
        case msgspec.inspect.UnionType():
            return " or ".join(dict.fromkeys(map(_json_type, info.types)))
        case msgspec.inspect.VarTupleType():
            return f"list of {_json_type(info.item_type)}"
        case msgspec.inspect.DictType():
            return f"object of {_json_type(info.value_type)} by {_json_type(info.key_type)}"
    return _JSON_TYPES[type(info).__name__]


if __name__ == "__main__":
    sys.exit(main())
