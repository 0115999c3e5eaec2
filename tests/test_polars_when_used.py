from __future__ import annotations

import subprocess
import sys
import textwrap
from types import ModuleType

import polars as pl
import pytest

from cadran.polars_when_used import is_frame
from cadran.polars_when_used import pl as pl_when_used

NUMBERS_ONLY = """
    import sys
    import cadran as cd
    import cadran.server.app
    import cadran.testing

    press = cd.channel("press")
    level = cd.metric(press.kpi("level"))(lambda level: 2 * level)

    @cd.source(every="1s")
    def load() -> float:
        return 0.5

    @cd.screen("Numbers")
    def numbers(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Level", level)
        ui.kpi("Load", load)
        ui.kpi("Least", press.series("vibration").last("60s").min(), compare="previous")
        ui.line("Vibration", press.series("vibration"), window="60s")
        ui.line("Curve", press.series("curve", x="free"))

    with cadran.testing.open(numbers) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.KpiUpdated("level", 21.0), cd.KpiUpdated("state", "ok"), cd.KpiUpdated("count", 3))
        press.send(cd.ChartDataUpdated("vibration", [(now - 1.0, 2.0), (now, 4.0)]))
        press.send(cd.ChartDataUpdated.xy("curve", [3.0, 1.0], [1.0, 2.0], x="free"))
        live.advance("2s")
        assert viewer.value("level") == 42.0
        assert viewer.value("load") == 0.5
        assert viewer.value("least") == 2.0
    found = {"polars", "sqlite3"} & set(sys.modules)
    assert not found, found
"""


A_TABLE_DESCRIBED = """
    import sys
    import cadran as cd

    press = cd.channel("press")

    @cd.screen("Rows")
    def rows(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Rows", press.table("rows").count())

    assert "polars" not in sys.modules
    rows.describe()
    assert "polars" in sys.modules
"""


@pytest.mark.slow
@pytest.mark.parametrize("code", [NUMBERS_ONLY, A_TABLE_DESCRIBED], ids=["numbers only", "a table described"])
def test_polars_is_imported_for_a_program_with_tables_and_no_other(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_is_the_module_itself() -> None:
    assert pl_when_used.DataFrame is pl.DataFrame
    assert issubclass(pl_when_used.exceptions.ColumnNotFoundError, pl.exceptions.PolarsError)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = pl_when_used.no_such_name  # type: ignore[attr-defined]  # that is the point


@pytest.mark.parametrize("value", [None, 1.0, "text", [{"a": 1}], {"a": [1]}, pl.Series([1]), pl.DataFrame])
def test_what_is_no_frame(value: object) -> None:
    assert not is_frame(value)


def test_frames_are_frames_and_their_subclasses_too() -> None:
    class Rows(pl.DataFrame):
        pass

    assert is_frame(pl.DataFrame())
    assert is_frame(Rows())


def test_before_polars_is_there_nothing_is_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame()
    for module in (None, ModuleType("polars")):  # the second as it looks while another thread imports it
        monkeypatch.setitem(sys.modules, "polars", module)
        assert not is_frame(frame)
