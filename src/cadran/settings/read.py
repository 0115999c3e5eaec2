"""Reading the settings once, from all three places, into a frozen value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from cadran.errors import UsageError
from cadran.settings.table import LogSettings, PageSettings, ServerSettings, Setting, Settings, rows
from cadran.words import nearest

FILE_NAME = "cadran.toml"


def read_settings(
    flags: Mapping[str, object], environ: Mapping[str, str], file: Path | None = None, *, is_required: bool = False
) -> Settings:
    """Return every setting's value: from ``flags`` (by name such as ``server.port``), else the environment, else
    ``file`` (``cadran.toml`` of the working folder if None), else the default.

    Raises ``UsageError`` naming the place for a value that is wrong, for a key that is not known, and if
    ``is_required`` for a file that is not there. A secret's value is in no message.
    """
    path = file or Path(FILE_NAME)
    in_file = _from_file(path, is_required)
    values: dict[str, dict[str, object]] = {}
    for row in rows():
        section = values.setdefault(row.section, {})
        if row.name in flags:
            section[row.key] = flags[row.name]
        elif environ.get(row.variable, "") != "":
            section[row.key] = parse(row, environ[row.variable], row.variable)
        elif row.name in in_file:
            section[row.key] = parse(row, in_file[row.name], f"{row.name} in {path}")
    return Settings(
        server=ServerSettings(**values["server"]),  # type: ignore[arg-type]
        page=PageSettings(**values["page"]),  # type: ignore[arg-type]
        log=LogSettings(**values["log"]),  # type: ignore[arg-type]
    )


def parse(row: Setting, value: object, place: str) -> object:
    """Return ``value`` as the setting takes it. Raises ``UsageError`` naming ``place``."""
    try:
        return row.about.kind.parse(value)
    except ValueError as expected:
        got = "something else" if row.about.is_secret else repr(value)
        raise UsageError(f"{place} must be {expected}, got {got}") from None


def _from_file(path: Path, is_required: bool) -> dict[str, object]:
    """Return the values in the file by name; none if there is no file."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if is_required:
            raise UsageError(f"there is no settings file {path}") from None
        return {}
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    known = {row.name for row in rows()}
    sections = {row.section for row in rows()}
    found: dict[str, object] = {}
    for section, table in document.items():
        if section not in sections:
            raise UsageError(f"{path}: there is no section [{section}]{nearest(section, sections)}")
        if not isinstance(table, dict):
            raise UsageError(f"{path}: {section} must be a section, [{section}], got a {type(table).__name__}")
        for key, value in table.items():
            if f"{section}.{key}" not in known:
                raise UsageError(f"{path}: there is no setting {section}.{key}{nearest(f'{section}.{key}', known)}")
            found[f"{section}.{key}"] = value
    return found
