"""Where a server is: its address as people give it, and what is asked for there."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from cadran.errors import UsageError
from cadran.updates.numbers import describe

_CHANNEL = re.compile(r"[^\x00-\x1f\x7f]{1,256}")


def checked_url(url: object, name: str = "url") -> str:
    """Return a server's address without a slash at its end.

    Raises ``UsageError`` for what is none, and for one with a secret in it, which would end up in logs.
    """
    expected = f"{name} must be an address such as http://127.0.0.1:8400"
    if not isinstance(url, str):
        raise UsageError(f"{expected}, got {describe(url)}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as problem:
        raise UsageError(f"{expected}, got one that cannot be read: {problem}") from None
    if "@" in parts.netloc:
        raise UsageError(f"{name} must not hold a secret: give the token by itself")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(f"{expected}, got {url!r}")
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise UsageError(f"{expected}, in plain ASCII, got {url!r}")
    return url.rstrip("/")


def channel_url(base_url: str, channel: str) -> str:
    """Return where a channel takes updates."""
    return f"{base_url}/api/channels/{quote(channel, safe='')}"


def check_channel(name: object) -> str:
    """Return a channel's name. Raises ``UsageError`` for one that no channel can have."""
    if not isinstance(name, str) or not _CHANNEL.fullmatch(name):
        raise UsageError(f'channel: expected a name such as "press", got {describe(name)}')
    return name


def check_token(token: object) -> str | None:
    """Return a token that fits into a header. Raises ``UsageError``, which does not show it, for another."""
    if token is None:
        return None
    if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
        raise UsageError("token must be printable ASCII text, to fit into a header")
    return token.strip()
