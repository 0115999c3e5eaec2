"""NiceGUI's server: a timer of each page replaces the data in the options of its ECharts, as its documents show."""

from __future__ import annotations

import sys

import numpy as np
from bench.load import Generator, Load
from bench.serving import end_with_parent, free_port, say_ready_later
from nicegui import ui


def options(title: str, points: list[list[float]]) -> dict[str, object]:
    """Return a chart over time: no animation, no symbols, and thinned to its pixels by ECharts before it draws."""
    line = {
        "type": "line",
        "data": points,
        "showSymbol": False,
        "sampling": "lttb",
        "animation": False,
        "lineStyle": {"width": 1},
    }
    return {
        "title": {"text": title, "textStyle": {"fontSize": 13}},
        "animation": False,
        "grid": {"left": 40, "right": 10, "top": 30, "bottom": 24},
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value"},
        "series": [line],
    }


def texts_of(kpis: list[float]) -> list[str]:
    """Return what the labels show; the first is the stamp."""
    return [f"{value:.1f}" if i else f"{value:.0f}" for i, value in enumerate(kpis)]


def show(load: Load) -> None:
    """Fill one viewer's page and keep it live."""
    generator, num_kept = Generator(load), round(load.window_secs * load.points_per_sec)
    first = generator.update()
    xs, ys = first.xs, first.ys
    with ui.row():
        labels = [
            ui.label(text).classes(f"text-3xl kpi{i}").style("width: 180px")
            for i, text in enumerate(texts_of(first.kpis))
        ]
    with ui.grid(columns=4).style("gap: 0"):
        charts = [
            ui.echart(options(f"Line {line}", np.column_stack([xs * 1000.0, one]).tolist())).style(
                "width: 380px; height: 240px"
            )
            for line, one in enumerate(ys)
        ]

    def update() -> None:
        nonlocal xs, ys
        if load.is_idle:
            return
        new = generator.update()
        xs = np.concatenate([xs, new.xs])[-num_kept:]
        ys = np.concatenate([ys, new.ys], axis=1)[:, -num_kept:]
        for chart, one in zip(charts, ys, strict=True):
            chart.options["series"][0]["data"] = np.column_stack([xs * 1000.0, one]).tolist()
            chart.update()
        for label, text in zip(labels, texts_of(new.kpis), strict=True):
            label.set_text(text)

    ui.timer(1 / load.updates_per_sec, update)


def main() -> None:
    """Serve until the parent ends."""
    load, port = Load.of_json(sys.argv[1]), free_port()
    end_with_parent()
    ui.page("/")(lambda: show(load))
    say_ready_later(f"http://127.0.0.1:{port}/")
    ui.run(
        host="127.0.0.1",
        port=port,
        title="NiceGUI",
        show=False,
        reload=False,
        show_welcome_message=False,
        reconnect_timeout=30.0,
    )


main()
