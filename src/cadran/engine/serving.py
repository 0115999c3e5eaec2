"""What viewers get of the settled S, and all that is done on the way to it, in as many steps as it takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial

from cadran.clock import Instant
from cadran.engine.audience import Audience
from cadran.engine.messages import Outputs
from cadran.engine.polling import Polling
from cadran.engine.report import ScreenReport
from cadran.frames.health import Health
from cadran.frames.pasts import Past
from cadran.frames.round import Round
from cadran.frames.stage import Stage
from cadran.frames.viewer import Viewer
from cadran.metrics.graph import Graph
from cadran.turn import Turn

ROUND_SECS = 1 / 30
"""So long what was worked out for some viewers is what others get who ask for the same."""


class Serving:
    """Does one piece of work at a time: an iterator that yields where the turn is over, and goes on in the next step.

    While it is busy everything else stays as it is: no input is taken, nothing lands, no tick begins.
    """

    def __init__(
        self,
        audience: Audience,
        polling: Polling,
        graph: Graph,
        stage_of: Callable[[str], Stage],
        health: Callable[[Instant], Mapping[str, Health]],
        turn: Turn,
    ) -> None:
        self._audience = audience
        self._health = health
        self._polling = polling
        self._graph = graph
        self._stage_of = stage_of
        self._turn = turn
        self._work: Iterator[None] = iter(())
        self.is_busy = False
        """Work is left to the next step."""
        self._round: Round | None = None
        # Only a pump fills a round, and lets go of all that are over then: those since are empty, and are not kept.
        self._over: list[Round] = []
        self.reports: list[tuple[int, ScreenReport]] = []
        """Those that are ready, until the step is over."""

    def begin(self, work: Iterator[None], outputs: Outputs) -> None:
        """Do this, as far as the turn allows."""
        self._work, self.is_busy = work, True
        self.go_on(outputs)

    def go_on(self, outputs: Outputs) -> None:
        """Go on with what is left, as far as the turn allows."""
        self.is_busy = False  # whatever it raises
        try:
            next(self._work)
            self.is_busy = True
        except StopIteration:
            pass
        outputs.deliveries += self._audience.take_sent()
        if self.reports:
            outputs.reports, self.reports = self.reports, []

    def begin_round(self, health: Mapping[str, Health], s: int, now: Instant) -> Round:
        """Return the round of what is settled now."""
        self.forget_round()
        self._round = Round(health, s, now.wall, now.mono)
        return self._round

    def forget_round(self) -> None:
        """The round is over, or there are sources of which it knows nothing."""
        if self._round is not None and self._round.frames:
            self._over.append(self._round)
        self._round = None

    def round_now(self, s: int, now: Instant) -> Round:
        """Return the last round of the settled ``s``, or a new one where that is too old: its S is the state until now,
        however long ago it was settled, and ages count from a moment ago."""
        known = self._round
        is_known = known is not None and known.s == s and not known.is_open
        if known is None or not is_known or not 0 <= now.mono - known.mono < ROUND_SECS:
            known = self.begin_round(self._health(now), s, now)
        return known

    def look_again(self, pasts: Collection[Past], now: Instant) -> None:
        """Let those who look at any of these pasts ask for what is missing or old of it, though nothing changed."""
        if not pasts:
            return
        self.forget_round()
        self._audience.look_again(lambda stage, panel: stage.shows_past(panel, pasts), now)

    def pump(self, round_: Round | None, now: Instant, *, is_tick: bool) -> Iterator[None]:
        """Send viewers what they lack, see ``Audience.pump``."""
        awaited_by = partial(self._awaited_by, now)
        yield from self._audience.pump(now, round_, self._turn, is_tick=is_tick, awaited_by=awaited_by)
        while self._over:
            yield from self._over[-1].let_go(self._turn)
            self._over.pop()

    def _awaited_by(self, now: Instant, viewer: Viewer) -> Collection[int]:
        """The panels in sight whose sources or metrics have not answered since the viewer asked."""
        stage = self._stage_of(viewer.stage_key)
        sources = stage.description.sources
        awaited = {one.id for one in sources if self._polling.is_awaited(one.id, viewer.asked_mono, now)}
        if not awaited and not self._graph.num_jobs:
            return ()
        known = range(len(stage.panels))
        return {
            panel
            for panel in viewer.panels
            if panel in known
            and (
                not awaited.isdisjoint(stage.source_ids_of[panel])
                or any(node.run is not None and not node.run.is_hung for node in stage.under(panel))
            )
        }
