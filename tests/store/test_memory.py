"""The bound on all points follows the memory that there is."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from cadran.store.memory import memory_bytes, points_max


@pytest.mark.parametrize("text", ["max\n", ""])
def test_without_a_limit_it_is_the_machines(tmp_path: Path, text: str) -> None:
    (tmp_path / "memory.max").write_text(text, "ascii")
    limits = (tmp_path / "memory.max", tmp_path / "not there")
    assert memory_bytes(limits) == psutil.virtual_memory().total


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("268435456\n", "ascii")
    assert memory_bytes((tmp_path / "memory.max",)) == 256 * 2**20


def test_a_hundred_million_points_fit_in_5_gib() -> None:
    assert points_max(5 * 2**30) > 100_000_000
