"""Write one golden message per kind of piece, for both sides to decode; ``--check`` exits 1 where they differ."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cadran.frames import wire as w
from cadran.frames.message import message, piece
from cadran.screen.layout import Compare, KpiPanel, Layout, LinePanel, LineSeries, Row, Section, SourceInfo

FOLDER = Path(__file__).parents[1] / "tests" / "golden"
AT = 1_790_000_000.25
WHOLE = w.FIRST | w.COMMIT


def main() -> int:
    files = goldens()
    if "--check" in sys.argv[1:]:
        wrong = [
            name for name, data in files.items() if not (FOLDER / name).exists() or (FOLDER / name).read_bytes() != data
        ]
        if wrong:
            print(f"out of date: {', '.join(wrong)}: run python scripts/make_golden.py", file=sys.stderr)
        return 1 if wrong else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
    return 0


def goldens() -> dict[str, bytes]:
    """Return the files: a message as bytes, and what it says as JSON."""
    files: dict[str, bytes] = {}
    for name, (pieces, flags, expected) in _cases().items():
        files[f"{name}.bin"] = message(pieces, flags=flags, view=7, s=42.0, base=41.0, at=AT)
        head = {"flags": flags, "view": 7, "s": 42, "base": 41, "at": AT}
        files[f"{name}.json"] = (json.dumps({**head, "pieces": expected}, indent=1, ensure_ascii=False) + "\n").encode()
    return files


def _cases() -> dict[str, tuple[list[bytes], int, list[dict[str, Any]]]]:
    layout = _layout()
    welcome = w.Welcome(version=w.VERSION, epoch="7f3a", resumed=False, layout=layout, beat_secs=w.BEAT_SECS)
    packed = msgspec.json.encode(welcome)
    # Cut inside a character of two bytes: parts are joined before they are read.
    cut = packed.index("é".encode()) + 1
    fault = w.Fault(
        message="The database refuses connections.", detail="orders @ shop: refused", since=AT - 9, next_try=AT + 8
    )
    status = w.PanelStatus(state="error", since=AT - 9, fault=fault)
    rows = w.TableRows(
        columns=(w.TableColumn(name="label", type="text"), w.TableColumn(name="value", type="number")),
        order=(3, 1),
        rows={"3": ("Nord", 4.5), "1": ("Süd", None)},
        num_rows=12,
    )
    notice = w.Notice(key="description", level="warning", message="The last layout stays.")
    welcome_json = json.loads(packed)
    return {
        "welcome": ([piece(w.WELCOME, 0, packed)], WHOLE, [{"type": "welcome", "welcome": welcome_json}]),
        "welcome_in_parts": (
            [piece(w.WELCOME, 0, packed[:cut], w.WELCOME_MORE), piece(w.WELCOME, 0, packed[cut:])],
            WHOLE,
            [{"type": "welcome", "welcome": welcome_json}],
        ),
        "panel": (
            [piece(w.PANEL, 3, msgspec.json.encode(status))],
            WHOLE,
            [{"type": "panel", "panel": 3, "status": msgspec.to_builtins(status)}],
        ),
        "times": (
            [piece(w.TIMES, 0, w.TIMES_ROW.pack(0, 1, 0.5, 1.0, 0.25, 7.5) + w.TIMES_ROW.pack(2, 0, *[math.nan] * 4))],
            w.BEAT,
            [{"type": "times", "rows": [_times(0, "live", 0.5, 1, 0.25, 7.5), _times(2, "loading", *["NaN"] * 4)]}],
        ),
        "scalar": (
            [
                piece(w.SCALAR, 0, w.SCALAR_HEAD.pack(81.25, math.nan, w.SCALAR_NUMBER, 0)),
                piece(w.SCALAR, 1, w.SCALAR_HEAD.pack(math.nan, 3.0, w.SCALAR_GAP, 0)),
                piece(w.SCALAR, 2, w.SCALAR_HEAD.pack(1.0, math.nan, w.SCALAR_BOOL, 0)),
                piece(w.SCALAR, 3, w.SCALAR_HEAD.pack(math.nan, math.nan, w.SCALAR_TEXT, 6) + "läuft".encode()),
            ],
            WHOLE,
            [
                {"type": "scalar", "slot": slot, "value": value, "previous": previous}
                for slot, value, previous in ((0, 81.25, "NaN"), (1, None, 3), (2, True, "NaN"), (3, "läuft", "NaN"))
            ],
        ),
        "series": (
            [
                _series(
                    4,
                    w.SERIES_REPLACE | w.SERIES_U32,
                    -3,
                    _u32s(0, 1, 70_000),
                    [[1.0, 2.0, math.nan], [0.5, 2.0, math.nan], [3.0, 2.5, math.nan], [2.0, 2.25, math.nan]],
                ),
                _series(5, w.SERIES_FLAT | w.SERIES_STEP, 2, w.SERIES_STEPS.pack(3, 2), [[10.0, 11.5]]),
                _series(6, w.SERIES_FLAT | w.SERIES_F32 | w.SERIES_U16, 0, _u16s(1, 2, 4), [[0.5, 0.25, -1.5]]),
                _series(7, w.SERIES_REPLACE, 0, b"", [[], [], [], []]),
                _series(8, w.SERIES_F32, -4, b"", [[1.0, -2.0], [0.5, -math.inf], [3.0, 4.5], [2.0, math.inf]]),
                _series(9, w.SERIES_FLAT, -4, b"", [[0.1, 1e300]]),
            ],
            WHOLE,
            [
                _series_json(
                    4, True, -3, [0, 1, 70_000], [[1, 2, "NaN"], [0.5, 2, "NaN"], [3, 2.5, "NaN"], [2, 2.25, "NaN"]]
                ),
                _series_json(5, False, 2, [3, 5], [[10, 11.5]] * 4),
                _series_json(6, False, 0, [1, 2, 4], [[0.5, 0.25, -1.5]] * 4),
                _series_json(7, True, 0, [], [[]] * 4),
                _series_json(8, False, -4, [0, 1], [[1, -2], [0.5, "-Infinity"], [3, 4.5], [2, "Infinity"]]),
                _series_json(9, False, -4, [0, 1], [[0.1, 1e300]] * 4),
            ],
        ),
        "table": (
            [piece(w.TABLE, 8, msgspec.json.encode(rows))],
            WHOLE,
            [{"type": "table", "slot": 8, "rows": msgspec.to_builtins(rows)}],
        ),
        "curve": (
            [
                piece(
                    w.CURVE,
                    9,
                    w.CURVE_HEAD.pack(3, 0) + np.array([1.0, 3.0, 2.0, 0.5, math.nan, -4.0], "<f8").tobytes(),
                )
            ],
            WHOLE,
            [{"type": "curve", "slot": 9, "start": 0, "xs": [1, 3, 2], "ys": [0.5, "NaN", -4]}],
        ),
        "notice": (
            [piece(w.NOTICE, 0, msgspec.json.encode(notice))],
            WHOLE,
            [{"type": "notice", "notice": msgspec.to_builtins(notice)}],
        ),
        "begun": ([], w.FIRST | w.RESET, []),
    }


FIRST_ID = 14_320_000_000.0
NEWEST = AT - 0.5


def _series(slot: int, flags: int, k: int, ids: bytes, columns: list[list[float]]) -> bytes:
    kind = "<f4" if flags & w.SERIES_F32 else "<f8"
    head = w.SERIES_HEAD.pack(k, len(columns[0]), 1.5, FIRST_ID, NEWEST)
    return piece(w.SERIES, slot, head + _padded(ids) + np.array(columns, kind).tobytes(), flags)


def _series_json(slot: int, replace: bool, k: int, offsets: list[int], columns: list[list[Any]]) -> dict[str, Any]:
    head = {
        "type": "series",
        "slot": slot,
        "replace": replace,
        "k": k,
        "firstId": FIRST_ID,
        "cadence": 1.5 * 2.0**k,
        "newest": NEWEST,
        "ids": [FIRST_ID + one for one in offsets],
    }
    return {**head, **dict(zip(("first", "min", "max", "last"), columns, strict=True))}


def _u16s(*numbers: int) -> bytes:
    return np.array(numbers, "<u2").tobytes()


def _u32s(*numbers: int) -> bytes:
    return np.array(numbers, "<u4").tobytes()


def _times(source: int, state: str, *ages: Any) -> dict[str, Any]:
    names = ("eventAge", "changeAge", "checkAge", "promise")
    return {"source": source, "state": state, **dict(zip(names, ages, strict=True))}


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 8)


def _layout() -> Layout:
    panels = (
        KpiPanel(
            index=0,
            key="oven",
            title="Oven",
            sources=(0,),
            value_slot=0,
            compare=Compare(label="1 h", period_secs=3600.0),
        ),
        LinePanel(
            index=1, key="vibration", title="Vibration mesurée", sources=(0,), series=(LineSeries(slot=4, label="x"),)
        ),
    )
    return Layout(
        title="Press",
        slug="press",
        zone="Europe/Paris",
        lang=None,
        refresh_secs=5.0,
        intervals_secs=(1.0, 5.0),
        sections=(Section(title=None, rows=(Row(columns=2, panels=(0, 1)),)),),
        panels=panels,
        sources=(SourceInfo(index=0, label="press", kind="channel", every_secs=None),),
        num_slots=10,
    )


if __name__ == "__main__":
    sys.exit(main())
