"""U23: where nothing changes nothing is sent but beats, and nothing is computed or measured but the steps for them."""

from __future__ import annotations

import cadran as cd
from cadran import testing
from cadran.frames.wire import BEAT_SECS


def test_u23_an_idle_minute_is_beats_alone() -> None:
    num_readings = 0

    def stopwatch() -> float:
        nonlocal num_readings
        num_readings += 1
        return 0.0

    press = cd.channel("press")

    @cd.metric(press.kpi("temperature"))
    def double(celsius: cd.Scalar) -> float | None:
        return 2 * celsius if isinstance(celsius, float) else None

    @cd.screen("Idle", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Temperature", press.kpi("temperature"))
        ui.kpi("Double", double)
        ui.line("Vibration", press.series("vibration"))

    with testing.open(screen, stopwatch=stopwatch) as live:
        viewers = [live.viewer() for _ in range(3)]
        press.send(cd.KpiUpdated("temperature", 1.0), cd.ChartDataUpdated("vibration", [(1_800_000_000.0, 1.0)]))
        live.advance("2s")
        before, steps, readings = live.statistics(), live.num_steps, num_readings
        frames = [(viewer.num_frames, viewer.num_data_pieces) for viewer in viewers]
        beats = [viewer.num_beats for viewer in viewers]
        live.advance("60s")
        after = live.statistics()
        assert [(viewer.num_frames, viewer.num_data_pieces) for viewer in viewers] == frames
        assert after.num_frames_sent == before.num_frames_sent
        assert (after.num_ticks, after.num_encodings, after.num_recalculations, after.s) == (
            before.num_ticks,
            before.num_encodings,
            before.num_recalculations,
            before.s,
        )
        num_beats = [viewer.num_beats - beat for viewer, beat in zip(viewers, beats, strict=True)]
        assert all(60 / BEAT_SECS - 2 <= number <= 60 / BEAT_SECS + 1 for number in num_beats)
        # A look at the house each second, and a step for each beat's acknowledgement.
        num_steps = live.num_steps - steps
        assert num_steps <= 60 + 2 + sum(num_beats)
        assert num_readings - readings == 2 * num_steps, "the beginning and the end of each step"
