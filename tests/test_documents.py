"""Documents that can fail: what they take from the code is up to date, and their links lead somewhere."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct

from cadran.frames import wire
from cadran.screen import layout
from cadran.settings import read_settings
from cadran.sources import Database, database, source, told
from cadran.sources.cursor import CursorStrategy
from cadran.sources.late_cursor import LateCursorStrategy
from cadran.sources.whole import WholeStrategy

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.slow
def test_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_protocol_names_every_field_on_the_wire() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    tables = dict(re.findall(r"^\*\*`(\w+)`\*\*.*\n\n((?:\|.*\n)+)", page, re.MULTILINE))
    structs = [
        value
        for module in (layout, wire)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Struct) and value.__module__ == module.__name__
    ]
    assert wire.Welcome in structs
    for one in structs:
        table = tables[one.__name__.lstrip("_")]
        assert [field for field in one.__annotations__ if f"| `{field}` |" not in table] == [], one.__name__


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(document.read_text("utf-8")) if "://" not in link]
    missing = [link for link in links if not (document.parent / link).exists()]
    assert not missing


def test_the_settings_file_in_the_documents_is_one(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    file = tmp_path / "cadran.toml"
    file.write_text(example[1])
    assert read_settings({}, {}, file).server.hosts == ("dash.example.com",)


def test_the_changelog_names_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"## {version}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_what_is_told_of_sources_is_what_they_take() -> None:
    functions: dict[str, Callable[..., object]] = {"DATABASE": database, "QUERY": Database.query, "FUNCTION": source}
    for name, function in functions.items():
        taken = [one for one in inspect.signature(function).parameters if one != "self"]
        assert sorted(getattr(told, name)) == sorted(taken), name


def test_each_way_to_read_is_described() -> None:
    page = (ROOT / "docs" / "sources.md").read_text("utf-8")
    for way in (CursorStrategy.how, LateCursorStrategy.how, WholeStrategy.how, "probe + digest"):
        assert f"| **{way}** |" in page
