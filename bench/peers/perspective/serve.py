"""Perspective's server: a table with a limit, served by its Tornado handler; the page has a viewer for each line."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import perspective
import pyarrow as pa
import tornado.ioloop
import tornado.web
from bench.load import Generator, Load, history
from bench.serving import end_with_parent, free_port, say_ready
from perspective.handlers.tornado import PerspectiveTornadoHandler

PAGE = Path(__file__).parent / "page.html"
NPM = Path(sys.prefix) / "node_modules"


class Page(tornado.web.RequestHandler):
    """The one page."""

    def get(self) -> None:
        self.write(PAGE.read_text("utf-8"))


def arrow(columns: dict[str, pa.Array]) -> bytes:
    """Return columns as an Arrow stream, which the documents advise."""
    table, sink = pa.table(columns), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def lines_of(xs: np.ndarray, ys: np.ndarray) -> bytes:
    """Return what is new of the lines. xs in seconds; ys (num_lines, n)."""
    millis = pa.array((xs * 1000.0).astype("datetime64[ms]"))
    return arrow({"x": millis, **{f"y{i}": pa.array(one) for i, one in enumerate(ys)}})


def kpis_of(values: list[float]) -> bytes:
    """Return the rows of the KPIs; as text, the first without decimals."""
    texts = [f"{value:.1f}" if i else f"{value:.0f}" for i, value in enumerate(values)]
    return arrow({"kpi": pa.array([f"KPI {i}" for i in range(len(texts))]), "value": pa.array(texts)})


def feed(client: perspective.Client, load: Load) -> None:
    """Make the tables of live lines, and keep them live."""
    generator = Generator(load)
    first = generator.update()
    num_kept = round(load.window_secs * load.points_per_sec)
    lines = client.table(lines_of(first.xs, first.ys), name="lines", limit=num_kept)
    kpis = client.table(kpis_of(first.kpis), name="kpis", index="kpi")

    def update() -> None:
        if load.is_idle:
            return
        new = generator.update()
        lines.update(lines_of(new.xs, new.ys))
        kpis.update(kpis_of(new.kpis))

    tornado.ioloop.PeriodicCallback(update, 1000 / load.updates_per_sec).start()


def main() -> None:
    """Serve until the parent ends."""
    load, port = Load.of_json(sys.argv[1]), free_port()
    end_with_parent()
    server = perspective.Server()
    client = server.new_local_client()
    routes = [
        (r"/", Page),
        (r"/npm/(.*)", tornado.web.StaticFileHandler, {"path": str(NPM)}),
        (r"/socket", PerspectiveTornadoHandler, {"perspective_server": server}),
    ]
    app = tornado.web.Application(routes, websocket_max_message_size=2**31)
    app.listen(port, address="127.0.0.1")
    loop = tornado.ioloop.IOLoop.current()

    def start() -> None:
        if load.history_points:
            xs, ys = history(load.history_points)
            client.table(arrow({"x": pa.array(xs), "y0": pa.array(ys)}), name="lines")
            say_ready(f"http://127.0.0.1:{port}/?history&from={xs[0]}&to={xs[-1]}")
        else:
            feed(client, load)
            say_ready(f"http://127.0.0.1:{port}/?lines={load.num_lines}")

    loop.add_callback(start)
    loop.start()


if __name__ == "__main__":
    main()
