"""``cadran run`` as a process: it serves, says where, and stops when told."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest
from tests.cli.process import Command, get, write_screen

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_f16_it_serves_and_a_signal_ends_it_with_code_0(tmp_path: Path, sig: signal.Signals) -> None:
    write_screen(tmp_path, "Oven")
    with Command("run", "app.py", "--port", "0", "--no-open", cwd=tmp_path) as command:
        url = command.wait_url()
        assert '"name":"oven"' in get(f"{url}api/screens").replace(" ", "")
        code, secs = command.end(sig)
    assert (code, "Traceback" in command.output) == (0, False), command.output
    assert secs < max(5.0, 2 * command.began_secs), "or twice what beginning took here"


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(tmp_path: Path) -> None:
    write_screen(tmp_path, "Oven")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Command("run", "app.py", "--port", str(port), "--no-open", cwd=tmp_path) as command:
            code, _ = command.end()
    assert code == 2
    assert f"port {port} is taken" in command.output


@pytest.mark.parametrize("options", [[], ["--reload"]])
def test_s01_an_open_bind_without_a_token_refuses_to_start(tmp_path: Path, options: list[str]) -> None:
    write_screen(tmp_path, "Oven")
    with Command("run", "app.py", "--host", "0.0.0.0", "--no-open", *options, cwd=tmp_path) as command:
        code, _ = command.end()
    assert code == 2
    assert "token" in command.output
    assert "Traceback" not in command.output


def test_an_import_that_fails_is_one_line_and_code_2(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import nothing_of_that_name\n")
    with Command("run", "app.py", cwd=tmp_path) as command:
        code, _ = command.end()
    assert code == 2
    message = "cadran: app.py, line 1: ModuleNotFoundError: No module named 'nothing_of_that_name'\n"
    assert command.output == message
