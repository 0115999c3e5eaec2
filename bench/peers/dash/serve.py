"""Dash's server: charts that are extended by a callback on an interval; a history thinned by plotly-resampler."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import uvicorn
from bench.load import Generator, Load, history
from bench.serving import end_with_parent, free_port, say_ready_later
from dash import Dash, Input, Output, State, dcc, html, no_update

AXES = {"showgrid": True, "zeroline": False}


class Feed:
    """The window so far, from which each page asks for what is after its own last x."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._generator = Generator(load)
        self._xs, self._ys = np.empty(0), np.empty((load.num_lines, 0))
        self.num_kept = round(load.window_secs * load.points_per_sec)

    def since(self, last_x: float) -> tuple[np.ndarray, np.ndarray, list[float]]:
        """Return xs in seconds, ys (num_lines, n) and KPIs."""
        if not (self._load.is_idle and self._xs.size):
            update = self._generator.update()
            self._xs = np.concatenate([self._xs, update.xs])[-self.num_kept :]
            self._ys = np.concatenate([self._ys, update.ys], axis=1)[:, -self.num_kept :]
            self._kpis = update.kpis
        first = int(np.searchsorted(self._xs, last_x, side="right"))
        return self._xs[first:], self._ys[:, first:], self._kpis


def chart_of(line: int, xs: list[float], ys: list[float]) -> dcc.Graph:
    """Return a chart; as a plain dictionary, which is not validated point by point."""
    layout = {
        "title": {"text": f"Line {line}", "font": {"size": 13}},
        "width": 380,
        "height": 240,
        "margin": {"l": 40, "r": 10, "t": 30, "b": 30},
        "xaxis": {"type": "date", **AXES},
        "yaxis": AXES,
    }
    trace = {"type": "scatter", "mode": "lines", "line": {"width": 1}, "x": xs, "y": ys}
    return dcc.Graph(id=f"line{line}", figure={"data": [trace], "layout": layout}, config={"displayModeBar": False})


def live_layout(load: Load, feed: Feed) -> html.Div:
    """Return a new page: the whole window, an interval, and the last x that this page has."""
    xs, ys, kpis = feed.since(0.0)
    millis = (xs * 1000.0).tolist()
    charts = [chart_of(line, millis, one.tolist()) for line, one in enumerate(ys)]
    cards = [html.Div(texts, id=f"kpi{i}", style={"width": "180px"}) for i, texts in enumerate(texts_of(kpis))]
    return html.Div(
        [
            html.Div(cards, style={"display": "flex", "fontSize": "28px"}),
            html.Div(charts, style={"display": "grid", "gridTemplateColumns": "repeat(4, 380px)"}),
            dcc.Interval(id="interval", interval=1000 / load.updates_per_sec),
            dcc.Store(id="last", data=float(xs[-1])),
        ]
    )


def texts_of(kpis: list[float]) -> list[str]:
    """Return what the cards show; the first is the stamp."""
    return [f"{value:.1f}" if i else f"{value:.0f}" for i, value in enumerate(kpis)]


def show_live(app: Dash, load: Load) -> None:
    """Make the page of live lines."""
    feed = Feed(load)
    app.layout = lambda: live_layout(load, feed)
    outputs = [
        Output("last", "data"),
        *(Output(f"line{i}", "extendData") for i in range(load.num_lines)),
        *(Output(f"kpi{i}", "children") for i in range(load.num_kpis)),
    ]

    @app.callback(outputs, Input("interval", "n_intervals"), State("last", "data"), prevent_initial_call=True)
    def extend(_: int, last_x: float) -> list[Any]:
        xs, ys, kpis = feed.since(last_x)
        if load.is_idle or not xs.size:
            return [no_update] * len(outputs)
        millis = (xs * 1000.0).tolist()
        lines = [({"x": [millis], "y": [one.tolist()]}, [0], feed.num_kept) for one in ys]
        return [float(xs[-1]), *lines, *texts_of(kpis)]


def show_history(app: Dash, num_points: int) -> None:
    """Make the page of a history: a thousand points (its default), asked for anew after each zoom."""
    import plotly.graph_objects as go
    from plotly_resampler import FigureResampler

    xs, ys = history(num_points)
    figure = FigureResampler(go.Figure())
    dates = (xs * 1e9).astype("datetime64[ns]")
    figure.add_trace(go.Scatter(mode="lines", line={"width": 1}), hf_x=dates, hf_y=ys)
    figure.update_layout(width=1500, height=500, template="plotly_white")
    app.layout = html.Div([dcc.Graph(id="history", figure=figure)])
    figure.register_update_graph_callback(app, "history")


def main() -> None:
    """Serve until the parent ends."""
    load, port = Load.of_json(sys.argv[1]), free_port()
    end_with_parent()
    app = Dash(backend="fastapi", update_title="", serve_locally=True)
    if load.history_points:
        show_history(app, load.history_points)
    else:
        show_live(app, load)
    say_ready_later(f"http://127.0.0.1:{port}/")
    uvicorn.run(app.server, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
