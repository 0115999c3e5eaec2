"""A viewer that keeps what it hears."""

from __future__ import annotations

from cadran.testing import HeadlessViewer


class Recorder(HeadlessViewer):
    """Keeps each message, to be taken apart."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    def hear(self, data: bytes) -> None:
        self.heard.append(data)
        super().hear(data)
