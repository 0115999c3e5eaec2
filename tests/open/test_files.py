"""Files that grow: what was added is read, a torn last line waits, a folder's files are one table."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from tests.open.databases import NOW, iso
from tests.open.test_open import as_program, opened, shown

import cadran.testing
from cadran.cli.open import without_password
from cadran.errors import OutsideError, UsageError
from cadran.open import files
from cadran.open.files import FollowedFiles
from cadran.open.opening import Wish, open_target, url_of
from cadran.open.plan import DatabaseOrigin, ProgramPlan
from cadran.open.screens import program_of
from cadran.testing import VirtualClock


def lines(first: int, count: int) -> str:
    return "".join(
        f"{iso(NOW - 4000 + number * 7 + number % 3)},{'ab'[number % 2]},{number / 2}\n"
        for number in range(first, first + count)
    )


def add(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))  # as time would


def measurements(folder: Path, count: int = 500) -> Path:
    path = folder / "measurements.csv"
    path.write_text("at,kind,value\n" + lines(0, count), encoding="utf-8")
    return path


def test_a_csv_file_has_a_screen_and_a_program_that_shows_the_same(tmp_path: Path) -> None:
    plan = opened(measurements(tmp_path))
    proposed, saved = program_of(plan.plan), as_program(plan, tmp_path)
    layouts = [each.description("measurements").layout for each in (proposed, saved)]
    assert layouts[0] == layouts[1]
    seen = shown(proposed)
    assert seen == shown(saved)
    assert all(value[0] == "live" for key, value in seen.items() if key.endswith(" state"))  # type: ignore[index]


def test_years_of_a_file_are_years_in_each_part_that_is_added(tmp_path: Path) -> None:
    path = tmp_path / "states.csv"
    path.write_text(
        "Year,marriages\n" + "".join(f"{year},{year * 2}\n" for year in range(1990, 2010)), encoding="utf-8"
    )
    screen = opened(path).plan.screens[0]
    assert (screen.read.time, screen.kpis[0].title) == ("Year", "Marriages, mean of 2009")
    followed = FollowedFiles(path, "Year", 100)
    assert followed.rows()["Year"].max() == datetime(2009, 1, 1)
    add(path, "2010,4020\n")
    assert followed.rows()["Year"].max() == datetime(2010, 1, 1)


def test_only_what_was_added_is_read_and_a_torn_line_waits(tmp_path: Path) -> None:
    path = measurements(tmp_path, 5_000)
    followed = FollowedFiles(path, "at", 100_000)
    assert followed.rows().height == 5_000
    before = followed.num_bytes_read
    assert followed.rows().height == 5_000
    assert followed.num_bytes_read == before
    new = lines(5_000, 3)
    add(path, new[:-9])
    assert followed.rows().height == 5_002
    add(path, new[-9:])
    rows = followed.rows()
    assert rows.height == 5_003
    assert rows["value"][-1] == 5_002 / 2
    assert followed.num_bytes_read - before < 1_000


def test_a_last_line_without_its_end_is_taken_once_the_file_rests(tmp_path: Path) -> None:
    path = measurements(tmp_path, 10)
    new = lines(10, 2)
    add(path, new[:-1])
    now = path.stat().st_mtime
    followed = FollowedFiles(path, "at", 100_000, lambda: now)
    assert followed.rows().height == 11
    now += 60
    assert followed.rows()["value"].to_list()[-2:] == [5.0, 5.5]
    add(path, "\n" + lines(12, 1))
    assert followed.rows()["value"].to_list()[-3:] == [5.0, 5.5, 6.0]


def test_a_file_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = measurements(tmp_path)
    followed = FollowedFiles(path, "at", 100_000)
    followed.rows()
    path.write_text("at,kind,value\n" + lines(0, 3), encoding="utf-8")
    assert followed.rows().height == 3
    path.unlink()
    with pytest.raises(OutsideError, match="measurements.csv can't be read"):
        followed.rows()


def test_a_folder_is_one_table_and_its_new_files_join(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "1.ndjson").write_text('{"at": 1767225600123, "value": 1}\n{"at": 1767225601123, "value": 2}\n')
    (folder / "2.ndjson").write_text('{"at": 1767225602123, "value": 2.5, "kind": "a"}\n{"at": 17672')
    followed = FollowedFiles(folder, "at", 100_000)
    rows = followed.rows()
    assert rows["value"].to_list() == [1, 2, 2.5]
    assert rows["kind"].to_list() == [None, None, "a"]
    assert rows["at"].dtype == pl.Datetime("us")
    pl.DataFrame({"at": [1767225603123], "value": ["broken"]}).write_parquet(folder / "3.parquet")
    assert followed.rows()["value"].to_list() == ["1", "2", "2.5", "broken"]
    (folder / "3.parquet").unlink()
    assert followed.rows()["value"].to_list() == [1, 2, 2.5]


def test_of_many_rows_the_last_are_kept(tmp_path: Path) -> None:
    followed = FollowedFiles(measurements(tmp_path, 50), None, 20)
    assert followed.rows()["value"].to_list() == [number / 2 for number in range(30, 50)]


def test_a_screen_follows_its_file(tmp_path: Path) -> None:
    path = measurements(tmp_path)
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer = live.viewer()
        live.advance("3s")
        before = viewer.rows("newest-measurements")
        add(path, f"{iso(NOW)},b,123.5\n")
        live.advance("3s")
        after = viewer.rows("newest-measurements")
    assert after != before
    assert 123.5 in after[0]


def test_what_can_not_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    problems = {"a.txt": "expected a SQLite", "none.db": "there is no file or folder", ".": "holds no file"}
    for target, problem in problems.items():
        with pytest.raises(UsageError, match=problem):
            open_target(Wish(target=str(tmp_path / target)))
    with pytest.raises(UsageError, match="--table and --query are for databases"):
        open_target(Wish(target=str(measurements(tmp_path)), query="SELECT 1"))
    with pytest.raises(UsageError, match="ends in"):
        files(tmp_path / "a.txt")


def test_databases_are_told_by_their_content(tmp_path: Path) -> None:
    path = tmp_path / "anything.csv"
    path.write_bytes(b"SQLite format 3\x00" + bytes(100))
    assert url_of(str(path)) == f"sqlite:///{path}"
    path.write_bytes(bytes(8) + b"DUCK" + bytes(100))
    assert url_of(str(path)) == f"duckdb:///{path}"


def test_s15_a_password_is_not_saved(capsys: pytest.CaptureFixture[str]) -> None:
    plan = ProgramPlan(origin=DatabaseOrigin(url="postgresql://ada:s3cret@db/shop?sslmode=require"), screens=())
    origin = without_password(plan).origin
    assert isinstance(origin, DatabaseOrigin)
    assert origin.url == "postgresql://ada:${DATABASE_PASSWORD}@db/shop?sslmode=require"
    assert "s3cret" not in capsys.readouterr().out
