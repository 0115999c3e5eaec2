"""The Python in the documents runs: each document's blocks in order, in one namespace, with a database to read."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect("shop.db") as connection:
        connection.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY, left INTEGER)")
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ts REAL, region TEXT, amount REAL)")
        connection.execute("INSERT INTO orders VALUES (1, 1800000000.0, 'North', 12.5)")
    connection.close()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", ["README.md", "docs/guide.md", "docs/sources.md"])
def test_python_in_documents_runs(name: str) -> None:
    blocks = _BLOCK.findall((ROOT / name).read_text("utf-8"))
    assert len(blocks) >= 2
    namespace: dict[str, object] = {}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"{name}, block {number}", "exec"), namespace)
