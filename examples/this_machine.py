"""This machine, live, in a page of code: ``cadran run examples/this_machine.py``."""

from __future__ import annotations

import time

import numpy as np
import psutil

import cadran as cd

machine = cd.channel("machine", expect="2s")


@machine.feed
def sample(send: cd.Sender, stop: cd.Stop) -> None:
    """Lives with the screen: ten times a second, whether or not anybody looks."""
    while not stop.wait(0.1):
        send(*updates(time.time()))


def updates(now: float) -> list[cd.KpiUpdated | cd.ChartDataUpdated]:
    cpu, memory = psutil.cpu_percent(), psutil.virtual_memory().percent
    return [
        cd.KpiUpdated("cpu", cpu),
        cd.KpiUpdated("memory", memory),
        cd.ChartDataUpdated("cpu", [(now, cpu)]),
        cd.ChartDataUpdated("memory", [(now, memory)]),
    ]


@cd.source(every="5s", key="pid")
def processes() -> list[dict[str, object]]:
    """Called every five seconds, but only while its table is looked at."""
    fields = ("pid", "name", "memory_percent")
    found = [process.info for process in psutil.process_iter(fields)]
    return sorted(found, key=lambda row: row["memory_percent"] or 0.0, reverse=True)[:15]


@cd.metric(machine.series("cpu").last("1m"))
def headroom(cpu: cd.Points) -> float | None:
    """What the processor has left, 19 of 20 moments of the last minute. Recalculated only if they changed."""
    return 100.0 - float(np.percentile(cpu.ys, 95)) if cpu.ys.size else None


@cd.screen("This machine", refresh="5s")
def this_machine(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    cpu, memory = machine.series("cpu"), machine.series("memory")
    share = cd.percent(100, decimals=1)
    busy = [cd.above(75, "warning"), cd.above(90, "error")]
    with ui.columns(3):
        ui.kpi("Processor", machine.kpi("cpu"), history=cpu, compare="1m", icon="cpu", format=share, bands=busy)
        ui.kpi("Memory", machine.kpi("memory"), history=memory, compare="1m", icon="memory", format=share)
        ui.kpi("Headroom", headroom, icon="gauge", format=share, good="up")
    ui.line("Processor and memory", cpu, memory, window="1m", format=share, y_min=0, y_max=100)
    ui.table(
        "Largest processes",
        processes,
        columns=[
            cd.column("name", "Program"),
            cd.column("memory_percent", "Memory", format=share, bar_max=100),
        ],
    )
