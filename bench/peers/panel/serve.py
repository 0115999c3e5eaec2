"""Panel's server: Bokeh panes streamed by a periodic callback, as its how-to shows; a history rasterised by hvPlot."""

from __future__ import annotations

import sys

import numpy as np
import panel as pn
from bench.load import Generator, Load, Update, history
from bench.serving import end_with_parent, free_port, say_ready
from bokeh.models import ColumnDataSource, DataRange1d
from bokeh.plotting import figure


def columns(update: Update) -> dict[str, np.ndarray]:
    """Return what is streamed; x in milliseconds, as an axis of dates wants it."""
    return {"x": update.xs * 1000.0, **{f"y{i}": ys for i, ys in enumerate(update.ys)}}


def live(load: Load) -> pn.viewable.Viewable:
    """Return one viewer's page, kept live."""
    generator, num_kept = Generator(load), round(load.window_secs * load.points_per_sec)
    first = generator.update()
    source = ColumnDataSource(columns(first))
    charts = []
    for line in range(load.num_lines):
        plot = figure(
            title=f"Line {line}",
            width=380,
            height=240,
            x_axis_type="datetime",
            x_range=DataRange1d(range_padding=0.0),
            output_backend="canvas",
            tools="xpan,xwheel_zoom,reset",
            toolbar_location=None,
        )
        plot.line("x", f"y{line}", source=source)
        charts.append(pn.pane.Bokeh(plot, width=380, height=240, margin=0))
    kpis = [
        pn.indicators.Number(
            name=f"KPI {i}", value=value, format="{value:.1f}" if i else "{value:.0f}", font_size="28px"
        )
        for i, value in enumerate(first.kpis)
    ]

    def stream() -> None:
        if load.is_idle:
            return
        update = generator.update()
        with pn.io.hold():
            source.stream(columns(update), rollover=num_kept)
            for kpi, value in zip(kpis, update.kpis, strict=True):
                kpi.value = value

    period_millis = round(1000 / load.updates_per_sec)
    pn.state.onload(lambda: pn.state.add_periodic_callback(stream, period=period_millis))
    return pn.Column(pn.Row(*kpis), pn.GridBox(*charts, ncols=4))


def main() -> None:
    """Serve until the parent ends."""
    load, port = Load.of_json(sys.argv[1]), free_port()
    end_with_parent()
    pn.extension(inline=True)
    if load.history_points:
        import hvplot.pandas  # noqa: F401
        import pandas as pd

        xs, ys = history(load.history_points)
        frame = pd.DataFrame({"x": pd.to_datetime(xs, unit="s"), "y": ys})

    def page() -> pn.viewable.Viewable:
        if not load.history_points:
            return live(load)
        plot = frame.hvplot.line(x="x", y="y", rasterize=True, width=1500, height=500, tools=["xbox_zoom"])
        return pn.pane.HoloViews(plot.opts(active_tools=["xbox_zoom"]))

    server = pn.serve(page, port=port, address="127.0.0.1", show=False, start=False, title="Panel")
    server.start()
    say_ready(f"http://127.0.0.1:{port}/")
    server.run_until_shutdown()


if __name__ == "__main__":
    main()
