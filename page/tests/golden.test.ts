/** Golden messages that Python packed. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

import { COMMIT } from "../src/generated/wire";
import { FrameAssembler } from "../src/session/frames";
import { decodeMessage, VersionError } from "../src/wire/decode";

const folder = fileURLToPath(new URL("../../tests/golden/", import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith(".bin")).map((name) => name.slice(0, -4));

function load(name: string): ArrayBuffer {
  const file = readFileSync(`${folder}${name}.bin`);
  return new Uint8Array(file).buffer;
}

/** As the JSON beside the message has it: columns as arrays, NaN as a word. */
function plain(value: unknown): unknown {
  if (typeof value === "number" && Number.isNaN(value)) return "NaN";
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
}

describe("golden messages", () => {
  test.each(names)("%s", (name) => {
    const expected = JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")) as { pieces: Record<string, unknown>[] };
    const message = decodeMessage(load(name));
    const frame = new FrameAssembler().take({ ...message, flags: message.flags | COMMIT });
    const welcomes = frame?.welcome ? [{ type: "welcome", welcome: frame.welcome }] : [];
    const pieces = [...welcomes, ...message.pieces.filter((piece) => piece.type !== "welcome")];
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

  test("a kind of a later server is skipped", () => {
    const buffer = load("notice");
    new DataView(buffer).setUint8(32, 200);
    expect(decodeMessage(buffer).pieces).toEqual([]);
  });
});
