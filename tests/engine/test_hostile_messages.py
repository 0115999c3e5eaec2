"""F23: whatever a viewer says, the core closes it or goes on; never an exception, and never at another's cost."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws.conftest import make_plant

import cadran as cd
from cadran import testing
from cadran.frames.builder import FrameBuilder
from cadran.frames.viewer import Viewer
from cadran.frames.wire import VERSION
from cadran.testing import HeadlessViewer, LiveScreen

VIEW: dict[str, Any] = {"n": 2, "panels": [{"i": 4, "px": 300}]}
HELLO: dict[str, Any] = {"t": "hello", "version": VERSION, "view": VIEW}


def said(message: Any) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


def after(*messages: Any, says_hello: bool = True) -> tuple[int | None, bool, int]:
    """Say these; return the close code, whether a good viewer beside it is all right, and the bytes received."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        good = live.viewer()
        bad = HeadlessViewer()
        if says_hello:
            live.viewer(viewer=bad)
        else:
            connect_only(live, bad)
        for message in messages:
            bad.say(said(message))
            live.settle()
            feed(live, plant.press)
        live.advance("3s")
        is_good = good.value("temperature") == 81.0 and good.state("temperature") == "live"
        return bad.close_code, is_good, bad.num_bytes


def connect_only(live: LiveScreen, viewer: HeadlessViewer) -> None:
    """Connect a viewer that says no hello."""
    live.viewer(viewer=viewer, delay=1e-9)
    live.seat(viewer).viewer.outbox.clear()
    live.seat(viewer).up.cut()
    live.seat(viewer).up.is_cut = False


def feed(live: LiveScreen, press: cd.Channel) -> None:
    now = live.clock.now().wall
    press.send(cd.KpiUpdated("temperature", 81.0), cd.ChartDataUpdated("vibration", [(now - i, i) for i in range(50)]))


UNREADABLE: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b"\xff\xfe\x00",
    "no UTF-8 in a text": b'{"t":"\xff"}',
    "half a character": b'{"t":"\\ud800"}',
    "null": None,
    "a number": 7,
    "a list": [],
    "no type": {},
    "an unknown type": {"t": "nonsense"},
    "a type that is a number": {"t": 1},
    "a view without n": {"t": "view"},
    "n is a text": {"t": "view", "n": "1"},
    "n is no whole number": {"t": "view", "n": 1.5},
    "n is NaN": b'{"t":"view","n":NaN}',
    "n does not fit the header": {"t": "view", "n": 2**32},
    "n is huge": {"t": "view", "n": 10**30},
    "n is huger": b'{"t":"view","n":' + b"9" * 5_000 + b"}",
    "n is negative": {"t": "view", "n": -1},
    "px is no whole number": {"t": "view", "n": 2, "panels": [{"i": 4, "px": 1e308}]},
    "px does not fit": b'{"t":"view","n":2,"panels":[{"i":4,"px":1' + b"0" * 5_000 + b"}]}",
    "x0 is infinite": b'{"t":"view","n":2,"panels":[{"i":4,"px":9,"x0":1e999,"x1":2}]}',
    "an ack without bytes": {"t": "ack", "s": 1},
    "an ack of a list": {"t": "ack", "s": [], "bytes": 1},
    "hello again": HELLO,
    "a deep nest": b'{"t":"ack","s":1,"bytes":1,"z":' + b"[" * 60_000,
    "a deep nest that ends": b'{"t":"ack","s":1,"bytes":1,"z":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
}


@pytest.mark.parametrize("message", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_f23_what_cannot_be_read_closes_with_1002(message: Any) -> None:
    code, is_good, _ = after(message)
    assert code == 1002
    assert is_good


def test_f23_what_is_too_long_closes_with_1009() -> None:
    filler = b'{"t":"ack","s":1,"bytes":1,"z":"%s"}'
    longest = filler % (b"x" * (65_536 - len(filler) + 2))
    assert len(longest) == 65_536
    assert after(longest)[:2] == (None, True)
    assert after(longest + b" ")[:2] == (1009, True)


@pytest.mark.parametrize(
    "first",
    [{"t": "ack", "s": 1, "bytes": 1}, {"t": "view", "n": 1}, {"t": "refresh"}, {**HELLO, "version": VERSION + 1}],
    ids=["ack", "view", "refresh", "another version"],
)
def test_f23_the_first_message_is_a_hello_of_this_version(first: Any) -> None:
    assert after(first, says_hello=False)[:2] == (1002, True)


def test_nothing_is_said_to_who_has_not_said_hello() -> None:
    """A page may connect before it can listen: there is nothing that it could miss."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        live.viewer()
        early = HeadlessViewer()
        connect_only(live, early)
        for _ in range(9):
            feed(live, plant.press)
            live.advance("1s")
        assert (early.num_bytes, early.close_code) == (0, None)
        early.say(said(HELLO))
        live.advance("1s")
        assert early.num_bytes > 0


def panel(**fields: Any) -> dict[str, Any]:
    return {"t": "view", "n": 2, "panels": [{"i": 4, "px": 300, **fields}]}


BEARABLE: dict[str, Any] = {
    "px of -5": panel(px=-5),
    "px of 0": panel(px=0),
    "px of 2**62": panel(px=2**62),
    "px of -2**62": panel(px=-(2**62)),
    "x0 past x1": panel(x0=5.0, x1=1.0),
    "x0 is x1": panel(x0=5.0, x1=5.0),
    "x0 without x1": panel(x0=5.0),
    "x1 without x0": panel(x1=5.0),
    "all that is": panel(x0=-1.7e308, x1=1.7e308),
    "next to nothing": panel(x0=1.8e9, x1=1.8e9 + 2.4e-7),
    "the least number": panel(x0=0.0, x1=5e-324),
    "far away": panel(x0=1e300, x1=1.0001e300),
    "far away, close": panel(x0=1e300, x1=1.7e308, px=2**62),
    "a span of 0": panel(span=0.0),
    "a span below 0": panel(span=-1.0),
    "a span of next to nothing": panel(span=5e-324),
    "a span without end": panel(span=1.7e308),
    "no such panel": {"t": "view", "n": 2, "panels": [{"i": 99}, {"i": -1}, {"i": 2**60}, {"i": -(2**63)}]},
    "one panel often": {"t": "view", "n": 2, "panels": [{"i": 4, "px": i} for i in range(1_000)]},
    "an interval of 0": {"t": "view", "n": 2, "refresh_secs": 0.0},
    "an interval below 0": {"t": "view", "n": 2, "refresh_secs": -1e308},
    "an interval without end": {"t": "view", "n": 2, "refresh_secs": 1.7e308},
    "a view number that goes back": {"t": "view", "n": 0, "hidden": True},
    "the greatest view number": {"t": "view", "n": 2**32 - 1},
    "an ack beyond what was sent": {"t": "ack", "s": 1e300, "bytes": 1e300},
    "an ack below 0": {"t": "ack", "s": -1.0, "bytes": -1e300},
    "an ack of a part of a byte": {"t": "ack", "s": 0.5, "bytes": 0.25},
    "a refresh of unknown panels": {"t": "refresh", "panels": [99, -1, 2**70, -(2**70)]},
    "a refresh of nothing": {"t": "refresh", "panels": []},
    "unknown fields": {"t": "refresh", "panels": None, "more": {"a": [1, {"b": 2}]}},
}


@pytest.mark.parametrize("message", BEARABLE.values(), ids=BEARABLE.keys())
def test_f23_nonsense_is_borne(message: Any) -> None:
    code, is_good, num_bytes = after(message, {"t": "refresh"}, {"t": "view", "n": 3, "paused": True}, message)
    assert code in (None, 1002)
    assert is_good
    assert num_bytes < 500_000


@pytest.mark.parametrize("paused_at", [0.0, -1.0, -1e30, -1e300, 1e300])
def test_f23_a_pause_may_be_said_to_have_begun_at_any_moment(paused_at: float) -> None:
    view = {"n": 1, "panels": [{"i": i} for i in range(7)], "paused": True, "paused_at": paused_at}
    assert after({**HELLO, "view": view}, says_hello=False)[:2] == (None, True)


@pytest.mark.parametrize("most", [1e300, 0.8e308])
def test_f23_the_widest_range_beside_a_history_that_comes_coarse_first(most: float) -> None:
    press = cd.channel("press")

    @cd.screen("Press", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v"), window="1h")
        ui.line("W", press.series("v"), press.series("w"), window="1h")

    with testing.open(screen) as live:
        good, odd_one = live.viewer(), HeadlessViewer()
        now = live.clock.now().wall
        for name in "vw":
            points = [(now - 3_000 + i * 0.375, i * 7_919 % 1_009 / 1_009) for i in range(8_000)]
            press.send(cd.ChartDataUpdated(name, points))
        live.advance("1s")
        connect_only(live, odd_one)
        panels = [{"i": 0, "px": 1, "x0": -most, "x1": most}, {"i": 1, "px": 8_000}]
        odd_one.say(said({**HELLO, "view": {"n": 1, "panels": panels}}))
        live.advance("1s")
        assert (good.close_code, odd_one.close_code) == (None, None)


def test_f23_what_no_frame_can_be_made_of_closes_its_viewer_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """There should be nothing of that kind; if there is after all, all others go on."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        good, bad = live.viewer(), live.viewer()
        live.advance("1s")
        build, seen = FrameBuilder.build, live.seat(bad).viewer

        def failing(self: FrameBuilder, viewer: Viewer, *rest: Any) -> Any:
            if viewer.view.n == 9:
                raise OverflowError("a fault of ours")
            return build(self, viewer, *rest)

        monkeypatch.setattr(FrameBuilder, "build", failing)
        seen.say(said({"t": "view", "n": 9, "panels": [{"i": 0}]}))
        live.advance("1s")
        feed(live, plant.press)
        live.advance("1s")
        assert (good.close_code, bad.close_code) == (None, 1011)
        assert good.value("temperature") == 81.0
        assert live.statistics().num_viewers == 1
    assert "a fault of ours" in caplog.text


def test_f11_a_fault_of_many_viewers_is_a_line_of_the_log_and_a_count(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: Any) -> Any:
        raise OverflowError("a fault of ours")

    monkeypatch.setattr(FrameBuilder, "build", failing)
    plant = make_plant()
    with testing.open(plant.screen) as live:
        for _ in range(50):
            live.viewer()
        live.advance("1s")
        assert len(caplog.records) == 1
        live.advance("10s")
        live.viewer()
        live.advance("1s")
        assert [record.getMessage().count("49 more") for record in caplog.records] == [0, 1]
        assert live.statistics().num_frame_faults == 51


HAVES: dict[str, Any] = {
    "no such slot": [[99, 0, 0.0, 1.0], [-1, 0, 0.0, 1.0], [2**70, 0, 0.0, 1.0]],
    "no such level": [[4, 10**6, 0.0, 1.0], [4, -(2**70), 0.0, 1.0]],
    "low beyond": [[4, -4, 1e308, 1.0], [4, -4, -1e308, 1.0]],
    "S of the future": [[slot, 0, 0.0, 1e300] for slot in range(8)],
    "S below 0": [[slot, 0, 0.0, -1e300] for slot in range(8)],
    "a series held as a table": [[5, -4, 0.0, 3.0], [4, 0, 0.0, 3.0]],
    "very many": [[slot, 0, 0.0, 1.0] for slot in range(3_000)],
}


@pytest.mark.parametrize("have", HAVES.values(), ids=HAVES.keys())
def test_f23_nonsense_of_what_is_held(have: Any) -> None:
    """Who lies about what it has may see nonsense; nobody else does, and it gets the present where it can."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        good = live.viewer()
        feed(live, plant.press)
        live.advance("1s")
        liar = HeadlessViewer()
        live.viewer(viewer=liar, delay=1e-9)
        live.seat(liar).up.cut()
        live.seat(liar).up.is_cut = False
        liar.outbox.clear()
        liar.say(said({**HELLO, "epoch": good.epoch, "have": have}))
        live.advance("1s")
        plant.press.send(cd.KpiUpdated("temperature", 90.0))
        live.advance("1s")
        assert good.value("temperature") == 90.0
        assert liar.close_code in (None, 1002)
        if liar.close_code is None:
            assert liar.value("temperature") == 90.0


@pytest.mark.slow
def test_f23_what_a_viewer_says_does_not_pile_up() -> None:
    """Views of ever new panels, refreshes and pauses: the server's memory of a viewer is a constant."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        for step in range(50):
            panels = [{"i": 1_000 * step + i, "px": 5} for i in range(1_000)]
            viewer.say(said({"t": "view", "n": 10 + step, "panels": panels, "paused": step % 2 == 0}))
            live.settle()
        known = next(iter(live.core.audience.viewers()))
        assert len(known.panels) + len(known.last_views) + len(known.holding.held) + len(known.aside) < 50


def test_f23_a_zoom_that_never_ends_costs_no_more_than_its_credit() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        good, bad = live.viewer(), live.viewer()
        feed(live, plant.press)
        live.advance("1s")
        bad.does_ack = False
        num_bytes = bad.num_bytes
        for step in range(400):
            bad.say(
                said({"t": "view", "n": 10 + step, "panels": [{"i": 4, "px": 1_000 + step % 7, "span": 3.0 + step}]})
            )
            live.advance(0.005)
        assert bad.num_bytes - num_bytes < 128 * 1024
        assert good.state("temperature") == "live"


def test_f23_messages_of_unknown_or_closed_viewers_are_ignored() -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        viewer.say(b"nonsense")
        viewer.say(said({"t": "refresh"}))
        viewer.say(said({"t": "ack", "s": 1, "bytes": 1}))
        live.settle()
        assert viewer.close_code == 1002
        assert live.statistics().num_viewers == 0


numbers = st.one_of(
    st.integers(-(2**70), 2**70), st.integers(-3, 10), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)
odd = st.one_of(numbers, st.none(), st.text(max_size=3), st.lists(numbers, max_size=2))
views = st.fixed_dictionaries(
    {"t": st.just("view"), "n": st.one_of(st.integers(0, 9), odd)},
    optional={
        "hidden": st.one_of(st.booleans(), odd),
        "paused": st.one_of(st.booleans(), odd),
        "paused_at": odd,
        "refresh_secs": odd,
        "panels": st.lists(
            st.fixed_dictionaries(
                {"i": st.one_of(st.integers(0, 7), odd)},
                optional={"px": st.one_of(st.integers(0, 3_000), odd), "span": odd, "x0": odd, "x1": odd},
            ),
            max_size=9,
        ),
    },
)
haves = st.lists(
    st.one_of(st.tuples(st.integers(0, 8), numbers, numbers, numbers), st.lists(odd, max_size=5)), max_size=9
)
messages = st.one_of(
    views,
    st.fixed_dictionaries({"t": st.just("ack"), "s": odd, "bytes": odd}),
    st.fixed_dictionaries({"t": st.just("refresh")}, optional={"panels": st.one_of(odd, st.lists(odd, max_size=5))}),
    st.fixed_dictionaries({"t": st.just("hello"), "version": odd, "have": haves, "view": views}),
    st.binary(max_size=40),
    st.recursive(
        odd, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner), max_leaves=9
    ),
)


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(messages, max_size=12), haves, views, st.booleans())
def test_f23_fuzzed_conversations(talk: list[Any], have: list[Any], view: dict[str, Any], is_resumed: bool) -> None:
    plant = make_plant()
    with testing.open(plant.screen) as live:
        good = live.viewer()
        feed(live, plant.press)
        live.settle()
        bad = HeadlessViewer()
        live.viewer(viewer=bad, delay=1e-9)
        if is_resumed:
            live.seat(bad).up.cut()
            live.seat(bad).up.is_cut = False
            bad.outbox.clear()
            bad.say(said({**HELLO, "epoch": good.epoch, "have": have, "view": view}))
        for message in talk:
            bad.say(said(message))
            live.advance(0.04)
        plant.press.send(cd.KpiUpdated("temperature", 82.5))
        live.advance(0.5)
        assert good.value("temperature") == 82.5
        assert bad.close_code in (None, 1002, 1009)
        assert bad.max_message_bytes <= 65_536


def test_msgspec_gives_no_number_that_is_not_finite() -> None:
    """What the core relies on: numbers out of range are refused when they are read."""
    for text in (b"1e999", b"-1e999", b"1" + b"0" * 400):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(text, type=float)
    assert not math.isinf(msgspec.json.decode(b"1e308", type=float))
