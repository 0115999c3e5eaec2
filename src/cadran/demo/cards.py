"""The cards of the demonstration: sixteen at most, fewer where the machine tells less."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, cast

import cadran as cd
from cadran.demo.counters import Abilities
from cadran.demo.measures import BUSY, STRAINED, Measures
from cadran.screen.layout import Band, Format

IN_ROW = 8
SHARE = cd.percent(100, decimals=1)
BYTES = cd.byte_size(decimals=1)
_BUSY_BANDS = (cd.above(75, "warning"), cd.above(90, "error"))
_FULL_BANDS = (cd.above(85, "warning"), cd.above(95, "error"))
_LEFT_BANDS = (cd.below(BUSY, "warning"), cd.below(STRAINED, "error"))
_VERDICT = "From the headroom: calm, busy or strained."
_HEADROOM = "What is left of the scarcer: memory, or the processor in 19 of 20 moments of the last minute."
_PEAK = "The processor's busiest moment."
_SWITCHES = "How often the processor goes from one thread to another."
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
        """What follows from them, and what is nice to know: as much as fits one row, the first first."""
        machine, here = self._machine, self._here
        peak, processes = machine.series("cpu").last("5m").max(), machine.series("processes").last("5m")
        cards: list[tuple[bool, Callable[[], None]]] = [
            ("cpu" in here, lambda: self._ui.kpi("Verdict", measures.verdict, icon="gauge", note=_VERDICT)),
            ("cpu" in here, lambda: self._ui.kpi(
                "Headroom", measures.headroom, icon="bolt", format=SHARE, good="up", bands=_LEFT_BANDS,
                note=_HEADROOM)),
            ("cpu" in here, lambda: self._ui.kpi(
                "Peak, 5 min", peak, icon="cpu", format=SHARE, compare="previous", good="down", note=_PEAK)),
            (measures.busiest is not None, lambda: self._ui.kpi(
                "Busiest core", cast(cd.Readable[object], measures.busiest), icon="cpu", format=SHARE)),
            ("temperature" in here, lambda: self._card(
                "Temperature", "temperature", "temperature", cd.number(0), unit="°C", good="down", bands=_HOT_BANDS)),
            ("swap" in here, lambda: self._card(
                "Swap used", "swap", "memory", SHARE, good="down", bands=_FULL_BANDS)),
            ("memory_free" in here, lambda: self._card(
                "Memory available", "memory_free", "memory", BYTES, good="up")),
            (True, lambda: self._ui.kpi(
                "Processes", machine.kpi("processes"), icon="process", format=cd.number(0), history=processes,
                compare="1m")),
            (True, lambda: self._ui.kpi("Up for", uptime, icon="clock", format=cd.duration())),
            ("switches" in here, lambda: self._card(
                "Switches", "switches", "process", cd.number(0), unit="/s", note=_SWITCHES)),
        ]  # fmt: skip
        for describe in [describe for is_here, describe in cards if is_here][:IN_ROW]:
            describe()

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
