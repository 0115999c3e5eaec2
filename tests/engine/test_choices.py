"""Filters: those who choose the same share everything, and nobody sees what is another's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import cadran as cd
import cadran.testing
from cadran.engine.messages import ChangeHinted, DescriptionChanged
from cadran.engine.stages import VARIANTS_MAX
from cadran.screen.layout import FilterControl
from cadran.testing import HeadlessViewer

AMOUNTS = {"EU": [10.0, 20.0, 30.0], "US": [1.0, 2.0], "AP": [500.0]}
FILTERED_SQL = "SELECT id, region, amount FROM orders WHERE (:region IS NULL OR region = :region) ORDER BY id"


class Shop:
    """A database of orders, and a screen over it."""

    def __init__(self, folder: Path, sql: str, every: str = "1s") -> None:
        self.path = folder / "shop.db"
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, region TEXT, amount REAL, at REAL)")
        for region, amounts in AMOUNTS.items():
            for amount in amounts:
                self.add(region, amount)
        self.orders = cd.database(f"sqlite:///{self.path}").query(sql, every=every, key="id", name="orders")
        orders = self.orders

        @cd.screen("Shop")
        def shop(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.filter("region")
            ui.search()
            ui.kpi("Revenue", orders.sum("amount"))
            ui.bar("By region", orders.sum("amount", by="region"))
            ui.table("Rows", orders.tail(10))

        self.screen = shop

    def add(self, region: str, amount: float) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("INSERT INTO orders (region, amount, at) VALUES (?, ?, 0)", (region, amount))


@pytest.fixture(params=[FILTERED_SQL, "SELECT id, region, amount FROM orders ORDER BY id"], ids=["in SQL", "in memory"])
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    return Shop(tmp_path, request.param)


def regions_in(viewer: HeadlessViewer) -> set[str]:
    return {row[1] for row in viewer.rows("rows")}


def bars_in(viewer: HeadlessViewer) -> set[str]:
    return {row[0] for row in viewer.rows("by-region")}


def test_a_choice_filters_the_whole_screen_and_is_undone(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        assert viewer.value("revenue") == 563.0
        viewer.choose(region="EU")
        live.advance("2s")
        assert (viewer.value("revenue"), regions_in(viewer)) == (60.0, {"EU"})
        assert viewer.choices == {"region": ("EU",)}
        viewer.choose(region=None)
        live.advance("2s")
        assert (viewer.value("revenue"), regions_in(viewer)) == (563.0, {"EU", "US", "AP"})


def test_a_menu_offers_all_values_whatever_is_chosen(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(region="US")
        live.advance("2s")
        assert [row[0] for row in viewer.rows("options-region")] == ["AP", "EU", "US"]
        assert viewer.state("options-region") == "live"


def test_two_hundred_viewers_of_two_choices_cost_two(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FILTERED_SQL)
    with cadran.testing.open(shop.screen) as live:
        viewers = [live.viewer() for _ in range(200)]
        for i, viewer in enumerate(viewers):
            viewer.see("revenue", "by-region", "rows")
            viewer.choose(region=["EU", "US"][i % 2])
        live.advance("15s")  # the screen as it was first seen lingers
        before = live.statistics()
        shop.add("EU", 40.0)
        shop.add("US", 3.0)
        live.advance("10s")
        after = live.statistics()
        # Ten ticks of two choices: not two hundred.
        assert 18 <= after.num_reads - before.num_reads <= 22
        # Three panels of two choices; a KPI and its bars read the same rows.
        assert after.num_encodings - before.num_encodings <= 2 * 3 * 2
        for i, viewer in enumerate(viewers):
            assert (viewer.value("revenue"), regions_in(viewer)) == ([(100.0, {"EU"}), (6.0, {"US"})][i % 2])


def test_nobody_sees_what_another_chose_at_any_time(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewers = {region: live.viewer() for region in AMOUNTS}
        for region, viewer in viewers.items():
            viewer.choose(region=region)
        for step in range(30):
            shop.add(list(AMOUNTS)[step % 3], 1.0)
            live.advance("0.35s")
            for region, viewer in viewers.items():
                assert regions_in(viewer) <= {region}


def test_the_bars_of_a_filter_stay_all_there_and_the_rest_is_filtered(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "SELECT id, region, amount FROM orders ORDER BY id")
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(region="EU")
        live.advance("1s")
        assert (bars_in(viewer), regions_in(viewer)) == ({"EU", "US", "AP"}, {"EU"})
        viewer.choose(q="us")
        live.advance("1s")
        assert (bars_in(viewer), regions_in(viewer)) == ({"US"}, set())


def test_bars_of_a_query_that_names_the_filter_are_those_of_its_rows(tmp_path: Path) -> None:
    with cadran.testing.open(Shop(tmp_path, FILTERED_SQL).screen) as live:
        viewer = live.viewer()
        viewer.choose(region="EU")
        live.advance("2s")
        assert bars_in(viewer) == {"EU"}


def test_a_refresh_and_a_change_told_reach_what_viewers_chose_of_a_query(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FILTERED_SQL, every="1h")
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(region="EU")
        live.advance("2s")
        values = [viewer.value("revenue")]
        shop.add("EU", 5.0)
        live.advance("2s")
        values.append(viewer.value("revenue"))
        shop.orders.refresh()
        live.advance("2s")
        values.append(viewer.value("revenue"))
        shop.add("EU", 5.0)
        live.put(ChangeHinted(shop.orders.id))
        live.advance("2s")
        assert [*values, viewer.value("revenue")] == [60.0, 60.0, 65.0, 70.0]


def test_what_viewers_chose_of_a_query_tells_changes_for_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FILTERED_SQL)
    heard: list[str] = []
    undo = shop.orders.bind_hints(lambda: heard.append("changed"))
    shop.orders.bound({"region": "EU"}).hint()
    undo()
    assert heard == ["changed"]


def test_equal_choices_are_one_however_they_are_said(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        one, other = live.viewer(), live.viewer()
        one.choose(region="EU", q="e")
        other.choose(q=" e ")
        other.choose(region=["EU", "EU"])
        live.advance("1s")
        assert one.choices == other.choices == {"q": ("e",), "region": ("EU",)}
        assert sum("?" in stage.key for stage in live.core.stages()) <= 2


def test_a_choice_survives_a_cut_and_a_restart(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(region="EU")
        live.advance("2s")
        live.cut(viewer)
        shop.add("EU", 5.0)
        shop.add("US", 7.0)
        live.advance("3s")
        live.reconnect(viewer)
        live.advance("2s")
        assert viewer.resumed is True
        assert (viewer.value("revenue"), regions_in(viewer)) == (65.0, {"EU"})
        live.restart()
        live.reconnect(viewer)
        live.advance("2s")
        assert (viewer.value("revenue"), regions_in(viewer)) == (65.0, {"EU"})


def test_who_chose_otherwise_while_cut_off_gets_nothing_of_the_old(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(region="EU")
        live.advance("2s")
        live.cut(viewer)
        viewer.choose(region="US")
        live.reconnect(viewer)
        live.advance("2s")
        assert not viewer.resumed
        assert (viewer.value("revenue"), regions_in(viewer)) == (3.0, {"US"})


def test_a_choice_in_a_pause_is_shown_of_now_and_held(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        viewer.change(paused=True)
        live.advance("1s")
        viewer.choose(region="US")
        live.advance("2s")
        assert (viewer.value("revenue"), regions_in(viewer)) == (3.0, {"US"})
        shop.add("US", 5.0)
        live.advance("5s")
        assert viewer.value("revenue") == 3.0
        viewer.change(paused=False)
        live.advance("2s")
        assert viewer.value("revenue") == 8.0


def test_a_hidden_viewer_chooses_and_sees_it_on_return(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.change(hidden=True)
        live.advance("20s")
        viewer.choose(region="US")
        live.advance("20s")
        before = live.statistics().num_reads
        live.advance("20s")
        assert live.statistics().num_reads == before
        viewer.change(hidden=False)
        live.advance("1s")
        assert (viewer.value("revenue"), regions_in(viewer)) == (3.0, {"US"})


def test_what_nobody_chooses_any_more_is_given_back(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        num_nodes, num_sources = len(list(live.core.graph.nodes())), len(live.core.health(live.clock.now()))
        for number in range(40):
            viewer.choose(region=f"none {number}")
            live.advance("0.2s")
        viewer.choose(region=None)
        live.advance("30s")
        assert [stage.key for stage in live.core.stages()] == ["shop"]
        assert len(list(live.core.graph.nodes())) <= num_nodes + 1
        assert len(live.core.health(live.clock.now())) == num_sources
        assert viewer.value("revenue") == 563.0


def test_a_new_layout_lets_go_of_what_is_chosen_no_more_and_keeps_what_is(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FILTERED_SQL)
    with cadran.testing.open(shop.screen) as live:
        stays, leaves = live.viewer(), live.viewer()
        stays.choose(region="EU")
        live.advance("2s")
        sources = set(live.core.health(live.clock.now()))
        schedules = [live.core._polling.schedule(name) for name in sources]
        for number in range(5):
            leaves.choose(region=f"none {number}")
            live.advance("2s")
            leaves.choose(region=None)  # what it chose before lingers
            live.advance("1s")
            assert live.program.redescribe("shop") is None
            live.put(DescriptionChanged("shop"))
            live.advance("0.1s")
            stays.see()
            leaves.see()
            live.advance("0.2s")
            assert set(live.core.health(live.clock.now())) == sources
            assert [live.core._polling.schedule(name) for name in sources] == schedules, "they go on as they were"
            assert (stays.state("revenue"), stays.value("revenue")) == ("live", 60.0)
            live.advance("2s")
        assert stays.value("revenue") == 60.0
        nodes = len(list(live.core.graph.nodes()))
        assert live.program.redescribe("shop") is None
        live.put(DescriptionChanged("shop"))
        live.advance("2s")
        assert len(list(live.core.graph.nodes())) <= nodes


def test_choices_beyond_the_bound_are_refused_and_say_so(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FILTERED_SQL)
    with cadran.testing.open(shop.screen) as live:
        crowd = [live.viewer() for _ in range(VARIANTS_MAX + 1)]
        for number, viewer in enumerate(crowd):
            viewer.see("revenue")
            viewer.choose(q=f"text {number}")
        live.advance("1s")
        assert [viewer.refused for viewer in crowd[:-1]] == [{}] * VARIANTS_MAX
        assert (crowd[-1].refused, crowd[-1].choices) == ({"q": "crowded"}, {})
        assert crowd[-1].value("revenue") == 563.0


def test_unknown_and_malformed_choices_are_ignored_with_a_word(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(nothing="x", region=["EU", "US"], q="\0")
        live.advance("1s")
        assert viewer.refused == {"nothing": "unknown", "region": "malformed", "q": "malformed"}
        assert (viewer.choices, viewer.value("revenue")) == ({}, 563.0)
        viewer.choose(nothing=None, region="EU", q=None)
        live.advance("1s")
        assert (viewer.refused, viewer.value("revenue")) == ({}, 60.0)


def test_a_search_looks_in_all_texts_in_whatever_case(shop: Shop) -> None:
    with cadran.testing.open(shop.screen) as live:
        viewer = live.viewer()
        viewer.choose(q="us")
        live.advance("1s")
        assert regions_in(viewer) == {"US"}


def test_the_layout_names_what_can_be_chosen(shop: Shop) -> None:
    control = shop.screen.describe().layout.controls[0]
    assert isinstance(control, FilterControl)
    assert (control.name, control.column, control.several) == ("region", "region", False)


def test_a_query_that_names_what_nobody_can_choose_is_an_error(tmp_path: Path) -> None:
    query = cd.database("sqlite:///shop.db").query("SELECT :region AS region", every="1s")

    @cd.screen("Shop")
    def shop(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Rows", query)

    with pytest.raises(cd.UsageError, match=r'names :region: add ui\.filter\("region"\)'):
        shop.describe()
