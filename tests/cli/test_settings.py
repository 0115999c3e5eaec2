"""Settings: flag, then environment, then file, then default; and what is said of wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadran.cli.flags import settings_from
from cadran.cli.parser import make_parser
from cadran.errors import UsageError
from cadran.settings import Settings, read_settings
from cadran.settings.table import rows

SECRET = "planted-secret-0123456789"


def from_file(folder: Path, text: str) -> Settings:
    file = folder / "cadran.toml"
    file.write_text(text)
    return read_settings({}, {}, file)


def test_without_anything_every_setting_has_its_default() -> None:
    settings = read_settings({}, {}, Path("/nonexistent/cadran.toml"))
    for row in rows():
        assert getattr(getattr(settings, row.section), row.key) == row.default


def test_flag_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    file = tmp_path / "cadran.toml"
    file.write_text('[server]\nhost = "from.file"\nport = 1\nroot_path = "/file"\n')
    environ = {"CADRAN_SERVER_HOST": "from.env", "CADRAN_SERVER_PORT": "2"}
    server = read_settings({"server.host": "from.flag"}, environ, file).server
    assert (server.host, server.port, server.root_path, server.origins) == ("from.flag", 2, "/file", ())


def test_an_empty_variable_is_not_set() -> None:
    assert read_settings({}, {"CADRAN_SERVER_PORT": ""}, Path("/nonexistent")).server.port is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[server]\nprot = 1\n", "no setting server.prot; did you mean server.port"),
        ("[sever]\nport = 1\n", r"no section \[sever\]; did you mean server"),
        ("[page]\nzzzzzzzz = 1\n", "known: .*page.open"),
        ("server = 3\n", "must be a section"),
        ("[server\n", "is not TOML"),
        ('[server]\nport = "many"\n', "server.port in .*cadran.toml must be a port from 0 .* got 'many'"),
        ("[server]\nport = true\n", "must be a port"),
        ("[server]\nport = 70000\n", "must be a port"),
        ("[server]\nhosts = [1]\n", "must be names"),
        ("[page]\nopen = 1\n", "must be true or false"),
        ('[log]\nlevel = "loud"\n', "must be one of debug, info, warning, error"),
    ],
)
def test_a_wrong_file_is_an_error_that_says_where_and_what(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        from_file(tmp_path, text)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no settings file .*none.toml"):
        settings_from(make_parser().parse_args(["demo", "--config", str(tmp_path / "none.toml")]))


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(UsageError, match="CADRAN_SERVER_PORT must be a port .* got 'tcp://10.0.0.1:8400'"):
        read_settings({}, {"CADRAN_SERVER_PORT": "tcp://10.0.0.1:8400"}, Path("/nonexistent"))


def test_a_wrong_flag_is_named() -> None:
    with pytest.raises(UsageError, match="--port must be a port"):
        settings_from(make_parser().parse_args(["demo", "--port", "x"]))


def test_lists_come_from_repeated_flags_and_from_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CADRAN_SERVER_ORIGINS", "https://a.example, https://b.example")
    args = make_parser().parse_args(["demo", "--allow-host", "a.example", "--allow-host", "b.example"])
    server = settings_from(args).server
    assert server.hosts == ("a.example", "b.example")
    assert server.origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(("flag", "is_open"), [("--open", True), ("--no-open", False)])
def test_open_is_a_switch(flag: str, is_open: bool) -> None:
    assert settings_from(make_parser().parse_args(["demo", flag])).page.open is is_open


def test_s15_a_token_is_in_no_message_and_no_repr(tmp_path: Path) -> None:
    settings = from_file(tmp_path, f'[server]\ntoken = "{SECRET}"\n')
    assert settings.server.token == SECRET
    assert SECRET not in repr(settings)
    for wrong in (f'[server]\ntoken = ["{SECRET}"]\n', f'server = "{SECRET}"\n', f'token = "{SECRET}"\n'):
        with pytest.raises(UsageError) as caught:
            from_file(tmp_path, wrong)
        assert SECRET not in str(caught.value)


def test_a_token_file_is_read_and_trimmed(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{SECRET}\n")
    assert settings_from(make_parser().parse_args(["demo", "--token-file", str(file)])).server.token == SECRET


@pytest.mark.parametrize("content", [None, "", "\n", b"\xff\xfe"])
def test_a_token_file_without_a_token_is_an_error(tmp_path: Path, content: str | bytes | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UsageError, match="--token-file"):
        settings_from(make_parser().parse_args(["demo", "--token-file", str(file)]))


def test_s25_a_settings_file_runs_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not TOML"):
        from_file(tmp_path, "import os\nos.abort()\n")
