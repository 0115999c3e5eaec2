"""The folders are the path of the data; a room imports only from rooms on its left, and from leaves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "cadran"
PATH = [
    "updates", "channel", "sources", "store", "metrics", "screen", "open", "frames", "engine", "settings", "server",
    "cli",
]  # fmt: skip
LEAVES = {
    "errors", "durations", "clock", "readable", "demand", "listeners", "jobs", "backoff", "words", "timings",
    "turn", "polars_when_used", "telling", "zones",
}  # fmt: skip
ASIDE = {"client": {"updates"}}
"""Rooms off the path, and which of its rooms they may import; of the path only ``cli`` imports them."""
ANYTHING = {"testing", "demo"}
"""Products built on all the rest; nobody imports them but each other, and ``cli`` the demo."""

EXCEPTIONS = {
    # Inside a function: only a program that serves needs the server. The types of what it returns cost nothing.
    ("screen/program.py:asgi", "cadran.server.app"),
    ("screen/program.py:TYPE_CHECKING", "cadran.server.app"),
    ("screen/screen.py:TYPE_CHECKING", "cadran.server.app"),
    ("cli", "cadran.demo"),
}


def imports_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (where, module) for each import of ours; ``where`` names the function it is in, or TYPE_CHECKING."""
    name = file.relative_to(SOURCE).as_posix()
    pending: list[tuple[ast.AST, str]] = [(ast.parse(file.read_text(encoding="utf-8")), "")]
    while pending:
        node, function = pending.pop()
        where = f"{name}:{function}" if function else name
        if isinstance(node, ast.ImportFrom):
            yield where, node.module or ""
            if node.module == "cadran":
                yield from ((where, f"cadran.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((where, alias.name) for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            function = "TYPE_CHECKING"
        pending.extend((child, function) for child in ast.iter_child_nodes(node))


def is_exception(where: str, module: str) -> bool:
    return any(where.startswith(start) and module.startswith(target) for start, target in EXCEPTIONS)


def is_allowed(where: str, module: str) -> bool:
    room = where.partition("/")[0].partition(":")[0].removesuffix(".py")
    parts = module.split(".")
    if parts[0] != "cadran" or len(parts) == 1 or room in ANYTHING or room == "__init__":
        return True
    target = parts[1]
    if target == room or target in LEAVES:
        return True
    if is_exception(where, module):
        return True
    if room in ASIDE or target in ASIDE:
        return target in ASIDE.get(room, ()) or room == "cli"
    return room in PATH and target in PATH and PATH.index(target) < PATH.index(room)


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_imports_point_to_the_left(file: Path) -> None:
    wrong = [f"{where} imports {module}" for where, module in imports_of(file) if not is_allowed(where, module)]
    assert wrong == []


def test_every_folder_has_its_place() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert folders <= {*PATH, *LEAVES, *ASIDE, *ANYTHING}


@pytest.mark.parametrize(
    ("where", "module", "expected"),
    [
        ("store/store.py", "cadran.updates.update", True),
        ("store/store.py", "cadran.errors", True),
        ("store/store.py", "cadran.screen.slots", False),
        ("errors.py", "cadran.store", False),
        ("screen/program.py:asgi", "cadran.server.app", True),
        ("screen/screen.py:TYPE_CHECKING", "cadran.server.app", True),
        ("screen/ui.py:TYPE_CHECKING", "cadran.server.app", False),
        ("screen/screen.py", "cadran.server.app", False),
        ("screen/ui.py:asgi", "cadran.server.app", False),
        ("screen/ui.py", "cadran.testing", False),
        ("testing/kit.py", "cadran.engine", True),
        ("store/store.py", "polars", True),
        ("client/channel.py", "cadran.updates.update", True),
        ("client/channel.py", "cadran.channel", False),
        ("cli/send.py", "cadran.client", True),
        ("server/api.py", "cadran.client", False),
    ],
)
def test_the_rule_itself(where: str, module: str, expected: bool) -> None:
    assert is_allowed(where, module) is expected
