"""How the server was told that each panel is looked at, and so which of the lines that are held a viewer may name."""

from __future__ import annotations

import math

from cadran.frames.wire import PanelView, View

OF_PAUSE = -1
"""Stands for the number of a view that was answered in a pause."""


class Told:
    """The views that reached a connection, by number: what the page keeps in ``view/viewing.ts``."""

    def __init__(self) -> None:
        self._views: dict[int, PanelView] = {}
        self._since: dict[int, int] = {}
        self._is_paused = False
        self._pause_from = self._pause_to = math.inf

    def tell(self, view: View) -> None:
        """A view was sent, or a hello with it."""
        if view.paused and not self._is_paused:
            self._pause_from, self._pause_to = view.n, math.inf
        elif self._is_paused and not view.paused:
            self._pause_to = view.n
        self._is_paused = view.paused
        for panel in view.panels:
            if self._views.get(panel.i) != panel:
                self._views[panel.i], self._since[panel.i] = panel, view.n

    def filled_by(self, n: int) -> int:
        """What to remember of a line that came whole with a frame that answers view ``n``.

        In a pause a line goes up to its beginning only, whatever S the frame has.
        """
        return OF_PAUSE if self._pause_from <= n < self._pause_to else n

    def is_outdated(self, index: int, n: int) -> bool:
        """Whether a line that answers view ``n`` was meant for another range of this panel."""
        return n < self._since.get(index, 0)

    def is_as_told(self, index: int, view: PanelView | None) -> bool:
        """Whether a panel is looked at as the server knows it; None: it is out of sight."""
        return view is None or self._views.get(index) == view
