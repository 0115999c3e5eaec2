"""Bokeh's server and its page."""

from __future__ import annotations

from bench.contender import HistoryHooks, PageHooks, Peer

PLOTS = "[...Bokeh.index.query((view) => view.model.type == 'Figure')]"
KPI = "Bokeh.index.find_one(Bokeh.documents[0].get_model_by_name('kpi0'))"
"""Its text is a new element in the same shadow root each time."""

HISTORY = HistoryHooks(
    full_js=f"Bokeh.documents[0].is_idle && {PLOTS}[0]._render_count > 0",
    area_js=f"""(() => {{
        const plot = {PLOTS}[0], outer = plot.el.getBoundingClientRect(), inner = plot.frame.bbox;
        return new DOMRect(outer.x + inner.left, outer.y + inner.top, inner.width, inner.height);
    }})()""",
    before_drag_js=f"""(() => {{
        const plot = {PLOTS}[0], {{ x_range }} = plot.model;
        plot.repainted.connect(() => (plot.paintedRange = [x_range.start, x_range.end]));
    }})()""",
    pan_js=f"(x0, x1) => {PLOTS}[0].model.x_range.setv({{ start: x0 * 1000, end: x1 * 1000 }})",
    detail_js=f"""(x0, x1) => {{
        const [start, end] = {PLOTS}[0].paintedRange, limit = 10 * (x1 - x0);
        return Math.abs(start - 1000 * x0) < limit && Math.abs(end - 1000 * x1) < limit;
    }}""",
)

PEER = Peer(
    name="bokeh",
    about="its server: one ColumnDataSource for all lines, streamed with rollover by a periodic callback; on the "
    "canvas, which is faster than WebGL in software",
    packages=("bokeh",),
    page=PageHooks(
        stamp_js=f"{KPI}.shadow_el.querySelector('.bk-clearfix')",
        scope_js=f"{KPI}.shadow_el",
        draws_js=f"{PLOTS}.reduce((sum, plot) => sum + plot._render_count, 0)",
        drawn_js=f"{PLOTS}.filter((plot) => plot._render_count > 0).length",
        history=HISTORY,
    ),
    workloads=("W1", "W3", "W4", "W5"),
)
