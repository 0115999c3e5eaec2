"""NiceGUI's server and its page."""

from __future__ import annotations

from bench.contender import PageHooks, Peer

CHARTS = "[...document.querySelectorAll('.nicegui-echart')]"

PEER = Peer(
    name="nicegui",
    about="a timer that replaces the data in the options of an ECharts line for each chart (sampling lttb, no "
    "animation), as its documents show; no history: 10 million points draw nothing in two minutes",
    packages=("nicegui",),
    page=PageHooks(
        stamp_js="document.querySelector('.kpi0')",
        drawn_js=f"{CHARTS}.filter((chart) => chart.querySelector('canvas')).length",
    ),
    workloads=("W1", "W3"),
    cannot={
        "W4": "it has no data structure of its own that grows",
        "W5": "10 million points draw nothing in two minutes",
    },
    open_secs=60.0,
)
