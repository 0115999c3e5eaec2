"""Reads that are cancelled while they run."""

from __future__ import annotations

import threading

from cadran.errors import OutsideError
from cadran.sources import Reader


def errors_while_cancelled(reader: Reader, *, every_secs: float = 0.001) -> list[OutsideError]:
    """Read in a thread, and cancel at any moment: before it connects, while it runs, until it ends. Return what it
    raised."""
    errors: list[OutsideError] = []

    def run() -> None:
        try:
            reader.read(None, 0.0)
        except OutsideError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive():
        reader.cancel()
        thread.join(every_secs)
    return errors
