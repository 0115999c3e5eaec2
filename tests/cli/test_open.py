"""``cadran open`` as a command: it serves what it proposes, or writes it."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path

import pytest
from tests.cli.process import Command, get

from cadran.cli.main import main

pytestmark = pytest.mark.slow


def make(folder: Path) -> Path:
    path = folder / "shop.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE stock (sku TEXT PRIMARY KEY, quantity INTEGER)")
        database.executemany("INSERT INTO stock VALUES (?, ?)", [(f"S{number}", number) for number in range(50)])
        database.execute("CREATE VIEW broken AS SELECT x FROM gone")
    database.close()
    return path


def test_it_serves_a_screen_and_says_what_is_left_out(tmp_path: Path) -> None:
    make(tmp_path)
    with Command("open", "shop.db", "--port", "0", "--no-open", cwd=tmp_path) as command:
        url = command.wait_url()
        assert '"name":"stock"' in get(f"{url}api/screens").replace(" ", "")
        code, _ = command.end(signal.SIGTERM)
    assert code == 0
    assert "Left out: broken" in command.output


def test_it_saves_a_program_that_runs_and_overwrites_none(tmp_path: Path) -> None:
    make(tmp_path)
    with Command("open", "shop.db", "--save", "shop.py", cwd=tmp_path) as command:
        code, _ = command.end()
    assert code == 0, command.output
    with Command("run", "shop.py", "--port", "0", "--no-open", cwd=tmp_path) as command:
        url = command.wait_url()
        assert '"name":"stock"' in get(f"{url}api/screens").replace(" ", "")
        command.end(signal.SIGTERM)
    before = (tmp_path / "shop.py").read_text()
    with Command("open", "shop.db", "--save", "shop.py", cwd=tmp_path) as command:
        code, _ = command.end()
    assert code == 2
    assert "is there already" in command.output
    assert (tmp_path / "shop.py").read_text() == before


def test_what_is_wrong_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", str(make(tmp_path)), "--table", "stok"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "there is no table 'stok'" in error
    assert "stock" in error
