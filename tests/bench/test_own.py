"""How long loops are held, and what measuring costs: read, compared and told."""

from __future__ import annotations

import math
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
from bench import holds, own_cost
from bench.accounts import switch_accounts
from bench.contenders.cadran import CadranViewer
from bench.holds import Held, counts_of, held_between
from bench.results import CADRAN, Part, Recorder, Results, figures_of
from bench.step_times import StepTimes
from bench.targets import verdicts
from bench.verdict import Verdict
from bench.workloads import w8_input

import cadran as cd
from cadran.frames.costs import Costs, PanelCosts
from cadran.frames.encode import welcome_pieces
from cadran.frames.message import message as message_of
from cadran.frames.wire import COMMIT, FIRST, VERSION, Welcome
from cadran.server.openmetrics import Buckets, Family, Writer

NAME = "cadran_loop_hold_seconds"


def exposition(*cumulative: int) -> str:
    writer = Writer()
    writer.add_histogram(Family(NAME, "histogram", "Holds.", "seconds"), Buckets((0.002, 0.005, 0.01), cumulative, 0.1))
    return writer.take()


def verdict(workload: str, words: str, *values: tuple[str, str, float]) -> Verdict:
    """Of case, measure, value."""
    recorder = Recorder(workload)
    for case, measure, value in values:
        recorder.add(case, CADRAN, 0, measure, "", value)
    part = Part(workload=workload, conditions={}, contenders={}, figures=figures_of(recorder.samples))
    (found,) = [one for one in verdicts(Results(parts=(part,))) if one.workload == workload and words in one.wanted]
    return found


def test_holds_are_those_between_two_looks_at_the_histogram() -> None:
    before, after = (counts_of(exposition(*counts), NAME) for counts in ((1, 2, 3, 4), (11, 12, 14, 15)))
    assert after == {0.002: 11.0, 0.005: 12.0, 0.01: 14.0, math.inf: 15.0}
    assert counts_of(exposition(1, 2, 3, 4), "cadran_other") == {}
    assert held_between(before, after) == Held(11.0, 1.0, 10.0)
    assert held_between({}, before) == Held(4.0, 2.0, holds.MOST_MILLIS)
    assert held_between(after, after) == Held(0.0, 0.0, 0.0)


def test_one_hold_past_the_limit_does_not_hold() -> None:
    loop = next(iter(holds.LOOPS))

    def told(*longest: float) -> Verdict:
        rows = [(case, holds.longest(loop), one) for case, one in zip(holds.CASES, longest, strict=False)]
        rows += [(case, holds.over(loop), float(one > 5.0)) for case, _, one in rows]
        return verdict("W9", f"the {loop} is", *rows, *((case, holds.count(loop), 100.0) for case in holds.CASES))

    assert told(5.0, 2.0, 5.0, 1.0).holds is True
    late = told(5.0, 2.0, 10.0, 1.0)
    assert late.holds is False
    assert late.measured.endswith("holds over it: 0 of 100, 0 of 100, 1 of 100, 0 of 100")
    assert told(5.0, 2.0, 5.0).holds is None


@pytest.mark.parametrize(("cost", "holds_it"), [(0.9, True), (1.0, False)])
def test_own_cost_is_of_a_core_and_its_share_of_the_server_stands_beside(cost: float, holds_it: bool) -> None:
    rows = [(own_cost.CASE, own_cost.own(what), cost) for what in (own_cost.DEBUG, own_cost.ACCOUNTS)]
    rows += [(own_cost.CASE, own_cost.share(what), 30.0) for what in (own_cost.DEBUG, own_cost.ACCOUNTS)]
    found = verdict("W9", "< 1 % of a core", *rows)
    assert found.holds is holds_it
    assert found.measured.endswith("% of the server's own CPU: ?debug 30, accounts 30")


def test_nothing_is_put_on_accounts_while_they_are_off() -> None:
    def spent() -> tuple[int, int]:
        costs = Costs(lambda: 0.0)
        panel = costs.panel("bench", 0)
        assert isinstance(panel, PanelCosts)
        costs.begin_step()
        costs.encoded(panel, 0.001, 10)
        costs.end_step()
        costs.find("bench", 0)
        return panel.encoded_bytes, costs.hold.durations.num

    assert spent() == (10, 1)
    try:
        switch_accounts(on=False)
        assert spent() == (0, 0)
    finally:
        switch_accounts(on=True)
    assert spent() == (10, 1)


def test_the_longest_step_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("begin_step", "end_step"):
        monkeypatch.setattr(Costs, name, getattr(Costs, name))  # put back afterwards
    times = StepTimes()
    costs = Costs(lambda: 0.0)
    costs.begin_step()
    costs.end_step()
    secs, cpu_secs = times.take()
    assert 0.0 < secs < 1_000.0
    assert 0.0 <= cpu_secs < 1_000.0
    times.add(0.02, 0.003)
    times.add(0.01, 0.004)
    assert times.take() == [20.0, 4.0]
    assert times.take() == [0.0, 0.0]
    assert costs.hold.durations.num == 1


def test_the_browsers_own_word_on_delays_stands_beside_ours_and_decides_nothing() -> None:
    cases = [w8_input.case(rate) for rate in w8_input.RATES]
    rows = [(case, w8_input.P95, 40.0) for case in cases] + [(case, w8_input.TIMED, 80.0) for case in cases]
    found = verdict("W8", "interaction delay", *rows)
    assert found.holds is True
    assert found.measured.endswith(f"{cases[0]}: 80, {cases[1]}: 80")
    assert "Event Timing p95" in found.measured


def test_a_viewer_of_the_bench_sees_all_panels_however_long_their_layout_is() -> None:
    press = cd.channel("press")

    @cd.screen("Wide", slug="wide")
    def wide(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for line in range(1_000):
            ui.line(f"A line with a long name {line}", press.series(f"line{line}"), key=f"line{line}")

    layout = wide.describe().layout
    welcome = Welcome(version=VERSION, epoch="e", resumed=False, layout=layout, beat_secs=5.0)
    pieces = welcome_pieces(welcome)
    assert len(pieces) > 1
    viewer, said = CadranViewer(), list[str]()
    for number, one in enumerate(pieces):
        flags = (FIRST if number == 0 else 0) | (COMMIT if one is pieces[-1] else 0)
        message = message_of([one], flags=flags, view=0, s=0.0, base=0.0, at=0.0)
        assert not viewer.is_open
        said += viewer.take(message, 0.0, 0.0)
    (view,) = [one for one in map(msgspec.json.decode, said) if one["t"] == "view"]
    assert viewer.is_open
    assert len(view["panels"]) == 1_000


def test_a_server_that_does_not_say_what_a_screen_costs_is_no_measurement() -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        status = 200

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(self.status)
            self.send_header("content-length", "0")
            self.end_headers()
            was_asked.set()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    asked: list[str] = []
    was_asked = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/s/bench"
        with own_cost.asking(url):
            assert was_asked.wait(60.0)
        assert set(asked) == {"/api/screens/bench/debug"}
        Handler.status = 404
        with pytest.raises(RuntimeError, match=r"answered \[404"), own_cost.asking(url):
            pass
        server.shutdown()
