"""Tables as the library of a function's choice has them: Polars, pandas or Arrow, imported when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Literal, get_args

from cadran.errors import UsageError
from cadran.polars_when_used import is_frame

Frames = Literal["polars", "pandas", "arrow"]
_NEEDED: dict[Frames, tuple[str, ...]] = {"polars": (), "pandas": ("pandas", "pyarrow"), "arrow": ("pyarrow",)}


def check_frames(frames: object) -> None:
    """Raise ``UsageError`` for an unknown library, or one that is not installed: it says what to install."""
    if frames not in get_args(Frames):
        raise UsageError(f'frames must be "polars", "pandas" or "arrow", got {frames!r}')
    for module in _NEEDED[frames]:  # type: ignore[index]
        try:
            import_module(module)
        except ImportError as problem:
            raise UsageError(f'frames="{frames}" needs {module}: pip install "cadran[{frames}]"') from problem


def given(value: object, frames: Frames) -> object:
    """Return a value as a function gets it: a table as a frame of its library, all else as it is."""
    if frames == "polars" or not is_frame(value):
        return value
    return value.to_arrow() if frames == "arrow" else value.to_pandas()
