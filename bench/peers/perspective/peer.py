"""Perspective's server and its page."""

from __future__ import annotations

from bench.contender import HistoryHooks, PageHooks, Peer

GRID = "document.querySelector('#kpis perspective-viewer-datagrid').shadowRoot"

HISTORY = HistoryHooks(
    full_js="bench.drawn.has('y0')",
    zoom_js="(x0, x1) => void bench.show(x0, x1)",
    detail_js="(x0, x1) => bench.shown[0] === x0 && bench.shown[1] === x1",
)

PEER = Peer(
    name="perspective",
    about="its Tornado handler; a table with a limit, updated with Arrow; an X/Y Line viewer for each line, a Datagrid "
    "of KPIs; a history grouped by buckets of a pixel on the server, anew for each zoom",
    packages=("perspective-python", "pyarrow"),
    page=PageHooks(
        stamp_js=f"""{GRID}.querySelector('td[data-y="0"][data-x="1"]')""",
        scope_js=GRID,
        draws_js="bench.draws",
        drawn_js="bench.drawn.size",
        history=HISTORY,
    ),
    workloads=("W1", "W3", "W4", "W5"),
    open_secs=60.0,
)
