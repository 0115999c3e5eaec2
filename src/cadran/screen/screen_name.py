"""What has a slug: a screen, named without importing it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class ScreenName(Protocol):
    """A screen."""

    slug: str
