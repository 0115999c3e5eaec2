"""W9: how long Cadran holds its own loops, and what it costs to measure itself."""

from __future__ import annotations

from bench.holds import holds_secs, measure_holds
from bench.own_cost import measure_own_cost, own_cost_secs
from bench.plan import Plan
from bench.results import Recorder

NUMBER = "W9"
TITLE = "Cadran's own: how long it holds its loops, what measuring costs"
NOTE = """
*Holds* are read from the histograms of `/metrics`, before and after: a history of 10 million points is opened for the
first time; a first window of 12 × 600,000 points lands while somebody looks; a screen of 1,000 charts is seen for the
first time; 100 viewers join one. Viewers are sockets without a browser. The engine's is wall time of one step
(`cadran_loop_hold_seconds`), the web loop's how long messages waited for it (`cadran_web_loop_wait_seconds`); of the
longest only the upper bound of its bucket is known. Holds of all repeats are counted. The clock goes on while another
thread of the server (what makes the data is one) has the interpreter, or another process the core: so the processor
time of each hold is told as well (`cadran_loop_hold_cpu_seconds`), and the longest step exactly, by both.
*Own cost* is server CPU with one viewer at R = 1,000 and 10 updates a second: the same process as it is, asked once a
second for what a page with `?debug` shows, and with nothing put on accounts, in turns; the median of the differences,
which may be below 0 where there is hardly any. It is of a core, which is what whoever runs it pays for; beside it of
the server's own CPU, which is small, so that little is a large share of it. What the page with `?debug` draws is not
in it, and costs who looks.
"""


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure both."""
    measure_holds(plan, recorder)
    measure_own_cost(plan, recorder)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return holds_secs(plan) + own_cost_secs(plan)
