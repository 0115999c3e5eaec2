"""One-shot watches: a whole screen, looked at once, by a program."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping

from cadran.clock import Instant
from cadran.demand import Leases
from cadran.engine.audience import PanelKey
from cadran.engine.messages import InspectAsked
from cadran.engine.polling import Polling
from cadran.engine.report import PanelReport, ScreenReport, panel_report
from cadran.frames.builder import FrameBuilder
from cadran.frames.health import Health
from cadran.frames.stage import Stage
from cadran.screen.choices import Said
from cadran.turn import Turn

PANELS_AT_ONCE = 8
"""So many panels are reported before time is looked at."""


class Inspecting:
    """Holds a lease on every panel until all have a state, or until the time is over."""

    def __init__(self, leases: Leases[PanelKey]) -> None:
        self._leases = leases
        self._pending: dict[int, tuple[InspectAsked, Stage, float]] = {}

    def __len__(self) -> int:
        return len(self._pending)

    def ask(self, asked: InspectAsked, stage: Stage, now: Instant) -> None:
        """Begin to look."""
        self._pending[asked.id] = (asked, stage, now.mono + asked.timeout_secs)
        panels = [(stage.key, panel.index) for panel in stage.panels]
        self._leases.hold(("inspect", asked.id), panels, now.mono)

    def asking(
        self, asked: InspectAsked, met: Iterator[None], stage_of: Callable[[str, Said], Stage], now: Instant
    ) -> Iterator[None]:
        """Begin to look once the screen was met, which may take several steps."""
        yield from met
        self.ask(asked, stage_of(asked.slug, asked.choices), now)

    def stage_keys(self) -> set[str]:
        """The stages that are looked at."""
        return {stage.key for _, stage, _ in self._pending.values()}

    def look_again(self, slug: str, stage_of: Callable[[str, Said], Stage], now: Instant) -> None:
        """A screen has another layout: looks that began at the old one go on at this."""
        for asked, old, end in list(self._pending.values()):
            if old.slug == slug:
                stage = stage_of(slug, asked.choices)
                self.ask(asked, stage, now)
                self._pending[asked.id] = (asked, stage, end)

    def next_end_mono(self) -> float:
        """When the next look ends at the latest."""
        return min(end for _, _, end in self._pending.values()) if self._pending else math.inf

    def finish(
        self,
        health: Mapping[str, Health],
        polling: Polling,
        builder: FrameBuilder,
        num_watching: Callable[[Instant, str], Mapping[int, int]],
        s: int,
        now: Instant,
        turn: Turn,
    ) -> Generator[None, None, list[tuple[int, ScreenReport]]]:
        """Report the screens that are complete at this settled S, or out of time.

        Yields whenever the turn is over; meanwhile all stays as it is.
        """
        reports: list[tuple[int, ScreenReport]] = []
        for asked, stage, end in list(self._pending.values()):
            is_loading = (
                len(stage.fresh) < len(stage.panels)  # it was asked for in the midst of this tick
                or any(polling.is_busy(source.id, now) for source in stage.description.sources)
                or any(status is None or status.state == "loading" for status in stage.status)
            )
            if is_loading and now.mono < end:
                continue
            num_viewers = num_watching(now, stage.key)
            panels: list[PanelReport] = []
            for index in range(len(stage.panels)):
                panels.append(panel_report(stage, index, health, num_viewers.get(index, 0)))
                if len(panels) % PANELS_AT_ONCE == 0 and turn.is_over():
                    yield
            report = ScreenReport(
                screen=stage.slug,
                title=stage.description.layout.title,
                epoch=builder.epoch_of(stage),
                s=s,
                at=now.wall,
                choices=dict(stage.choices.items),
                panels=tuple(panels),
            )
            reports.append((asked.id, report))
            del self._pending[asked.id]
            self._leases.end(("inspect", asked.id), now.mono)
        return reports
