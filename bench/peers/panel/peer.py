"""Panel's server and its page, which is a Bokeh document."""

from __future__ import annotations

from bench.contender import HistoryHooks, PageHooks, Peer

PLOTS = "[...Bokeh.index.query((view) => view.model.type == 'Figure')]"

KPI = "[...Bokeh.index.query((view) => view.model.type.endsWith('HTML'))][0]"

IMAGE = "plot.model.renderers.find((one) => one.glyph.type == 'Image').data_source.data"
"""What the server painted: columns of one row."""

HISTORY = HistoryHooks(
    full_js=f"Bokeh.documents[0].is_idle && {PLOTS}[0]._render_count > 0 && ((plot) => {IMAGE}.dw[0] > 0)({PLOTS}[0])",
    area_js=f"""(() => {{
        const plot = {PLOTS}[0], outer = plot.el.getBoundingClientRect(), inner = plot.frame.bbox;
        return new DOMRect(outer.x + inner.left, outer.y + inner.top, inner.width, inner.height);
    }})()""",
    before_drag_js=f"""(() => {{
        const plot = {PLOTS}[0];
        plot.model.toolbar.tools.find((one) => one.type == 'BoxZoomTool' && one.dimensions == 'width').active = true;
        plot.repainted.connect(() => {{
            const {{ x, dw }} = {IMAGE};
            plot.paintedRange = [x[0], x[0] + dw[0]];
        }});
    }})()""",
    pan_js=f"""(x0, x1) => {{
        {PLOTS}[0].model.x_range.setv({{ start: x0 * 1000, end: x1 * 1000 }});
        {PLOTS}[0].trigger_ranges_update_event();
    }}""",
    detail_js=f"""(x0, x1) => {{
        const [start, end] = {PLOTS}[0].paintedRange, limit = 10 * (x1 - x0);
        return Math.abs(start - 1000 * x0) < limit && Math.abs(end - 1000 * x1) < limit;
    }}""",
)

PEER = Peer(
    name="panel",
    about="its server: Bokeh panes whose one source is streamed by a periodic callback; Number indicators; a history "
    "drawn by hvPlot with rasterize=True (Datashader)",
    packages=("panel", "hvplot", "holoviews", "datashader", "bokeh"),
    page=PageHooks(
        stamp_js=f"[...{KPI}.shadow_el.querySelectorAll('div')].at(-1)",
        scope_js=f"{KPI}.shadow_el",
        draws_js=f"{PLOTS}.reduce((sum, plot) => sum + plot._render_count, 0)",
        drawn_js=f"{PLOTS}.filter((plot) => plot._render_count > 0).length",
        history=HISTORY,
    ),
    workloads=("W1", "W3", "W5"),
    cannot={"W4": "its data structure is Bokeh's"},
)
