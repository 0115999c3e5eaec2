"""/metrics is OpenMetrics to a strict parser, tells what it promises, and stands behind the walls."""

from __future__ import annotations

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from tests.laws.conftest import make_plant
from tests.server.fakes import TOKEN, FakeEngine, FakeProgram, ask

import cadran as cd
from cadran import testing
from cadran.engine.measured import PANELS_MAX, EngineMeasures
from cadran.engine.measuring import PANELS_AT_ONCE, seen
from cadran.frames.costs import HOLD_BOUNDS_SECS
from cadran.server import asgi_app
from cadran.server.life import ServerStatistics
from cadran.server.metrics import FAMILIES, metrics_parts
from cadran.server.openmetrics import CONTENT_TYPE, Buckets, Family, Writer
from cadran.testing import LiveScreen
from cadran.timings import Histogram

SERVER = ServerStatistics(num_viewers=2, num_sockets=2, num_overflows=0, waits=Histogram(HOLD_BOUNDS_SECS))


def families(text: str) -> dict[str, Metric]:
    """Parse strictly; fails on anything that the format does not allow."""
    found = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]
    names = [one.name for one in found]
    assert len(names) == len(set(names))
    return dict(zip(names, found, strict=True))


def measured(live: LiveScreen) -> EngineMeasures:
    return seen(live.core.measuring(live.clock.now()).engine(live.program.sources, live.core.stages()))


def told(live: LiveScreen) -> dict[str, Metric]:
    return families("".join(metrics_parts(measured(live), SERVER)))


def whole(writer: Writer) -> str:
    writer.end()
    return writer.take()


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    """The one sample of a family with these labels."""
    values = [one.value for one in found[name].samples if labels.items() <= one.labels.items()]
    assert len(values) == 1
    return float(values[0])


def test_every_family_is_told_with_its_type_its_unit_and_help() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 1.0))
        live.advance("5s")
        found = told(live)
    assert list(found) == [family.name for family in FAMILIES]
    for family in FAMILIES:
        assert found[family.name].type == family.type
        assert found[family.name].unit == family.unit
        assert found[family.name].documentation == family.help
        assert family.help.endswith(".")
        assert not family.unit or family.name.endswith(f"_{family.unit}")
        assert family.name.startswith("cadran_")


def test_what_it_tells_is_what_happened() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewer, other = live.viewer(), live.viewer()
        for celsius in range(5):
            plant.press.send(cd.KpiUpdated("temperature", -1.0), cd.KpiUpdated("temperature", float(celsius)))
            live.advance("1s")
        found, counts = told(live), live.statistics()
        assert value(found, "cadran_ticks") == counts.num_ticks
        assert value(found, "cadran_viewers") == 2
        assert value(found, "cadran_sent_bytes") == viewer.num_bytes + other.num_bytes
        assert value(found, "cadran_frames_sent") == viewer.num_frames + other.num_frames > 10
        assert value(found, "cadran_encodings") == counts.num_encodings
        assert value(found, "cadran_frame_faults") == counts.num_frame_faults == 0
        assert value(found, "cadran_inputs_merged") == counts.num_inputs_merged
        assert value(found, "cadran_inputs_dropped") == counts.num_inputs_dropped
        assert value(found, "cadran_channel_sent", channel="press") == 10
        assert value(found, "cadran_channel_drained", channel="press") == 10
        assert value(found, "cadran_channel_merged", channel="press") == 5
        stock = plant.stock.id
        assert value(found, "cadran_source_reads", source=stock) == plant.stock.num_reads
        assert value(found, "cadran_source_state", source=stock, cadran_source_state="live") == 1
        assert value(found, "cadran_source_state", source=stock, cadran_source_state="error") == 0
        assert 0 <= value(found, "cadran_source_checked_age_seconds", source=stock) <= 5
        assert value(found, "cadran_panel_viewers", screen="plant", panel="alarm") == 2
        assert value(found, "cadran_panel_encodings", screen="plant", panel="temperature") >= 5
        hold = [one for one in found["cadran_loop_hold_seconds"].samples if one.name.endswith("_count")]
        assert hold[0].value == live.num_steps
        worked = [one for one in found["cadran_loop_hold_cpu_seconds"].samples if one.name.endswith("_count")]
        assert worked[0].value == live.num_steps
        waits = [one for one in found["cadran_web_loop_wait_seconds"].samples if one.name.endswith("_count")]
        assert waits[0].value == SERVER.waits.durations.num


def test_counters_never_go_back_when_viewers_leave() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 1.0))
        live.advance("2s")
        before = told(live)
        live.cut(viewer)
        live.advance("2s")
        after = told(live)
    for family in FAMILIES:
        if family.type == "counter":
            old = {tuple(sorted(one.labels.items())): one.value for one in before[family.name].samples}
            for one in after[family.name].samples:
                assert one.value >= old[tuple(sorted(one.labels.items()))], family.name


def test_panels_are_told_up_to_a_bound() -> None:
    press = cd.channel("press")

    @cd.screen("Wide", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number in range(PANELS_MAX + 7):
            ui.text(f"Panel {number}", "text")
        ui.kpi("A", press.kpi("a"))

    with testing.open(screen) as live:
        live.viewer()
        found = told(live)
        looked_at = sum(len(screen.panels) for screen in measured(live).screens.values())
    assert looked_at == PANELS_MAX, "others do not even hold the loop"
    assert len(found["cadran_panel_viewers"].samples) == PANELS_MAX
    assert value(found, "cadran_panels_left_out") == 8


def test_of_many_panels_neither_loop_does_much_at_a_time() -> None:
    press = cd.channel("press")

    @cd.screen("Wide", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for number in range(4 * PANELS_AT_ONCE):
            ui.kpi(f"Panel {number}", press.kpi(f"k{number}"))

    with testing.open(screen) as live:
        live.viewer()
        looking = live.core.measuring(live.clock.now()).engine(live.program.sources, live.core.stages())
        assert sum(1 for _ in looking) == 4, "the engine may go on after each few panels"
        parts = list(metrics_parts(measured(live), SERVER))
    assert max(part.count("\ncadran_panel_") for part in parts) == 4 * PANELS_AT_ONCE, "one family at a time"
    assert max(part.count("# TYPE cadran_panel") for part in parts) == 1


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", 'x"} 1\n# EOF', "é", "\\n"])
def test_labels_are_escaped(text: str) -> None:
    writer = Writer()
    writer.add(Family("cadran_x", "gauge", f"Help {text}.", labels=("name",)), [((text,), 1.5)])
    found = families(whole(writer))
    assert found["cadran_x"].samples[0].labels == {"name": text}
    assert found["cadran_x"].documentation == f"Help {text}."


def test_a_histogram_without_samples_and_numbers_of_all_kinds() -> None:
    writer = Writer()
    writer.add_histogram(Family("cadran_h_seconds", "histogram", "H.", "seconds"), Buckets((0.1, 1.0), (0, 0, 0), 0.0))
    for number, each in enumerate((float("nan"), float("inf"), -float("inf"), 1e300, 10**18)):
        writer.add_one(Family(f"cadran_{number}", "gauge", "G."), each)
    assert len(families(whole(writer))) == 6


def test_it_is_answered_over_http_with_its_type() -> None:
    answer = ask(asgi_app(FakeProgram(), engine=FakeEngine()), "/metrics")
    assert (answer.status, answer.headers["content-type"]) == (200, CONTENT_TYPE)
    assert answer.body.endswith(b"# EOF\n")
    assert "cadran_ticks" in families(answer.body.decode())


def test_measures_of_a_screen_over_http() -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine())
    found = ask(app, "/api/screens/shop/debug").json()
    assert [panel["key"] for panel in found["panels"]] == ["nothing"]
    unknown = ask(app, "/api/screens/other/debug")
    assert (unknown.status, unknown.error) == (404, "no_such_screen")


@pytest.mark.parametrize("path", ["/metrics", "/api/screens/shop/debug"])
def test_the_walls_stand_before_it(path: str) -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), token=TOKEN)
    assert ask(app, path).status == 401
    assert ask(app, path, headers={"Authorization": f"Bearer {TOKEN}"}).status == 200
    assert ask(app, path, headers={"Host": "rebound.example.com"}).status == 403
    assert ask(app, path, "POST").status in (401, 405)
