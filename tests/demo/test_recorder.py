"""What is recorded, by whom, and what happens when it can't be."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest
from tests.demo.files import read

from cadran.demo.history import SAMPLE_COLUMNS
from cadran.demo.place import Place
from cadran.demo.processes import ProcessWatch
from cadran.demo.recorder import ON, OTHER, Recorder, means_of
from cadran.demo.sampler import Sample

NOW = 1_800_000_000.0


def tick(recorder: Recorder, samples: deque[Sample], second: int) -> None:
    samples.extend((NOW + second + tenth / 10, {"cpu": 10.0 * tenth}) for tenth in range(10))
    recorder.tick(float(second), NOW + second)


def test_a_second_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "new" / "machine.db"
    samples: deque[Sample] = deque()
    recorder = Recorder(Place(path, False), samples, watch=ProcessWatch(list))
    for second in range(4):
        tick(recorder, samples, second)
    assert read(path, "SELECT ts - 1800000000, cpu, cpu_peak FROM samples WHERE cpu IS NOT NULL") == [
        (0, 45.0, 90.0), (1, 45.0, 90.0), (2, 45.0, 90.0),
    ]  # fmt: skip
    recorder.close()


def test_means_leave_gaps_out() -> None:
    row = dict(zip(SAMPLE_COLUMNS, means_of([{"cpu": 1.0}, {"cpu": None}, {"cpu": 3.0}], 55.0), strict=True))
    assert (row["cpu"], row["cpu_peak"], row["memory"], row["temperature"]) == (2.0, 3.0, None, 55.0)


def test_only_one_of_two_demos_writes_and_the_other_takes_over(tmp_path: Path) -> None:
    where = Place(tmp_path / "machine.db", False)
    first, second = (Recorder(where, deque(), watch=ProcessWatch(list)) for _ in range(2))
    first.tick(0.0, NOW)
    second.tick(0.0, NOW)
    assert (first.state, second.state) == (ON, OTHER)
    first.close()
    second.tick(10.0, NOW + 10)
    assert second.state == ON
    second.close()


def test_trouble_with_the_file_pauses_the_recording_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "machine.db"
    path.mkdir()
    samples: deque[Sample] = deque()
    recorder = Recorder(Place(path, False), samples, watch=ProcessWatch(list))
    for second in range(8):
        tick(recorder, samples, second)
    assert recorder.state.startswith("Paused")
    assert len(caplog.records) == 1
    path.rmdir()
    tick(recorder, samples, 12)
    assert recorder.state == ON
    assert len(read(path, "SELECT ts FROM samples WHERE cpu IS NOT NULL")) == 8  # what waited is there
    recorder.close()


def test_a_file_that_was_removed_is_made_anew_with_higher_ids(tmp_path: Path) -> None:
    path = tmp_path / "machine.db"
    samples: deque[Sample] = deque()
    recorder = Recorder(Place(path, False), samples, watch=ProcessWatch(list))
    for second in range(3):
        tick(recorder, samples, second)
    (before,) = read(path, "SELECT max(id) FROM samples")
    for file in tmp_path.glob("machine.db*"):
        file.unlink()
    for second in range(3, 9):
        tick(recorder, samples, second)
    (after,) = read(path, "SELECT max(id) FROM samples")
    assert after > before
    recorder.close()


def test_a_temporary_place_is_gone_at_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "cadran-1234"
    recorder = Recorder(Place(folder / "machine.db", True), deque(), watch=ProcessWatch(list))
    recorder.tick(0.0, NOW)
    assert (folder / "machine.db").exists()
    recorder.close()
    assert not folder.exists()
