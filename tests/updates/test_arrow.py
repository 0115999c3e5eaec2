"""Arrow streams: what they hold, and that none can ask for more than it brings."""

from __future__ import annotations

import io
import random
import re
import struct
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated
from cadran.updates.arrow import decode_points, frame_from_stream, frame_to_stream
from cadran.updates.arrow_walls import check_stream

FRAME = pl.DataFrame(
    {
        "x": np.arange(40.0),
        "number": [None, *range(39)],
        "text": ["é" * (i % 20) for i in range(40)],
        "flag": [True, None] * 20,
        "day": [date(2026, 1, 1)] * 40,
        "blob": [b"ab"] * 40,
        "nothing": [None] * 40,
    }
)


def stream_of(frame: pl.DataFrame, **options: Any) -> bytes:
    stream = io.BytesIO()
    frame.write_ipc_stream(stream, **options)
    return stream.getvalue()


def refused(body: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        frame_from_stream(body)
    return str(caught.value)


@pytest.mark.parametrize("frame", [FRAME, FRAME.clear(), FRAME.select("x"), pl.DataFrame()])
def test_a_frame_comes_as_it_went(frame: pl.DataFrame) -> None:
    assert frame_from_stream(frame_to_stream(frame)).equals(frame)


@pytest.mark.parametrize(
    ("xs", "expected"),
    [
        ([datetime(1970, 1, 1, 0, 0, 1), datetime(1970, 1, 1, 0, 0, 2, 500_000)], [1.0, 2.5]),
        ([datetime(1970, 1, 1, 1, tzinfo=UTC), None], [3_600.0, np.nan]),
        ([date(1970, 1, 2), date(1970, 1, 3)], [86_400.0, 172_800.0]),
        ([1, 2], [1.0, 2.0]),
    ],
)
def test_x_is_seconds_since_1970_utc(xs: list[Any], expected: list[float]) -> None:
    (update,) = decode_points(stream_of(pl.DataFrame({"when": xs, "a": [1, 2]})), x="when")
    assert isinstance(update, ChartDataUpdated)
    np.testing.assert_array_equal(update.points.xs, expected)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (pl.DataFrame({"x": [1.0]}), "at least one of values"),
        (pl.DataFrame({"y": [1.0], "a": [1.0]}), "expected a column 'x'"),
        (pl.DataFrame({"x": [1.0], "a": ["one"]}), "column 'a': expected numbers, got String"),
    ],
)
def test_points_that_no_line_can_show(frame: pl.DataFrame, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        decode_points(stream_of(frame))


def test_nested_packed_and_dictionary_columns_are_refused_by_name() -> None:
    assert "'l': expected numbers" in refused(stream_of(pl.DataFrame({"l": [[1, 2]]})))
    assert "'s': expected numbers" in refused(stream_of(pl.DataFrame({"s": [{"a": 1}]})))
    assert "'c': expected plain values, got a dictionary" in refused(
        stream_of(pl.DataFrame({"c": pl.Series(["a"], dtype=pl.Categorical)}))
    )
    assert "got a file" in refused(b"ARROW1\0\0")
    stream = io.BytesIO()
    FRAME.write_ipc(stream)
    assert "got a file" in refused(stream.getvalue())


def test_s21_a_packed_stream_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = stream_of(pl.DataFrame({"x": np.zeros(4_000_000)}), compression="zstd")
    assert len(bomb) < 20_000
    assert "without compression" in refused(bomb)
    monkeypatch.setattr("cadran.updates.arrow.check_stream", lambda body: None)
    assert frame_from_stream(bomb).estimated_size() == 32_000_000, "the wall is what kept it out"


def test_s23_a_stream_of_very_many_parts_is_refused() -> None:
    schema, part = parts_of(pl.DataFrame({"x": [1.0]}))
    assert frame_from_stream(schema + part * 1_000).height == 1_000
    assert "at most 1,000 batches" in refused(schema + part * 1_001)


def parts_of(frame: pl.DataFrame) -> tuple[bytes, bytes]:
    """Return a stream's schema and the batch after it."""
    whole = stream_of(frame)
    num_schema = 8 + struct.unpack_from("<i", whole, 4)[0]
    end = whole.rindex(struct.pack("<Ii", 0xFFFFFFFF, 0))
    return whole[:num_schema], whole[num_schema:end]


def test_s21_rows_without_bytes_are_refused() -> None:
    assert "one cell for each byte" in refused(stream_of(pl.DataFrame({"x": pl.Series([None] * 10_000_000)})))


def test_s21_text_that_shares_its_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    num_rows, num_chars = 1_000, 20
    honest = frame_to_stream(pl.DataFrame({"t": ["x" * num_chars] * num_rows}))
    view = re.compile(re.escape(struct.pack("<I4s", num_chars, b"xxxx")) + b"........", re.DOTALL)
    shared, num_views = view.subn(struct.pack("<I4sII", 8_000, b"xxxx", 0, 0), honest)
    assert num_views == num_rows
    assert "expected text as long as it is sent, got 8,000,000 bytes" in refused(shared)
    monkeypatch.setattr("cadran.updates.arrow.TEXT_FACTOR", 10_000)
    assert frame_from_stream(shared)["t"].str.len_bytes().sum() == 8_000_000, "the wall is what kept it out"


def test_f23_a_stream_with_any_bytes_changed_is_read_or_refused() -> None:
    rng = random.Random(7)
    body = frame_to_stream(FRAME)
    ends = {"read": 0, "refused": 0}
    for _ in range(1_500):
        broken = bytearray(body)
        for _ in range(rng.randint(1, 4)):
            broken[rng.randrange(len(body))] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))
        try:
            check_stream(bytes(broken[: rng.choice((len(body), len(body), rng.randrange(len(body))))]))
            ends["read"] += 1
        except UsageError:
            ends["refused"] += 1
    assert min(ends.values()) > 100


@pytest.mark.parametrize("num_metadata", [-1, 1, 7, 2**31 - 1])
def test_lengths_that_are_not_there(num_metadata: int) -> None:
    assert refused(struct.pack("<Ii", 0xFFFFFFFF, num_metadata) + b"\0" * 6).startswith("Arrow: expected an IPC stream")
    assert refused(b"").startswith("Arrow: ")
