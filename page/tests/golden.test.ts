/** Golden messages that Python packed. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { COMMIT } from "../src/generated/wire";
import { FrameAssembler } from "../src/session/frames";
import { SeriesBuffer } from "../src/store/series";
import { decodeMessage, VersionError } from "../src/wire/decode";
import type { SeriesPiece } from "../src/wire/decode";

const folder = fileURLToPath(new URL("../../tests/golden/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".bin")).map((name) => name.slice(0, -4));

function load(name: string): ArrayBuffer {
  const file = readFileSync(`${folder}${name}.bin`);
  return new Uint8Array(file).buffer;
}

/** As the JSON beside the message has it: columns as arrays, and words for the numbers that JSON has not. */
function plain(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

/** Bucket by bucket, as a buffer holds them, whatever form they came in. */
function withIds({ size, offsets, start, step, ...piece }: SeriesPiece): object {
  const buffer = new SeriesBuffer();
  buffer.apply({ size, offsets, start, step, ...piece });
  const held = (column: Float64Array) => column.slice(buffer.start, buffer.end);
  const { first, min, max, last } = buffer;
  expect(buffer.size).toBe(size);
  return { ...piece, ids: held(buffer.ids), first: held(first), min: held(min), max: held(max), last: held(last) };
}

describe("golden messages", () => {
  test.each(names)("%s", (name) => {
    const expected = JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")) as { pieces: Record<string, unknown>[] };
    const message = decodeMessage(load(name));
    const frame = new FrameAssembler().take({ ...message, flags: message.flags | COMMIT });
    const welcomes = frame?.welcome ? [{ type: "welcome", welcome: frame.welcome }] : [];
    const rest = message.pieces.filter((piece) => piece.type !== "welcome");
    const pieces = [...welcomes, ...rest.map((piece) => (piece.type === "series" ? withIds(piece) : piece))];
    const { flags, view, s, base, at } = message;
    expect(plain({ flags, view, s, base, at, pieces })).toEqual(expected);
  });

  test("a message of another version, a short one, and a piece that exceeds its message are refused", () => {
    const other = load("panel");
    new DataView(other).setUint8(0, 9);
    expect(() => decodeMessage(other)).toThrow(VersionError);
    expect(() => decodeMessage(new ArrayBuffer(31))).toThrow(RangeError);
    expect(() => decodeMessage(load("panel").slice(0, 48))).toThrow(RangeError);
  });

  test("a series that says more than its bytes hold is refused, whatever follows it in the message", () => {
    const whole = load("series");
    const [n, firstPiece] = [34 + 8, 32];
    const length = new DataView(whole).getUint32(firstPiece + 4, true);
    expect(decodeMessage(whole).pieces[0]).toMatchObject({ size: 3 });
    for (const size of [4, 5, 1_600, 65_535]) {
      new DataView(whole).setUint16(n, size, true);
      expect(() => decodeMessage(whole)).toThrow(RangeError);
    }
    new DataView(whole).setUint16(n, 3, true);
    for (let cut = 0; cut < length; cut += 8) {
      new DataView(whole).setUint32(firstPiece + 4, cut, true);
      expect(() => decodeMessage(whole)).toThrow(RangeError);
    }
    for (let cut = 32; cut < whole.byteLength; cut += 4) expect(() => decodeMessage(load("series").slice(0, cut))).toThrow(RangeError);
  });

  test("a kind of a later server is skipped", () => {
    const buffer = load("notice");
    new DataView(buffer).setUint8(32, 200);
    expect(decodeMessage(buffer).pieces).toEqual([]);
  });
});
