"""Streamlit's server and its page."""

from __future__ import annotations

from bench.contender import PageHooks, Peer

PEER = Peer(
    name="streamlit",
    about="one st.fragment with run_every, st.line_chart and st.metric; no history: 10 million points crash its tab",
    packages=("streamlit",),
    page=PageHooks(
        stamp_js="document.querySelector('[data-testid=\"stMetricValue\"]')",
        scope_js="document.body",
        # It draws few points as SVG, and many on a canvas.
        drawn_js="document.querySelectorAll('[data-testid=\"stVegaLiteChart\"] :is(canvas, svg).marks').length",
    ),
    workloads=("W1", "W3"),
    cannot={"W4": "it has no data structure of its own that grows", "W5": "10 million points crash its tab"},
    open_secs=90.0,
)
