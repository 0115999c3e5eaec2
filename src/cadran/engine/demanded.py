"""What is computed and read because panels are watched or held."""

from __future__ import annotations

from cadran.clock import Instant
from cadran.demand import Leases
from cadran.engine.audience import Audience, PanelKey
from cadran.engine.polling import Polling
from cadran.engine.stages import Stages, by_stage, slug_of
from cadran.readable import Readable


class Demanded:
    """Stays what it is until ``follow``, whoever comes or goes meanwhile."""

    def __init__(self, leases: Leases[PanelKey], audience: Audience, stages: Stages, polling: Polling) -> None:
        self._leases = leases
        self._audience = audience
        self._stages = stages
        self._polling = polling
        self.version = -1
        """Of the leases that were followed."""
        self.panels: frozenset[PanelKey] = frozenset()
        """Those that somebody watched then."""
        self.by_stage: dict[str, list[int]] = {}
        """The same, those of each stage in their order."""
        self.roots: frozenset[Readable[object]] = frozenset()
        """What they show, and read for that."""

    def lose_layout(self, slug: str) -> None:
        """A screen has another layout: nothing that it had is shown any more, and its panels' numbers mean others."""
        self.version = -1
        self._watch(frozenset(panel for panel in self.panels if slug_of(panel[0]) != slug))

    def _watch(self, panels: frozenset[PanelKey]) -> None:
        self.panels = panels
        self.by_stage = {key: sorted(of_one) for key, of_one in by_stage(panels).items()}

    def follow(self, now: Instant) -> bool:
        """Turn the panels that are watched into what is computed, and those that are held into what is read; return
        whether they are others."""
        is_new = self._leases.version != self.version
        if not is_new and not self._audience.is_choice_new:
            return False
        self.version = self._leases.version
        self._audience.is_choice_new = False
        if is_new:
            self._stages.forget_unused(self._leases.held)
            self._watch(self._leases.watched)
            self.roots = self._stages.roots_of(self.panels)
        chosen = self._audience.chosen_intervals(now)
        watched = {source.id for source in self._stages.sources_of(self._leases.watched)}
        held = {source.id for source in self._stages.sources_of(self._leases.held)}
        self._polling.want({name: chosen.get(name) for name in watched}, held - watched, now)
        return is_new
