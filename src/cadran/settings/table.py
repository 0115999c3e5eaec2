"""The one table of settings: command line, environment, file, errors and ``docs/settings.md`` all come from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from cadran.settings import kinds
from cadran.settings.kinds import Kind

_ABOUT = "cadran"


class About(NamedTuple):
    """What the table says of a setting beside its default."""

    kind: Kind
    help: str
    flag: str | None
    shown_default: str | None
    is_secret: bool


def _setting(
    default: object,
    kind: Kind,
    help: str,
    *,
    flag: str | None = None,
    shown_default: str | None = None,
    is_secret: bool = False,
) -> Any:
    about = About(kind, help, flag, shown_default, is_secret)
    return dataclasses.field(default=default, repr=not is_secret, metadata={_ABOUT: about})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where the server listens, and to whom it answers."""

    host: str = _setting(
        "127.0.0.1", kinds.TEXT, "Address to listen on; any but this machine's own needs a token.", flag="--host"
    )
    port: int | None = _setting(
        None, kinds.PORT, "Port to listen on.", flag="--port", shown_default="8400, or the next that is free"
    )
    token: str | None = _setting(
        None,
        kinds.TOKEN,
        "Secret that viewers and senders must show, at least 16 characters. On the command line: a file that holds it.",
        flag="--token-file",
        shown_default="none",
        is_secret=True,
    )
    hosts: tuple[str, ...] = _setting(
        (), kinds.NAMES, "Host names that the server answers to, beside this machine's own.", flag="--allow-host"
    )
    origins: tuple[str, ...] = _setting(
        (), kinds.NAMES, "Web origins whose pages may use the server, beside its own.", flag="--allow-origin"
    )
    frame_ancestors: tuple[str, ...] = _setting((), kinds.NAMES, "Web origins whose pages may show screens in a frame.")
    root_path: str = _setting(
        "", kinds.TEXT, "Prefix under which a proxy shows the server, such as /live.", flag="--root-path"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """What happens with the page at the start."""

    open: bool = _setting(True, kinds.SWITCH, "Open the page in a browser, where there is a desktop.", flag="--open")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What is written to the terminal."""

    level: str = _setting("warning", kinds.LEVEL, "Least level that is logged.", flag="--log-level")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, each with a value."""

    server: ServerSettings = ServerSettings()
    page: PageSettings = PageSettings()
    log: LogSettings = LogSettings()


class Setting(NamedTuple):
    """One row of the table."""

    section: str
    key: str
    default: object
    about: About

    @property
    def name(self) -> str:
        """Its place in ``cadran.toml``, such as ``server.port``."""
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"CADRAN_{self.section}_{self.key}".upper()

    @property
    def shown_default(self) -> str:
        """Its default as documents and help show it."""
        return self.about.shown_default or self.about.kind.show(self.default)


def rows() -> Iterator[Setting]:
    """Yield the settings in the order of the table."""
    for section in dataclasses.fields(Settings):
        for field in dataclasses.fields(section.default):  # type: ignore[arg-type]
            yield Setting(section.name, field.name, field.default, field.metadata[_ABOUT])
