"""From a file to a program; every way in which a file can be wrong is one message."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cadran.cli.loading import load_program, parse_target
from cadran.errors import UsageError

TWO = """\
from cadran.screen.screen import DashboardScreen, screen

@screen("One")
def one(ui, tokens): ui.text(None, "1")

class Two(DashboardScreen):
    title = "Two"
    def render(self, ui, tokens): ui.text(None, "2")

both = [one, Two]
number = 3
"""


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def slugs(folder: Path, text: str, name: str = "") -> list[str]:
    file = folder / "app.py"
    file.write_text(text)
    return list(load_program(parse_target(f"{file}{name}")).screens)


def test_every_screen_in_the_file_is_served(tmp_path: Path) -> None:
    assert slugs(tmp_path, TWO) == ["one", "two"]


@pytest.mark.parametrize(("name", "expected"), [(":one", ["one"]), (":Two", ["two"]), (":both", ["one", "two"])])
def test_a_name_picks_a_screen_a_class_or_a_list(tmp_path: Path, name: str, expected: list[str]) -> None:
    assert slugs(tmp_path, TWO, name) == expected


def test_a_class_and_its_object_are_one_screen(tmp_path: Path) -> None:
    assert slugs(tmp_path, TWO + "\nmade = Two()\nagain = made\n") == ["one", "two"]


def test_the_files_neighbours_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_app.py").write_text(TWO)
    assert slugs(tmp_path, "from neighbour_of_app import one\n") == ["one"]


def test_a_file_may_have_a_name_that_python_uses(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text(TWO)
    assert list(load_program(parse_target(str(tmp_path / "json.py"))).screens) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("x = 1\n", "", "app.py holds no screen"),
        (TWO, ":three", "has no 'three'; screens in it: one, Two"),
        (TWO, ":number", "must be a screen or a list of screens, got int"),
        ("a = 1\nb = 1 / 0\n", "", "app.py, line 2: ZeroDivisionError: division by zero"),
        ("a = 1\nb = (\n", "", "app.py, line 2: SyntaxError"),
        ("import not_there_at_all\n", "", "app.py, line 1: ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "", "app.py, line 1: SystemExit: 3"),
        (TWO.replace('ui.text(None, "1")', "ui.nothing()"), "", "screen 'one' cannot be described: .*app.py"),
        (TWO + '\n@screen("One")\ndef other(ui, tokens): ui.text(None, "3")\n', "", "two screens have the slug 'one'"),
    ],
)
def test_what_is_wrong_is_one_message_that_says_where(tmp_path: Path, text: str, name: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        slugs(tmp_path, text, name)


def test_an_error_in_a_neighbour_names_the_neighbour(tmp_path: Path) -> None:
    (tmp_path / "faulty_neighbour.py").write_text("\n\nraise RuntimeError('no')\n")
    with pytest.raises(UsageError, match=r"faulty_neighbour.py, line 3: RuntimeError: no"):
        slugs(tmp_path, "import faulty_neighbour\n")


@pytest.mark.parametrize(("target", "expected"), [("none.py", "no file none.py"), ("none.py:x", "no file none.py")])
def test_a_missing_file_is_named(target: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        parse_target(target)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        parse_target(str(tmp_path))


def test_a_file_that_is_not_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("a,b\n")
    with pytest.raises(UsageError, match=r"must end in .py"):
        load_program(parse_target(str(tmp_path / "data.csv")))
