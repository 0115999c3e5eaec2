"""The demonstration as a viewer sees it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.demo.rig import FULL, opened

import cadran as cd
from cadran.demo.counters import Abilities
from cadran.demo.machine import machine_screen, program
from cadran.demo.place import Place
from cadran.screen.layout import KpiPanel, LinePanel, Panel, TextPanel

HERE = Place(Path("/nowhere/machine.db"), False)


def panels_of(here: Abilities) -> tuple[Panel, ...]:
    return machine_screen(HERE, here).describe().layout.panels


def count(panels: tuple[Panel, ...], kind: type) -> int:
    return sum(isinstance(panel, kind) for panel in panels)


@pytest.mark.slow
def test_importing_it_does_nothing(tmp_path: Path, repository: Path) -> None:
    code = "import sys, threading, cadran.demo.machine; sys.exit(threading.active_count() - 1)"
    env = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(repository / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])


def test_describing_it_opens_nothing(tmp_path: Path) -> None:
    described = program(tmp_path / "deep" / "machine.db")
    assert described.sources
    assert list(tmp_path.iterdir()) == []


def test_a_rich_machine_gets_every_panel() -> None:
    panels = panels_of(Abilities(2, FULL))
    assert count(panels, KpiPanel) >= 16
    assert count(panels, LinePanel) >= 10
    assert count(panels, TextPanel) == 1


@pytest.mark.parametrize("gone", ["cpu", "net_in net_out", "disk_read disk_write", "load_1 load_5 load_15", "memory"])
def test_what_the_machine_cannot_tell_is_not_described(gone: str) -> None:
    less = panels_of(Abilities(2, FULL - set(gone.split())))
    assert len(less) < len(panels_of(Abilities(2, FULL)))


def test_a_machine_that_tells_nothing_still_has_a_screen() -> None:
    panels = panels_of(Abilities(0, frozenset()))
    assert {panel.key for panel in panels} >= {"processes", "busiest-processes", "events", "how-it-works"}
    assert not count(panels, LinePanel) - 1


def test_at_most_eight_cores_are_drawn_and_the_title_says_so() -> None:
    cores = {num: next((p for p in panels_of(Abilities(num, FULL)) if p.key == "cores"), None) for num in (1, 8, 64)}
    assert cores[1] is None
    assert isinstance(cores[8], LinePanel)
    assert (len(cores[8].series), cores[8].title) == (8, "Each core, last minute")
    assert isinstance(cores[64], LinePanel)
    assert (len(cores[64].series), cores[64].title) == (8, "Cores 1–8 of 64, last minute")


def test_the_streamed_half(tmp_path: Path) -> None:
    with opened(tmp_path / "machine.db") as rig:
        viewer = rig.live.viewer()
        rig.run(5)
        assert viewer.value("processor") == 75.0
        assert viewer.value("busiest-core") == 100.0
        assert viewer.value("received") == 1000.0
        assert viewer.value("headroom") == 25.0
        assert viewer.value("verdict") == "Busy"
        assert viewer.value("memory-available") == 5e8
        assert viewer.value("recording") == "On"
        assert viewer.value("swap-used") is None  # a gap
        line = viewer.series("processor-last-minute")
        assert line is not None
        assert line.ids.size > 40  # ten times a second
        cores = [viewer.series("cores", place) for place in (0, 1)]
        assert [round(float(core.last[-1])) for core in cores if core is not None] == [100, 50]


def test_the_feeder_is_silent_and_the_screen_says_so(tmp_path: Path) -> None:
    with opened(tmp_path / "machine.db") as rig:
        viewer = rig.live.viewer()
        rig.run(5)
        assert viewer.state("processor") == "live"
        rig.live.advance("4s")
        assert viewer.state("processor") == "stale"
        assert viewer.value("processor") == 75.0


@pytest.mark.slow
def test_the_half_from_the_database(tmp_path: Path) -> None:
    with opened(tmp_path / "machine.db") as rig:
        viewer = rig.live.viewer()
        stored = rig.live.program.description("machine").layout.sections[2]
        viewer.see(*[viewer.panels[index].key for row in stored.rows for index in row.panels])
        rig.run(40)
        hour = viewer.series("processor-last-hour")
        assert hour is not None
        assert set(hour.last) == {75.0}
        assert viewer.rows("memory-by-program")[0][0] == "browser"
        assert [row[1] for row in viewer.rows("memory-by-program")] == [477 * 2**20, 381 * 2**20]
        assert {row[1] for row in viewer.rows("busiest-processes")} == {"editor", "browser"}
        assert viewer.rows("busiest-processes")[0][3] == 10.0
        assert dict(viewer.rows("processor-last-10-minutes"))["Idle"] == 25.0
        programs = dict(viewer.rows("processor-time-by-program-10-min"))
        assert programs["editor"] == pytest.approx(2 * programs["browser"])
        assert viewer.value("time-recorded") in range(28, 41)
        assert all(state != "error" for state in (viewer.state(panel.key) for panel in viewer.panels))
        rig.machine.processes.append((13, 9.0, "compiler", 1e6))
        rig.run(15)
        assert "compiler began (process 13)" in [row[3] for row in viewer.rows("events")]


@pytest.mark.slow
def test_an_equal_result_costs_nothing(tmp_path: Path) -> None:
    """Every second rows come in; a picture of whole steps of ten seconds changes once in ten seconds."""
    with opened(tmp_path / "machine.db") as rig:
        viewer = rig.live.viewer()
        viewer.see("processor-last-hour")
        rig.run(20)
        before = viewer.num_data_pieces
        rig.run(30)
        changed = viewer.num_data_pieces - before
        assert 2 * 2 <= changed <= 2 * 4  # two lines, each at every new step


@pytest.mark.slow
def test_the_second_start_shows_what_the_first_one_wrote(tmp_path: Path) -> None:
    path = tmp_path / "machine.db"
    with opened(path) as rig:
        rig.run(30)
    with opened(path) as rig:
        viewer = rig.live.viewer()
        rig.live.advance("1s")
        hour = viewer.series("processor-last-hour")
        assert hour is not None
        assert hour.ids.size


def test_measures_are_functions() -> None:
    from cadran.demo.measures import busiest_of, verdict_of

    assert [verdict_of(left) for left in (None, 5.0, 20.0, 80.0)] == [None, "Strained", "Busy", "Calm"]
    assert busiest_of(None, 20.0, 90.0) == 90.0
    assert busiest_of(None) is None


def test_the_demo_command_serves_this_machine() -> None:
    assert isinstance(program("/nowhere/machine.db").screens["machine"], cd.DashboardScreen)
