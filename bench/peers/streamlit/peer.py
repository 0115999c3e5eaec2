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
        drawn_js="document.querySelectorAll('[data-testid=\"stVegaLiteChart\"] canvas').length",
    ),
    workloads=("W1", "W3"),
    open_secs=90.0,
)
