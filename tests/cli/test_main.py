"""The command itself: version, help, and errors before anything is served."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.process import SCREEN

from cadran.cli import serving
from cadran.cli.main import main


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("cadran ")


@pytest.mark.parametrize("args", [[], ["sing"], ["run"], ["demo", "--unknown"]])
def test_a_command_line_that_is_none_is_code_2(args: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(args)
    assert ended.value.code == 2


def test_a_missing_file_is_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "none.py"]) == 2
    assert capsys.readouterr().err == "cadran: there is no file none.py\n"


def test_a_missing_page_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "STATIC_FOLDER", tmp_path)
    (tmp_path / "app.py").write_text(SCREEN.format(title="Oven", body="hello"))
    assert main(["run", str(tmp_path / "app.py")]) == 2
    assert "make page" in capsys.readouterr().err
