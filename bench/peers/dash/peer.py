"""Dash's server and its page."""

from __future__ import annotations

from bench.contender import HistoryHooks, PageHooks, Peer

CHARTS = "[...document.querySelectorAll('.js-plotly-plot')]"
DRAWS = f"""(window.benchDraws ??= (() => {{
    const counts = {{ num: 0 }};
    for (const chart of {CHARTS}) chart.on('plotly_afterplot', () => counts.num++);
    return counts;
}})()).num"""
LINE = "document.querySelector('.js-plotly-plot .scatterlayer path.js-line')"

HISTORY = HistoryHooks(
    full_js=f"{LINE}.getAttribute('d').length > 1000",
    area_js="document.querySelector('.js-plotly-plot .nsewdrag').getBoundingClientRect()",
    before_drag_js=f"""((chart) => chart.on('plotly_afterplot', () => {{
        const points = chart.calcdata[0];
        chart.paintedRange = [points[0].x, points.at(-1).x];
    }}))({CHARTS}[0])""",
    pan_js=f"""(x0, x1) => {{
        const date = (x) => new Date(1000 * x).toISOString().slice(0, -1);
        Plotly.relayout({CHARTS}[0], {{ 'xaxis.range[0]': date(x0), 'xaxis.range[1]': date(x1) }});
    }}""",
    detail_js=f"""(x0, x1) => {{
        const [start, end] = {CHARTS}[0].paintedRange, limit = 10 * (x1 - x0);
        return Math.abs(start - 1000 * x0) < limit && Math.abs(end - 1000 * x1) < limit;
    }}""",
)

PEER = Peer(
    name="dash",
    about="FastAPI as its server; an interval whose callback extends the charts (extendData) by what the page lacks; "
    "a history thinned by plotly-resampler. Its WebSocket callbacks push more than the page can draw, and stop it",
    packages=("dash", "plotly", "plotly-resampler"),
    page=PageHooks(
        stamp_js="document.getElementById('kpi0')",
        draws_js=DRAWS,
        drawn_js=f"{CHARTS}.filter((chart) => chart.querySelector('.scatterlayer path.js-line')).length",
        history=HISTORY,
    ),
    cannot={"W4": "it has no data structure of its own that grows"},
    open_secs=60.0,
)
