"""Where in the user's code something was said, as ``file:line``."""

from __future__ import annotations

import os
import sys
from types import FrameType, TracebackType

_ROOM = os.path.dirname(__file__) + os.sep


def place_of_call() -> str:
    """Return ``file:line`` of the nearest caller outside this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_ROOM):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "<unknown>"


def place_of_error(traceback: TracebackType | None, file: str) -> str:
    """Return ``file:line`` where an error left ``file``: its deepest line there, else outside this package."""
    inside, outside = None, None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name == file:
            inside = f"{name}:{traceback.tb_lineno}"
        elif not name.startswith(_ROOM):
            outside = f"{name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return inside or outside or file
