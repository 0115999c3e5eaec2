"""Kinds of settings: how each is written as text and in TOML, and what is wrong with what is not one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from cadran.errors import UsageError

LEVELS = ("debug", "info", "warning", "error")
_SWITCHES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Kind(NamedTuple):
    """``parse`` takes a text or a TOML value and raises ``ValueError`` saying what it expected."""

    metavar: str
    parse: Callable[[object], object]
    show: Callable[[object], str]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")
    return value.strip()


def _port(value: object) -> int:
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 65_535:
        raise ValueError("a port from 0 (any that is free) to 65535")
    return number


def _switch(value: object) -> bool:
    found = _SWITCHES.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool):
        raise ValueError("true or false")
    return found


def _names(value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise ValueError("names, as a list or separated by commas")
    return tuple(part.strip() for part in parts if part.strip())


def _level(value: object) -> str:
    if not isinstance(value, str) or value.strip().lower() not in LEVELS:
        raise ValueError(f"one of {', '.join(LEVELS)}")
    return value.strip().lower()


def _token(value: object) -> str | None:
    if not isinstance(value, str):
        raise ValueError("a text")
    return value.strip() or None


def read_token_file(path: str) -> str:
    """Return the token that a file holds. Raises ``UsageError`` if it cannot be read or is empty."""
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read(4096).strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageError(f"--token-file: cannot read {path}: {reason}") from None
    if not token:
        raise UsageError(f"--token-file: {path} is empty, expected the token")
    return token


def log_level(name: str) -> int:
    """Return the number that ``logging`` has for a level."""
    return logging.getLevelNamesMapping()[name.upper()]


TEXT = Kind("TEXT", _text, lambda value: f"`{value}`" if value else "empty")
PORT = Kind("PORT", _port, str)
SWITCH = Kind("", _switch, lambda value: f"`{str(value).lower()}`")
NAMES = Kind("NAMES", _names, lambda value: "none")
LEVEL = Kind("LEVEL", _level, lambda value: f"`{value}`")
TOKEN = Kind("FILE", _token, lambda value: "none")
