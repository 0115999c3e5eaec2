"""Write the page's types from the Python structs; ``--check`` exits 1 where they are out of date."""

from __future__ import annotations

import struct
import sys
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import inspect

from cadran.engine import measured
from cadran.frames import wire
from cadran.screen import layout

FOLDER = Path(__file__).parents[1] / "page" / "src" / "generated"
MODULES = (layout, wire)
HEAD = """\
// Generated from src/cadran/screen/layout.py and src/cadran/frames/wire.py by scripts/generate_types.py.
// Change those, then run it again.
"""
MEASURED_HEAD = """\
// Generated from src/cadran/engine/measured.py by scripts/generate_types.py. Change that, then run it again.
"""


def main() -> int:
    texts = {FOLDER / "wire.ts": generate(), FOLDER / "measured.ts": generate_measured()}
    if "--check" in sys.argv[1:]:
        stale = [file.name for file, text in texts.items() if not file.exists() or file.read_text() != text]
        if stale:
            print(f"{', '.join(stale)} is out of date: run python scripts/generate_types.py", file=sys.stderr)
        return len(stale[:1])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        file.write_text(text)
    return 0


def generate_measured() -> str:
    """Return the TypeScript of what ``GET /api/screens/{name}/debug`` answers."""
    found: dict[str, str] = {}

    def walk(info: Any) -> None:
        if isinstance(info, inspect.StructType | inspect.DataclassType):
            if info.cls.__name__ in found:
                return
            found[info.cls.__name__] = ""
            for field in info.fields:
                walk(field.type)
            found[info.cls.__name__] = _interface(info.cls, optional_defaults=False)
        for one in (*getattr(info, "types", ()), *([info.item_type] if hasattr(info, "item_type") else ())):
            walk(one)

    walk(inspect.type_info(measured.ScreenMeasures))
    return "\n".join([MEASURED_HEAD, *(found[name] for name in sorted(found))])


def generate() -> str:
    """Return the TypeScript: constants, aliases, interfaces, in the order of the Python."""
    sent_by_page = _reachable(wire.ViewerMessage)
    parts = [HEAD, *_constants()]
    for module in MODULES:
        for name, value in vars(module).items():
            if name.startswith("_"):
                continue
            if _is_alias(value):
                parts.append(f"export type {name} = {_alias(value)};\n")
            elif isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.__name__:
                parts.append(_interface(value, optional_defaults=value.__name__ in sent_by_page))
    return "\n".join(parts)


def _constants() -> list[str]:
    lines = []
    for name, value in vars(wire).items():
        if name.isupper() and isinstance(value, int | float):
            lines.append(f"export const {name} = {value:_};".replace(".0;", ";"))
        elif name.isupper() and isinstance(value, struct.Struct):
            lines.append(f"export const {name}_BYTES = {value.size};")
    return ["\n".join(lines) + "\n"]


def _is_alias(value: Any) -> bool:
    return get_origin(value) in (Union, Literal, types.UnionType)


def _alias(value: Any) -> str:
    if get_origin(value) is Literal:
        return " | ".join(f'"{one}"' for one in get_args(value))
    return " | ".join(dict.fromkeys(_name(inspect.type_info(one)) for one in get_args(value)))


def _reachable(root: Any) -> set[str]:
    """Return the names of all structs that ``root`` is made of."""
    found: set[str] = set()

    def walk(info: Any) -> None:
        if isinstance(info, inspect.StructType) and info.cls.__name__ not in found:
            found.add(info.cls.__name__)
            for field in info.fields:
                walk(field.type)
        for attribute in ("types", "item_types"):
            for one in getattr(info, attribute, ()):
                walk(one)
        if hasattr(info, "item_type"):
            walk(info.item_type)

    walk(inspect.type_info(root))
    return found


def _interface(cls: type, *, optional_defaults: bool) -> str:
    info = inspect.type_info(cls)
    assert isinstance(info, inspect.StructType | inspect.DataclassType)
    comment = f"/** {(cls.__doc__ or '').strip().splitlines()[0]} */\n" if cls.__doc__ else ""
    if isinstance(info, inspect.StructType) and info.array_like:
        items = ", ".join(f"{field.encode_name}: {_name(field.type)}" for field in info.fields)
        return f"{comment}export type {cls.__name__} = readonly [{items}];\n"
    lines = [f"{comment}export interface {cls.__name__} {{"]
    if isinstance(info, inspect.StructType) and info.tag_field is not None:
        lines.append(f'  readonly {info.tag_field}: "{info.tag}";')
    is_short = isinstance(info, inspect.StructType) and info.cls.__struct_config__.omit_defaults
    for field in info.fields:
        mark = "?" if (optional_defaults or is_short) and not field.required else ""
        lines.append(f"  readonly {field.encode_name}{mark}: {_name(field.type)};")
    return "\n".join([*lines, "}", ""])


def _name(info: Any) -> str:
    """Return the TypeScript of one type."""
    match info:
        case inspect.StructType() | inspect.DataclassType():
            return info.cls.__name__
        case inspect.NoneType():
            return "null"
        case inspect.BoolType():
            return "boolean"
        case inspect.StrType():
            return "string"
        case inspect.IntType() | inspect.FloatType():
            return "number"
        case inspect.LiteralType():
            # In the order of the source: msgspec sorts.
            return " | ".join(f'"{value}"' for value in info.values)
        case inspect.UnionType():
            return " | ".join(dict.fromkeys(_name(one) for one in info.types))
        case inspect.VarTupleType() | inspect.ListType():
            inner = _name(info.item_type)
            return f"readonly ({inner})[]" if "|" in inner else f"readonly {inner}[]"
        case inspect.TupleType():
            return f"readonly [{', '.join(_name(one) for one in info.item_types)}]"
        case inspect.DictType():
            return f"Readonly<Record<{_name(info.key_type)}, {_name(info.value_type)}>>"
    raise TypeError(f"no TypeScript is known for {info!r}")


if __name__ == "__main__":
    sys.exit(main())
