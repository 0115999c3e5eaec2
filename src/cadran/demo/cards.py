"""The cards of the demonstration: sixteen at most, fewer where the machine tells less."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import cadran as cd
from cadran.demo.counters import Abilities
from cadran.demo.measures import BUSY, STRAINED, Measures
from cadran.screen.layout import Band, Format

SHARE = cd.percent(100, decimals=1)
BYTES = cd.byte_size(decimals=1)
_BUSY_BANDS = (cd.above(75, "warning"), cd.above(90, "error"))
_FULL_BANDS = (cd.above(85, "warning"), cd.above(95, "error"))
_LEFT_BANDS = (cd.below(BUSY, "warning"), cd.below(STRAINED, "error"))
_HOT_BANDS = (cd.above(80, "warning"), cd.above(95, "error"))


class Cards:
    """Describes cards over one channel."""

    def __init__(self, ui: cd.Ui, machine: cd.Channel, here: Abilities) -> None:
        self._ui, self._machine, self._here = ui, machine, here

    def main(self) -> None:
        """What everybody asks first."""
        cores = self._here.num_cores or 1
        self._card("Processor", "cpu", "cpu", SHARE, good="down", bands=_BUSY_BANDS)
        self._card("Memory", "memory", "memory", SHARE, good="down", bands=_FULL_BANDS)
        self._card(
            "Load, 1 min", "load_1", "load", cd.number(2), good="down",
            bands=(cd.above(cores, "warning"), cd.above(2 * cores, "error")),
            note=f"Programs that run or wait to run; this machine runs {cores} at once.",
        )  # fmt: skip
        self._card("Disk space used", "disk", "disk", SHARE, good="down", bands=_FULL_BANDS)
        self._card("Received", "net_in", "network", BYTES, unit="/s")
        self._card("Sent", "net_out", "network", BYTES, unit="/s")
        self._card("Disk read", "disk_read", "disk", BYTES, unit="/s")
        self._card("Disk written", "disk_write", "disk", BYTES, unit="/s")

    def derived(self, measures: Measures, uptime: cd.Readable[object]) -> None:
        """What follows from them."""
        ui, machine = self._ui, self._machine
        if "cpu" in self._here:
            ui.kpi("Verdict", measures.verdict, icon="gauge", note="From the headroom: calm, busy or strained.")
            ui.kpi(
                "Headroom", measures.headroom, icon="bolt", format=SHARE, good="up", bands=_LEFT_BANDS,
                note="What is left of the scarcer: memory, or the processor in 19 of 20 moments of the last minute.",
            )  # fmt: skip
            ui.kpi(
                "Peak, 5 min", machine.series("cpu").last("5m").max(), icon="cpu", format=SHARE, compare="previous",
                good="down", note="The processor's busiest moment.",
            )  # fmt: skip
        if measures.busiest is not None:
            ui.kpi("Busiest core", measures.busiest, icon="cpu", format=SHARE, bands=[cd.above(95, "warning")])
        self._card("Memory available", "memory_free", "memory", BYTES, good="up")
        self._card("Swap used", "swap", "memory", SHARE, good="down", bands=_FULL_BANDS)
        self._card("Temperature", "temperature", "temperature", cd.number(0), unit="°C", good="down", bands=_HOT_BANDS)
        ui.kpi(
            "Processes", machine.kpi("processes"), icon="process", format=cd.number(0),
            history=machine.series("processes").last("5m"), compare="1m",
        )  # fmt: skip
        ui.kpi("Up for", uptime, icon="clock", format=cd.duration())

    def _card(
        self,
        title: str,
        name: str,
        icon: str,
        format: Format,
        *,
        unit: str | None = None,
        good: Literal["up", "down"] | None = None,
        bands: Iterable[Band] = (),
        note: str | None = None,
    ) -> None:
        """One number, its change against a minute ago, and its last five minutes; none where it is not counted."""
        if name in self._here:
            past = self._machine.series(name).last("5m")
            self._ui.kpi(
                title, self._machine.kpi(name), history=past, compare="1m", icon=icon, format=format, unit=unit,
                good=good, bands=bands, note=note,
            )  # fmt: skip
