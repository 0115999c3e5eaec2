"""What the demonstration shows, from top to bottom. What the machine cannot tell is not described."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

import cadran as cd
from cadran.demo.cards import BYTES, IN_ROW, SHARE, Cards
from cadran.demo.counters import Abilities
from cadran.demo.measures import Measures
from cadran.demo.queries import Queries
from cadran.screen.layout import Format, Reference

_ABOUT = """\
This is {host}, as it is right now. The upper half is streamed: a thread reads the machine's counters ten times a \
second and sends them to a channel. Rates and shares are over the last second; the numbers on the cards change twice \
a second, the lines ten times.

The lower half is read back from a SQLite file. The samples of each second are written to it, and the queries run \
again every 5 seconds, but only while somebody looks at their panels. A result that is equal to the last one costs \
nothing: no recalculation, no message, no repaint.

Scroll a chart out of sight, hide this tab or switch off auto-refresh, and its queries stop. Processes are shown by \
name alone: their arguments may hold secrets, and are never read. The file is {path}; a day is kept."""


class MachineScreen(cd.DashboardScreen):
    """This machine: one half streamed ten times a second, the other read back from a database."""

    title = "This machine"
    slug = "machine"
    refresh = "5s"

    def __init__(self, machine: cd.Channel, here: Abilities, queries: Queries, uptime: cd.Readable[object]) -> None:
        super().__init__()
        self._machine, self._here, self._queries, self._uptime = machine, here, queries, uptime
        self._measures = Measures(machine, here)

    def render(self, ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        cards = Cards(ui, self._machine, self._here)
        with ui.section("Now"):
            with ui.columns(IN_ROW):
                cards.main()
            with ui.columns(IN_ROW):
                cards.derived(self._measures, self._uptime)
            with ui.columns(2):
                self._processor(ui)
        with ui.section("Last 5 minutes"), ui.columns(3):
            self._streamed(ui)
        with ui.section("From the database · every 5 s"):
            self._stored(ui)
        about = _ABOUT.format(host=platform.node() or "this machine", path=_short(self._queries.path))
        with ui.section("About this screen"):
            ui.text("How it works", about)

    # --- streamed ---

    def _processor(self, ui: cd.Ui) -> None:
        self._lines(ui, "Processor, last minute", {"cpu": "all cores"}, SHARE, window="1m", y_max=100)
        shown, cores = self._here.num_cores_shown, self._here.num_cores
        if shown > 1:
            which = "Each core" if shown == cores else f"Cores 1–{shown} of {cores}"
            labels = {f"core_{number}": f"core {number}" for number in range(1, shown + 1)}
            series = [self._machine.series(name, label=label) for name, label in labels.items()]
            ui.line(f"{which}, last minute", *series, key="cores", window="1m", format=SHARE, y_min=0, y_max=100)

    def _streamed(self, ui: cd.Ui) -> None:
        kinds = {"cpu_user": "programs", "cpu_system": "system", "cpu_iowait": "waiting", "cpu_steal": "host"}
        self._lines(ui, "Processor by kind", kinds, SHARE)
        self._lines(ui, "Memory", {"memory_used": "used", "memory_cached": "cached"}, BYTES, key="memory-lines")
        self._lines(ui, "Network, per second", {"net_in": "received", "net_out": "sent"}, BYTES, key="network")
        self._lines(ui, "Disks, per second", {"disk_read": "read", "disk_write": "written"}, BYTES, key="disks")
        cores = self._here.num_cores
        marks = [cd.reference(cores, "all cores busy", "warning")] if cores else []
        loads = {"load_1": "1 min", "load_5": "5 min", "load_15": "15 min"}
        self._lines(ui, "Load", loads, cd.number(2), references=marks)
        switches = {"switches": "switches", "interrupts": "interrupts"}
        self._lines(ui, "Kernel, events per second", switches, cd.number(0), key="kernel")
        self._lines(ui, "Temperature, °C", {"temperature": "processor"}, cd.number(0), key="temperature-line")

    def _lines(
        self,
        ui: cd.Ui,
        title: str,
        labels: dict[str, str],
        format: Format,
        *,
        key: str | None = None,
        window: str = "5m",
        y_max: float | None = None,
        references: Sequence[Reference] = (),
    ) -> None:
        """A chart of what the machine counts of ``labels``; none where it counts nothing of it."""
        series = [self._machine.series(name, label=label) for name, label in labels.items() if name in self._here]
        if series:
            y_min = None if title.startswith("Temperature") else 0.0
            ui.line(
                title, *series, key=key, window=window, format=format, y_min=y_min, y_max=y_max, references=references
            )

    # --- stored ---

    def _stored(self, ui: cd.Ui) -> None:
        q, has_cpu, has_network = self._queries, "cpu" in self._here, "net_in" in self._here
        with ui.columns(4):
            ui.kpi("Recording", self._machine.kpi("recording"), icon="disk", note="Whether samples are being written.")
            ui.kpi("Time recorded", q.recorded, icon="clock", format=cd.duration(), note="Of the last 24 hours.")
            for name in ("cpu", "memory"):
                title = f"{'Processor' if name == 'cpu' else 'Memory'}, mean of 5 min"
                mean = q.recent.last("5m").mean(name)
                ui.kpi(title, mean, icon=name, format=SHARE, compare="previous", good="down")
        with ui.columns(2):
            if has_cpu:
                series = (q.hour.series("cpu").named("mean"), q.hour.series("cpu_peak").named("peak"))
                ui.line("Processor, last hour", *series, window="1h", format=SHARE, y_min=0, y_max=100)
            if has_network:
                flows = (q.hour.series("net_in").named("received"), q.hour.series("net_out").named("sent"))
                ui.line("Network, last hour, per second", *flows, window="1h", format=BYTES, y_min=0)
        with ui.columns(3):
            if has_cpu:
                ui.bar("Processor by minute", q.minutes, format=SHARE, note="The last bar is not over yet.")
            ui.bar(
                "Processor time by program, 10 min", q.programs, format=cd.duration(), color="series.2",
                note="Over all cores: a second of two cores is two seconds.",
            )  # fmt: skip
            ui.pie("Memory by program", q.memory, format=BYTES, note="Shared memory counts for each that shares it.")
        with ui.columns(2):
            ui.table("Busiest processes", q.processes, columns=_PROCESS_COLUMNS, rows=25)
            ui.table("Events", q.events.tail(25), columns=_EVENT_COLUMNS)
        with ui.columns(2):
            if has_cpu:
                ui.pie("Processor, last 10 minutes", q.kinds, format=SHARE)
            series = (q.day.series("cpu").named("processor"), q.day.series("memory").named("memory"))
            ui.line("Last 24 hours", *series, window="24h", format=SHARE, y_min=0, y_max=100)


def _short(path: Path) -> str:
    """A path without the user's name in it."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


_PROCESS_COLUMNS = (
    cd.column("name", "Program"),
    cd.column("pid", "Process", format="text"),
    cd.column("cpu", "CPU, % of a core", format=SHARE, bar_max=100, bands=[cd.above(90, "warning")]),
    cd.column("memory", "Memory", format=BYTES),
    cd.column("cpu_secs", "CPU time", format="duration"),
    cd.column("started", "Started", format="datetime"),
)
_EVENT_COLUMNS = (
    cd.column("ts", "Time", format="time"),
    cd.column("what", "What"),
)
