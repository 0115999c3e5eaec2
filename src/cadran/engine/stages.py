"""The screens of one engine, each described at its first use, and again when its layout is another."""

from __future__ import annotations

from collections.abc import Iterable

from cadran.demand import Leases
from cadran.engine.audience import PanelKey
from cadran.frames.stage import Stage
from cadran.metrics.graph import Graph
from cadran.screen.program import Program
from cadran.store import Store


class Stages:
    """Stages by slug. Holds the leases of panels that are watched ``always``."""

    def __init__(self, program: Program, graph: Graph, store: Store, leases: Leases[PanelKey]) -> None:
        self._program = program
        self._graph = graph
        self._store = store
        self._leases = leases
        self._stages: dict[str, Stage] = {}

    def get(self, slug: str) -> Stage:
        """The screen of that slug. Raises ``UsageError`` for an unknown one."""
        return self._stages.get(slug) or self.describe(slug)

    def all(self) -> Iterable[Stage]:
        """The screens that were looked at."""
        return self._stages.values()

    def describe(self, slug: str) -> Stage:
        """Take the present description of a screen; viewers of the one before learn it by its revision."""
        old = self._stages.get(slug)
        revision = old.revision + 1 if old is not None else 1
        stage = Stage(slug, self._program.description(slug), self._graph, self._store, revision)
        self._stages[slug] = stage
        always = [(slug, panel.index) for panel in stage.panels if panel.always]
        self._leases.hold(("always", slug), always, 0.0)
        return stage
