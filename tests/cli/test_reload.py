"""``cadran run --reload``: a save shows, a mistake leaves the old one running, nothing outlives the parent."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import psutil
import pytest
from tests.cli.process import Command, get, write_screen

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="sockets are handed over by descriptor"),
]


def start(folder: Path) -> Command:
    return Command("run", "app.py", "--reload", "--port", "0", "--no-open", cwd=folder)


def test_a_save_shows_at_the_same_address(tmp_path: Path) -> None:
    write_screen(tmp_path, "Before")
    with start(tmp_path) as command:
        url = command.wait_url()
        assert "Before" in get(f"{url}api/screens")
        write_screen(tmp_path, "After")
        command.wait_for(r"Reloaded: app\.py")
        assert "After" in get(f"{url}api/screens")
        code, secs = command.end(signal.SIGTERM)
    assert (code, "Traceback" in command.output) == (0, False), command.output
    assert secs < max(5.0, 2 * command.began_secs), "or twice what beginning took here"


def test_a_mistake_leaves_the_old_one_running_and_says_so(tmp_path: Path) -> None:
    file = write_screen(tmp_path, "Before")
    with start(tmp_path) as command:
        url = command.wait_url()
        old = psutil.Process(command.process.pid).children()[0]
        file.write_text("1 / 0\n")
        command.wait_for(r"app\.py, line 1: ZeroDivisionError")
        command.wait_for("the screens from before go on")
        assert "Before" in get(f"{url}api/screens")
        assert old.is_running()
        write_screen(tmp_path, "After")
        command.wait_for("Reloaded")
        assert "After" in get(f"{url}api/screens")
        code, _ = command.end(signal.SIGINT)
    assert code == 0


def test_a_mistake_at_the_start_waits_for_the_mend(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def broken(:\n")
    with start(tmp_path) as command:
        command.wait_for("SyntaxError")
        command.wait_for("waiting for a change")
        write_screen(tmp_path, "Mended")
        url = command.wait_url()
        assert "Mended" in get(f"{url}api/screens")


def test_the_child_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    write_screen(tmp_path, "Oven")
    with start(tmp_path) as command:
        command.wait_url()
        child = psutil.Process(command.process.pid).children()[0]
        command.process.kill()
        assert child.wait(60) in (0, None)
