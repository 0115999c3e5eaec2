"""The database file, and where it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.demo.files import read

from cadran.demo.history import KEEP_EVENTS, KEEP_SECS, SAMPLE_COLUMNS, Event, History
from cadran.demo.place import PATH_VARIABLE, Place, WriterLock, place
from cadran.demo.processes import Running
from cadran.errors import OutsideError

NOW = 1_800_000_000.0
ROW = tuple(float(number) for number in range(len(SAMPLE_COLUMNS)))


def test_rows_come_back(tmp_path: Path) -> None:
    path = tmp_path / "machine.db"
    history = History(path, NOW)
    running = [Running(1, 2.0, "a", 3.0, 4.0, 5.0)]
    history.write(NOW, [(NOW, ROW)], running, {"a": 1.5, "b": 0.001}, [Event(NOW, "info", "hello")])
    assert read(path, "SELECT ts, cpu FROM samples ORDER BY id DESC LIMIT 1") == [(NOW, 0.0)]
    assert read(path, "SELECT id, name FROM processes") == [("1@2.00", "a")]
    assert read(path, "SELECT name, secs FROM process_time") == [("a", 1.5)]
    history.write(NOW + 1, processes=[])
    assert read(path, "SELECT count(*) FROM processes") == [(0,)]
    history.close()


def test_old_rows_go_and_so_do_rows_of_a_clock_that_was_wrong(tmp_path: Path) -> None:
    path = tmp_path / "machine.db"
    history = History(path, NOW)
    ages = [KEEP_SECS + 10.0, 5.0, -KEEP_SECS - 10.0]
    events = [Event(NOW, "info", str(number)) for number in range(KEEP_EVENTS + 50)]
    history.write(NOW, [(NOW - age, ROW) for age in ages], events=events)
    history.prune(NOW)
    assert read(path, f"SELECT ts FROM samples WHERE id > {NOW}") == [(NOW - 5,)]
    assert read(path, "SELECT count(*) FROM events") == [(KEEP_EVENTS,)]
    history.close()


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough to have a header" * 10, b"cut"])
def test_a_damaged_file_is_moved_aside(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "machine.db"
    path.write_bytes(damage)
    History(path, NOW).close()
    aside = [file for file in tmp_path.iterdir() if ".old-" in file.name]
    assert [file.read_bytes() for file in aside] == [damage]
    assert read(path, "SELECT what FROM events") == [("Recording began",)]


def test_pages_that_are_damaged_are_found(tmp_path: Path) -> None:
    path = tmp_path / "machine.db"
    history = History(path, NOW)
    history.write(NOW, [(NOW + second, ROW) for second in range(2000)])
    history.close()
    content = bytearray(path.read_bytes())
    content[8192:65536] = b"\xff" * (65536 - 8192)
    path.write_bytes(content)
    History(path, NOW).close()
    assert any(".old-" in file.name for file in tmp_path.iterdir())


def test_an_older_version_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "machine.db"
    History(path, NOW).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    History(path, NOW).close()
    assert any(".old-" in file.name for file in tmp_path.iterdir())


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id)")
    connection.commit()
    connection.close()
    content = path.read_bytes()
    with pytest.raises(OutsideError, match="a database of something else"):
        History(path, NOW)
    assert path.read_bytes() == content


def test_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = place({PATH_VARIABLE: str(tmp_path / "here.db")})
    assert named == Place(tmp_path / "here.db", False)
    monkeypatch.setattr("sys.platform", "linux")
    assert place({"XDG_CACHE_HOME": str(tmp_path)}) == Place(tmp_path / "cadran" / "machine.db", False)
    monkeypatch.setattr("os.access", lambda *_args: False)
    nowhere = place({PATH_VARIABLE: str(tmp_path / "here.db")})
    assert nowhere.is_temporary
    assert not nowhere.path.parent.exists()


def test_the_lock_goes_with_its_file(tmp_path: Path) -> None:
    first, second = WriterLock(tmp_path / "a"), WriterLock(tmp_path / "a")
    assert (first.take(), first.take(), second.take()) == (True, True, False)
    first.give_back()
    assert second.take()
    second.give_back()
