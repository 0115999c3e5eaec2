"""What a run measures, with whom, and under which conditions."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from bench.__main__ import cannot, wanted_numbers, wanted_peers
from bench.conditions import commit_of
from bench.contender import peer_names
from bench.workloads import NUMBERS, w1long_growth


def test_all_peers_take_part_unless_it_is_said_or_it_is_to_be_quick() -> None:
    assert wanted_peers("", is_quick=False) == wanted_peers("all", is_quick=True) == peer_names()
    assert wanted_peers("", is_quick=True) == wanted_peers("0", is_quick=False) == []
    assert wanted_peers("dash,bokeh", is_quick=True) == ["dash", "bokeh"]


def test_five_minutes_a_page_are_only_measured_if_asked_for() -> None:
    long = w1long_growth.NUMBER
    assert set(NUMBERS) - set(wanted_numbers("", is_long=False)) == {long}
    assert wanted_numbers("", is_long=True) == list(NUMBERS)
    assert wanted_numbers("W1,W3", is_long=True) == [long, "W3"]
    assert wanted_numbers("W1", is_long=False) == ["W1"]


def test_peers_of_a_run_that_cannot_do_a_workload_are_named() -> None:
    assert [(one.case, one.contender) for one in cannot("W5", ["bokeh", "streamlit", "nicegui"])] == [
        ("", "streamlit"),
        ("", "nicegui"),
    ]
    assert cannot("W1", peer_names()) == []


def test_the_commit_is_told_and_whether_what_is_measured_was_modified(tmp_path: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("no Git")

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(
            [git, "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True, text=True
        ).stdout

    assert "unknown" in commit_of(tmp_path / "nowhere")
    run("init", "--quiet")
    for folder in ("src", "docs"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_text("1")
    run("add", "src", "docs")
    run("commit", "--quiet", "-m", "first")
    commit = run("rev-parse", "--short", "HEAD").strip()
    (tmp_path / "docs" / "file").write_text("2")
    assert commit_of(tmp_path) == commit
    (tmp_path / "src" / "file").write_text("2")
    assert commit_of(tmp_path) == f"{commit}, modified"
