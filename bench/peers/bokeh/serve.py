"""Bokeh's server: one source for all lines, streamed with rollover by a periodic callback of each document."""

from __future__ import annotations

import sys

import numpy as np
from bench.load import Generator, Load, Update, history
from bench.serving import end_with_parent, free_port, say_ready
from bokeh.document import Document
from bokeh.layouts import gridplot, row
from bokeh.models import BoxZoomTool, ColumnDataSource, DataRange1d, Div
from bokeh.plotting import figure
from bokeh.server.server import Server

BACKEND = "canvas"
"""Bokeh's documents advise WebGL above 25,000 points, where the hardware has it. Chromium has none here: drawn by its
software, a line of a million points took 29 s, and 1 s on the canvas."""


def plot_of(title: str, width_px: int, height_px: int, tools: str) -> figure:
    """Return an empty chart over time."""
    return figure(
        title=title,
        width=width_px,
        height=height_px,
        x_axis_type="datetime",
        x_range=DataRange1d(range_padding=0.0),
        output_backend=BACKEND,
        tools=tools,
    )


def columns(update: Update) -> dict[str, np.ndarray]:
    """Return what is streamed; x in milliseconds, as an axis of dates wants it."""
    return {"x": update.xs * 1000.0, **{f"y{i}": ys for i, ys in enumerate(update.ys)}}


def show_live(document: Document, load: Load) -> None:
    """Fill one viewer's document and keep it live."""
    generator, num_kept = Generator(load), round(load.window_secs * load.points_per_sec)
    first = generator.update()
    source = ColumnDataSource(columns(first))
    plots = []
    for line in range(load.num_lines):
        plot = plot_of(f"Line {line}", 380, 240, "xpan,xwheel_zoom,reset")
        plot.line("x", f"y{line}", source=source)
        plots.append(plot)
    kpis = [
        Div(text=f"{value:.0f}", name=f"kpi{i}", width=180, styles={"font-size": "28px"})
        for i, value in enumerate(first.kpis)
    ]
    document.add_root(row(kpis))
    document.add_root(gridplot(plots, ncols=4, toolbar_location=None))

    def stream() -> None:
        if load.is_idle:
            return
        update = generator.update()
        source.stream(columns(update), rollover=num_kept)
        for i, (kpi, value) in enumerate(zip(kpis, update.kpis, strict=True)):
            kpi.text = f"{value:.1f}" if i else f"{value:.0f}"

    document.add_periodic_callback(stream, round(1000 / load.updates_per_sec))


def show_history(document: Document, xs: np.ndarray, ys: np.ndarray) -> None:
    """Fill one viewer's document with a line of all points: Bokeh itself has no server that thins them."""
    plot = plot_of("History", 1500, 500, "xbox_zoom,xpan,xwheel_zoom,reset")
    plot.toolbar.active_drag = plot.select_one(BoxZoomTool)
    plot.line("x", "y", source=ColumnDataSource({"x": xs, "y": ys}))
    document.add_root(plot)


def main() -> None:
    """Serve until the parent ends."""
    load, port = Load.of_json(sys.argv[1]), free_port()
    end_with_parent()
    if load.history_points:
        xs, ys = history(load.history_points)
        xs *= 1000.0

    def show(document: Document) -> None:
        document.title = "Bokeh"
        if load.history_points:
            show_history(document, xs, ys)
        else:
            show_live(document, load)

    limit = 64 * load.history_points + 2**26  # a picture of 10 million points is one message
    server = Server({"/": show}, port=port, address="127.0.0.1", websocket_max_message_size=limit)
    server.start()
    say_ready(f"http://127.0.0.1:{port}/")
    server.run_until_shutdown()


if __name__ == "__main__":
    main()
