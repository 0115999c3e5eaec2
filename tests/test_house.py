"""House rules that the linter cannot hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def calls(file: Path) -> Iterator[tuple[str, ast.Call, str]]:
    """Yield each call of a plain or dotted name, with the comment-bearing text of its lines and the one above."""
    text = file.read_text("utf-8")
    lines = ["", *text.splitlines()]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = ast.unparse(node.func)
            yield name, node, "\n".join(lines[max(0, node.lineno - 1) : (node.end_lineno or node.lineno) + 1])


def test_every_deque_is_bounded_or_says_by_what() -> None:
    """A deque without maxlen needs a comment ``# bounded …`` on its line or the one above."""
    bare = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in SOURCES
        for name, call, text in calls(file)
        if name in ("deque", "collections.deque")
        and len(call.args) < 2
        and not any(keyword.arg == "maxlen" for keyword in call.keywords)
        and "# bounded" not in text
    ]
    assert not bare


@pytest.mark.parametrize("name", ["time.sleep", "sleep"])
def test_tests_never_sleep(name: str) -> None:
    slept = [
        f"{file.relative_to(ROOT)}:{call.lineno}" for file in TESTS for called, call, _ in calls(file) if called == name
    ]
    assert not slept


def test_typed_for_its_users() -> None:
    assert (ROOT / "src" / "cadran" / "py.typed").is_file()
