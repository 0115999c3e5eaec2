"""Polars, imported once something has to do with tables: a server without any weighs a quarter less for it.

``from cadran.polars_when_used import is_frame, pl``. To touch an attribute of ``pl`` imports it; so none may be
touched while a module is imported, nor to tell whether a value is a frame.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    from typing_extensions import TypeIs
else:

    class _PolarsWhenUsed:
        """Looks like the module. From any thread: an import under way is waited for."""

        def __getattr__(self, name: str) -> Any:
            value = getattr(import_module("polars"), name)
            setattr(self, name, value)  # found at once from now on
            return value

    pl = _PolarsWhenUsed()

__all__ = ["import_polars", "is_frame", "pl"]


def import_polars() -> None:
    """Import it now, where it is clear that it will be used: it takes a moment, which no frame should wait for."""
    import_module("polars")


def is_frame(value: object) -> TypeIs[pl.DataFrame]:
    """Whether ``value`` is a table. Before anybody imported Polars nothing is."""
    frame_type = getattr(sys.modules.get("polars"), "DataFrame", None)
    return frame_type is not None and isinstance(value, frame_type)
