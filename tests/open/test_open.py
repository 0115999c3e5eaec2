"""``cadran open`` on databases that nobody has seen: a screen without an error, and a program that shows the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.open import databases
from tests.open.databases import NOW

import cadran.testing
from cadran import DashboardScreen
from cadran.cli.loading import import_file
from cadran.open.opening import Opened, Wish, open_target
from cadran.open.program_text import program_text
from cadran.open.screens import program_of
from cadran.screen.layout import BarPanel, KpiPanel, LinePanel, PiePanel, TablePanel
from cadran.screen.program import Program
from cadran.testing import VirtualClock

EACH = pytest.mark.parametrize("name", list(databases.ALL))


def opened(path: Path, **more: object) -> Opened:
    return open_target(Wish(target=str(path), **more), lambda: NOW)  # type: ignore[arg-type]


def shown(program: Program, secs: str = "6s") -> dict[str, object]:
    """Everything that a viewer of each screen sees."""
    seen: dict[str, object] = {}
    with cadran.testing.open(program, clock=VirtualClock(NOW)) as live:
        viewers = {slug: live.viewer(slug) for slug in program.screens}
        live.advance(secs)
        for slug, viewer in viewers.items():
            for panel in viewer.panels:
                key = panel.key
                status = viewer.status(key)
                problem = None if status is None else msgspec.to_builtins(status).get("error")
                seen[f"{slug}/{key} state"] = (viewer.state(key), problem)
                if isinstance(panel, KpiPanel):
                    seen[f"{slug}/{key}"] = viewer.value(key)
                elif isinstance(panel, LinePanel):
                    for position in range(len(panel.series)):
                        line = viewer.series(key, position)
                        seen[f"{slug}/{key}/{position}"] = None if line is None else len(line.ids)
                elif isinstance(panel, BarPanel | PiePanel | TablePanel):
                    seen[f"{slug}/{key}"] = viewer.rows(key)
    return seen


def as_program(plan: Opened, folder: Path) -> Program:
    """Save a plan, and load what was saved."""
    file = folder / "saved_screen.py"
    file.write_text(program_text(plan.plan, file.name), encoding="utf-8")
    module = import_file(file)
    try:
        screens = [value for value in vars(module).values() if isinstance(value, DashboardScreen)]
        return Program(screens)
    finally:
        sys.path.remove(str(folder))
        del sys.modules[module.__name__]


@EACH
def test_no_panel_has_an_error(name: str, tmp_path: Path) -> None:
    seen = shown(program_of(opened(databases.ALL[name](tmp_path)).plan))
    states = {key: value for key, value in seen.items() if key.endswith(" state")}
    wrong = {key: value for key, value in states.items() if value[0] not in ("live", "empty")}  # type: ignore[index]
    assert states
    assert wrong == {}
    if name != "empty":
        assert any(value for key, value in seen.items() if not key.endswith(" state"))


@EACH
def test_the_saved_program_has_the_same_layout_and_the_same_values(name: str, tmp_path: Path) -> None:
    plan = opened(databases.ALL[name](tmp_path))
    proposed, saved = program_of(plan.plan), as_program(plan, tmp_path)
    assert {slug: proposed.description(slug).layout for slug in proposed.screens} == {
        slug: saved.description(slug).layout for slug in saved.screens
    }
    assert shown(proposed) == shown(saved)


@EACH
def test_the_saved_program_is_formatted(name: str, tmp_path: Path) -> None:
    text = program_text(opened(databases.ALL[name](tmp_path)).plan, "shop.py")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "--diff", "-"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout.decode()


@EACH
def test_a_proposal_is_no_more_than_a_screen_can_hold(name: str, tmp_path: Path) -> None:
    for screen in opened(databases.ALL[name](tmp_path)).plan.screens:
        assert 1 <= len(screen.kpis) <= 4
        assert len(screen.lines) <= 4
        assert len(screen.breakdowns) <= 3
        assert len(screen.rows.columns) <= 9
        titles = [one.title for one in screen.kpis]
        titles += [one.title for one in screen.lines]
        titles += [one.title for one in screen.breakdowns]
        assert all(title.strip() and "_" not in title for title in titles)
