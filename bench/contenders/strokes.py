"""The floor's server, and a page that draws a line through every point, however many lie in one pixel."""

from __future__ import annotations

from bench.contenders.floor import Floor
from bench.results import STROKES


class Strokes(Floor):
    """The contender."""

    name = STROKES
    about = "the floor's server, and its page with one line through every point of each line"
    strokes_all = True


CONTENDER = Strokes()
