/** Messages of the server as values. Pure; columns are views of the message's own bytes, nothing is copied. */

import {
  CURVE,
  CURVE_HEAD_BYTES,
  HEADER_BYTES,
  NOTICE,
  PANEL,
  PIECE_BYTES,
  SCALAR,
  SCALAR_BOOL,
  SCALAR_GAP,
  SCALAR_HEAD_BYTES,
  SCALAR_TEXT,
  SERIES,
  SERIES_F32,
  SERIES_FLAT,
  SERIES_HEAD_BYTES,
  SERIES_REPLACE,
  SERIES_STEP,
  SERIES_STEPS_BYTES,
  SERIES_U16,
  SERIES_U32,
  TABLE,
  TIMES,
  TIMES_ROW_BYTES,
  VERSION,
  WELCOME,
  WELCOME_MORE,
} from "../generated/wire";
import type { Notice, PanelStatus, TableRows } from "../generated/wire";

export type Floats = Float64Array | Float32Array;

/** Buckets that replace everything held from `firstId` on. */
export interface SeriesPiece {
  readonly type: "series";
  readonly slot: number;
  readonly replace: boolean;
  readonly k: number;
  readonly firstId: number;
  readonly cadence: number;
  readonly newest: number;
  /** Number of buckets. */
  readonly size: number;
  /** Bucket ids less `firstId`; null where bucket `i` has the id `firstId + start + i * step`. */
  readonly offsets: Uint16Array | Uint32Array | null;
  readonly start: number;
  readonly step: number;
  readonly first: Floats;
  /** The same column as `first` where buckets are flat. */
  readonly min: Floats;
  readonly max: Floats;
  readonly last: Floats;
}

export type ScalarValue = number | boolean | string | null;

export interface ScalarPiece {
  readonly type: "scalar";
  readonly slot: number;
  readonly value: ScalarValue;
  /** NaN where there is nothing to compare with. */
  readonly previous: number;
}

export interface SourceTimes {
  readonly source: number;
  readonly state: SourceState;
  /** Ages in seconds before the message's time; NaN: never. */
  readonly eventAge: number;
  readonly changeAge: number;
  readonly checkAge: number;
  /** Seconds after the message's time for which the state is vouched for. */
  readonly promise: number;
}

export type SourceState = "loading" | "live" | "stale" | "error";
const SOURCE_STATES: readonly SourceState[] = ["loading", "live", "stale", "error"];

export type Piece =
  | SeriesPiece
  | ScalarPiece
  /** A part of the JSON of a `Welcome`; `more` parts follow. */
  | { readonly type: "welcome"; readonly part: Uint8Array; readonly more: boolean }
  | { readonly type: "panel"; readonly panel: number; readonly status: PanelStatus }
  | { readonly type: "times"; readonly rows: readonly SourceTimes[] }
  | { readonly type: "table"; readonly slot: number; readonly rows: TableRows }
  | { readonly type: "curve"; readonly slot: number; readonly start: number; readonly xs: Float64Array; readonly ys: Float64Array }
  | { readonly type: "notice"; readonly notice: Notice };

export interface Message {
  readonly flags: number;
  readonly view: number;
  readonly s: number;
  readonly base: number;
  /** Server's wall seconds. */
  readonly at: number;
  readonly pieces: readonly Piece[];
  readonly bytes: number;
}

/** The server speaks another version: only a newer page can help. */
export class VersionError extends Error {}

const utf8 = new TextDecoder();

export function decodeMessage(buffer: ArrayBuffer): Message {
  if (buffer.byteLength < HEADER_BYTES) throw new RangeError(`a message of ${buffer.byteLength} bytes`);
  const view = new DataView(buffer);
  const version = view.getUint8(0);
  if (version !== VERSION) throw new VersionError(`expected protocol version ${VERSION}, got ${version}`);
  const pieces: Piece[] = [];
  let offset = HEADER_BYTES;
  for (let left = view.getUint16(2, true); left > 0; left -= 1) {
    const kind = view.getUint8(offset);
    const flags = view.getUint8(offset + 1);
    const index = view.getUint16(offset + 2, true);
    const length = view.getUint32(offset + 4, true);
    offset += PIECE_BYTES;
    if (offset + length > buffer.byteLength) throw new RangeError(`a piece of ${length} bytes exceeds its message`);
    const piece = decodePiece(kind, flags, index, view, offset, length);
    if (piece !== null) pieces.push(piece);
    offset += padded(length);
  }
  return {
    flags: view.getUint8(1),
    view: view.getUint32(4, true),
    s: view.getFloat64(8, true),
    base: view.getFloat64(16, true),
    at: view.getFloat64(24, true),
    pieces,
    bytes: buffer.byteLength,
  };
}

/** A kind of a later server is skipped: what it says is an addition. */
function decodePiece(
  kind: number, flags: number, index: number, view: DataView<ArrayBuffer>, at: number, length: number,
): Piece | null {
  const { buffer } = view;
  switch (kind) {
    case WELCOME:
      return { type: "welcome", part: new Uint8Array(buffer, at, length), more: (flags & WELCOME_MORE) !== 0 };
    case PANEL:
      return { type: "panel", panel: index, status: json<PanelStatus>(buffer, at, length) };
    case TABLE:
      return { type: "table", slot: index, rows: json<TableRows>(buffer, at, length) };
    case NOTICE:
      return { type: "notice", notice: json<Notice>(buffer, at, length) };
    case TIMES:
      return { type: "times", rows: decodeTimes(new DataView(buffer, at, length)) };
    case SCALAR:
      return decodeScalar(index, buffer, at);
    case SERIES:
      return decodeSeries(index, flags, view, at, length);
    case CURVE: {
      const head = new DataView(buffer, at);
      const n = head.getUint32(0, true);
      const start = head.getUint32(4, true);
      const xs = new Float64Array(buffer, at + CURVE_HEAD_BYTES, n);
      return { type: "curve", slot: index, start, xs, ys: new Float64Array(buffer, at + CURVE_HEAD_BYTES + n * 8, n) };
    }
    default:
      return null;
  }
}

function decodeTimes(view: DataView): SourceTimes[] {
  const rows: SourceTimes[] = [];
  for (let at = 0; at + TIMES_ROW_BYTES <= view.byteLength; at += TIMES_ROW_BYTES) {
    rows.push({
      source: view.getUint16(at, true),
      state: SOURCE_STATES[view.getUint16(at + 2, true)] ?? "error",
      eventAge: view.getFloat32(at + 4, true),
      changeAge: view.getFloat32(at + 8, true),
      checkAge: view.getFloat32(at + 12, true),
      promise: view.getFloat32(at + 16, true),
    });
  }
  return rows;
}

function decodeScalar(slot: number, buffer: ArrayBuffer, at: number): ScalarPiece {
  const view = new DataView(buffer, at);
  const number = view.getFloat64(0, true);
  const type = view.getUint32(16, true);
  const text = () => utf8.decode(new Uint8Array(buffer, at + SCALAR_HEAD_BYTES, view.getUint32(20, true)));
  let value: ScalarValue = number;
  if (type === SCALAR_GAP || (type !== SCALAR_TEXT && Number.isNaN(number))) value = null;
  else if (type === SCALAR_BOOL) value = number !== 0;
  else if (type === SCALAR_TEXT) value = text();
  return { type: "scalar", slot, value, previous: view.getFloat64(8, true) };
}

function decodeSeries(slot: number, flags: number, view: DataView<ArrayBuffer>, from: number, length: number): SeriesPiece {
  if (length < SERIES_HEAD_BYTES) throw new RangeError(`a series of ${length} bytes`);
  const { buffer } = view;
  const k = view.getInt16(from, true);
  const size = view.getUint16(from + 2, true);
  let at = from + SERIES_HEAD_BYTES;
  let offsets: Uint16Array | Uint32Array | null = null;
  let start = 0;
  let step = 1;
  if (flags & SERIES_STEP) {
    start = view.getUint32(at, true);
    step = view.getUint32(at + 4, true);
    at += SERIES_STEPS_BYTES;
  } else if (flags & (SERIES_U16 | SERIES_U32)) {
    offsets = flags & SERIES_U16 ? new Uint16Array(buffer, at, size) : new Uint32Array(buffer, at, size);
    at += padded(offsets.byteLength);
  }
  const flat = (flags & SERIES_FLAT) !== 0;
  const isNarrow = (flags & SERIES_F32) !== 0;
  const columnBytes = size * (isNarrow ? 4 : 8);
  if (at + columnBytes * (flat ? 1 : 4) > from + length) throw new RangeError(`a series of ${size} buckets in ${length} bytes`);
  const column = (index: number): Floats =>
    isNarrow ? new Float32Array(buffer, at + index * columnBytes, size) : new Float64Array(buffer, at + index * columnBytes, size);
  const first = column(0);
  return {
    type: "series",
    slot,
    replace: (flags & SERIES_REPLACE) !== 0,
    k,
    firstId: view.getFloat64(from + 8, true),
    cadence: view.getFloat32(from + 4, true) * 2 ** k,
    newest: view.getFloat64(from + 16, true),
    size,
    offsets,
    start,
    step,
    first,
    min: flat ? first : column(1),
    max: flat ? first : column(2),
    last: flat ? first : column(3),
  };
}

function json<T>(buffer: ArrayBuffer, at: number, length: number): T {
  return JSON.parse(utf8.decode(new Uint8Array(buffer, at, length))) as T;
}

function padded(bytes: number): number {
  return bytes + ((8 - (bytes % 8)) % 8);
}
