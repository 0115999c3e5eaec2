"""The screens of one engine, each described at its first use, and again when its layout is another.

What viewers chose makes a variant of a screen: those who chose the same share it, and with it queries, values and
encodings; those who chose otherwise have nothing in common with it but what does not depend on the choice.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence

from cadran.demand import Leases
from cadran.engine.audience import PanelKey
from cadran.engine.totals import Past as PastCosts
from cadran.frames.costs import Costs
from cadran.frames.pasts import Past, Pasts
from cadran.frames.shown import Shown, shown_of
from cadran.frames.stage import Stage
from cadran.metrics.graph import Graph
from cadran.metrics.metric import Metric
from cadran.readable import Readable, Source
from cadran.screen.binding import bind
from cadran.screen.choices import NO_CHOICES, Choices, Refused, choices_from
from cadran.screen.program import Program
from cadran.screen.slots import Description, roots_of
from cadran.store import Store
from cadran.turn import Turn, endless, in_one_go

VARIANTS_MAX = 256
"""So many different choices are served at a time, on all screens together."""
SHAPES_AT_ONCE = 64
"""So many are made before time is looked at."""
STAGE_SECS = 0.0015
"""A stage of more than that takes so long, of a thousand panels twice: it begins with a turn."""


class Stages:
    """Stages by their keys. Holds the leases of panels that are watched ``always``.

    ``take_in`` is told of the sources of each new stage, ``let_go`` of those that no stage has any more, and
    ``used`` says which stages somebody looks at.
    """

    def __init__(
        self,
        program: Program,
        graph: Graph,
        store: Store,
        leases: Leases[PanelKey],
        costs: Costs,
        take_in: Callable[[Iterable[Source]], None],
        let_go: Callable[[Collection[Source]], None],
        used: Callable[[], Collection[str]],
    ) -> None:
        self._program = program
        self._graph = graph
        self._store = store
        self._leases = leases
        self._costs = costs
        self._take_in = take_in
        self._let_go = let_go
        self._used = used
        self._stages: dict[str, Stage] = {}
        self._replaced: dict[str, Source] = {}
        """What only variants of layouts of before had, until it is known who chooses the same of the new ones."""
        self._revisions = itertools.count(1)
        """No two stages have the same: what was held of one means nothing at another."""
        self.past = PastCosts()
        self.pasts = Pasts()
        """What lies before the points that are held, shared by all stages."""

    def get(self, key: str) -> Stage:
        """The stage of that key, or the screen of that slug. Raises ``UsageError`` for an unknown one."""
        return self._stages.get(key) or self._stages.get(slug_of(key)) or self.describe(key)

    def all(self) -> Iterable[Stage]:
        """The screens that were looked at, with their variants."""
        return self._stages.values()

    def sources_of(self, panels: Iterable[PanelKey]) -> set[Source]:
        """The sources of these panels; what lingers of a stage that had to make room has none."""
        here = [(key, of_one) for key, of_one in by_stage(panels).items() if key in self._stages]
        return {source for key, of_one in here for source in self._stages[key].sources_seen(of_one)}

    def roots_of(self, panels: Iterable[PanelKey]) -> frozenset[Readable[object]]:
        """What these panels show, and read for that."""
        stages = [(self.get(key), of_one) for key, of_one in by_stage(panels).items()]
        return frozenset().union(*[stage.roots_of[panel] for stage, of_one in stages for panel in of_one])

    def failed_of(self, panels: Iterable[PanelKey]) -> Iterator[Metric[object]]:
        """The metrics below these panels that failed; numbers that are no panel's are ignored."""
        for key, panel in panels:
            stage = self.get(key)
            for node in stage.under(panel) if 0 <= panel < len(stage.panels) else ():
                if isinstance(node.readable, Metric) and node.fault is not None:
                    yield node.readable

    def pasts_of(self, panels: Iterable[PanelKey]) -> Iterator[Past]:
        """The pasts that lines of these panels reach back into; numbers that are no panel's are ignored."""
        for key, panel in panels:
            lines = self.get(key).lines_of
            for line in lines[panel] if 0 <= panel < len(lines) else ():
                if line.past is not None:
                    yield line.past

    def choose(self, slug: str, said: Mapping[str, Sequence[str]]) -> tuple[Stage, tuple[Refused, ...]]:
        """Return the stage of those who choose this, and what of it is ignored: whatever a viewer says is bounded."""
        plain = self.get(slug)
        if not said:
            return plain, ()
        choices, refused = choices_from(plain.description.controls, said)
        if choices == NO_CHOICES:
            return plain, refused
        key = f"{slug}?{choices.key}"
        stage = self._stages.get(key)
        if stage is not None:
            return stage, refused
        if self._num_variants >= VARIANTS_MAX:
            self.forget_unused(())
            if self._num_variants >= VARIANTS_MAX:
                return plain, (*refused, *(Refused(name, "crowded") for name, _ in choices.items))
        return self._make(key, slug, choices, bind(plain.description, choices)), refused

    def describe(self, slug: str) -> Stage:
        """Take the present description of a screen; viewers of the one before learn it by its revision."""
        return in_one_go(self.describing(slug, endless()))

    def meet(self, slug: str, turn: Turn) -> Iterator[None]:
        """Describe a screen at its first use, as ``describing`` does; to meet it again is no work."""
        if slug not in self._stages:
            yield from self.describing(slug, turn)

    def describing(self, slug: str, turn: Turn) -> Generator[None, None, Stage]:
        """Do what ``describe`` does, and yield whenever the turn is over; until all is done the old stages stay."""
        description = self._program.description(slug)
        shapes: list[Shown] = []
        for slot in description.slots:
            shapes.append(shown_of(slot, self._graph, self._store, self.pasts))
            if len(shapes) % SHAPES_AT_ONCE == 0 and turn.is_over():
                yield
        if turn.is_over(STAGE_SECS if len(shapes) > SHAPES_AT_ONCE else 0.0):
            yield
        old = {key for key in self._stages if slug_of(key) == slug}
        replaced = {key: self._stages.pop(key) for key in old}
        stays = {source.id for key, one in replaced.items() if key == slug for source in one.description.sources}
        chosen = [source for one in replaced.values() for source in one.description.sources if source.id not in stays]
        self._replaced |= {source.id: source for source in chosen}
        self._costs.forget(old)
        self.past.forget(slug)
        stage = self._make(slug, slug, NO_CHOICES, description, shapes)
        always = [(slug, panel.index) for panel in stage.panels if panel.always]
        self._leases.hold(("always", slug), always, 0.0)
        if turn.is_over():
            yield
        return stage

    def forget_unused(self, held: Iterable[PanelKey]) -> None:
        """Give back what nobody looks at any more: variants without viewers and without ``held`` panels."""
        replaced, self._replaced = self._replaced, {}
        if not (replaced or self._num_variants):
            return
        kept = {*self._used(), *(key for key, _ in held)}
        gone = [stage for key, stage in self._stages.items() if stage.slug != key and key not in kept]
        if not (gone or replaced):
            return
        for stage in gone:
            del self._stages[stage.key]
        stages = list(self._stages.values())
        self.past.take(gone, stages, self._costs)
        self._costs.forget({stage.key for stage in gone})
        self._graph.keep_only(root for stage in stages for slot in stage.description.slots for root in roots_of(slot))
        left = {source.id for source in self._program.sources}
        left.update(source.id for stage in stages for source in stage.description.sources)
        lost = replaced | {source.id: source for stage in gone for source in stage.description.sources}
        self._let_go([source for name, source in lost.items() if name not in left])

    @property
    def _num_variants(self) -> int:
        return sum(stage.slug != key for key, stage in self._stages.items())

    def _make(
        self, key: str, slug: str, choices: Choices, description: Description, shapes: Sequence[Shown] = ()
    ) -> Stage:
        self._take_in(description.sources)
        shown = shapes or [shown_of(slot, self._graph, self._store, self.pasts) for slot in description.slots]
        revision = next(self._revisions)
        stage = Stage(slug, description, self._graph, self._store, revision, shown, key=key, choices=choices)
        self._stages[key] = stage
        return stage


def by_stage(panels: Iterable[PanelKey]) -> dict[str, list[int]]:
    """Return the panels of each stage, by its key."""
    found: dict[str, list[int]] = {}
    for key, panel in panels:
        found.setdefault(key, []).append(panel)
    return found


def slug_of(key: str) -> str:
    """Return the slug of the screen that a stage shows."""
    return key.partition("?")[0]
