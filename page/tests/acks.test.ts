import { beforeEach, describe, expect, test } from "vitest";

import { Acks } from "../src/session/acks";

describe("acknowledgements", () => {
  let now = 0;
  let sent: [number, number][] = [];
  let timer: { at: number; run: () => void } | null = null;
  let acks: Acks;

  function advance(secs: number): void {
    const end = now + secs;
    while (timer && timer.at <= end) {
      const { at, run } = timer;
      timer = null;
      now = at;
      run();
    }
    now = end;
  }

  beforeEach(() => {
    now = 0;
    sent = [];
    timer = null;
    acks = new Acks({
      monotonic: () => now,
      send: (s, bytes) => sent.push([s, bytes]),
      later: (secs, run) => {
        timer = { at: now + secs, run };
        return () => {
          timer = null;
        };
      },
    });
    acks.restart(0);
  });

  test("a picture that comes in parts is acknowledged part by part", () => {
    for (let part = 1; part <= 4; part += 1) {
      acks.painted(part, 1_000);
      advance(0.03);
    }
    expect(sent).toEqual([[1, 1_000], [2, 2_000], [3, 3_000], [4, 4_000]]);
  });

  test("in the long run 5 go in a second, however many frames are painted", () => {
    for (let frame = 0; frame < 30 * 20; frame += 1) {
      acks.painted(frame, 100);
      advance(1 / 30);
    }
    expect(sent.length).toBeGreaterThanOrEqual(5 * 20);
    expect(sent.length).toBeLessThanOrEqual(5 * 20 + 6);
  });

  test("the last one of a burst is not forgotten", () => {
    for (let frame = 0; frame < 20; frame += 1) acks.painted(frame, 100);
    advance(1);
    expect(sent.at(-1)).toEqual([19, 2_000]);
  });

  test("16 KiB are acknowledged at once, whatever is allowed", () => {
    for (let frame = 0; frame < 20; frame += 1) acks.painted(frame, 100);
    const before = sent.length;
    acks.painted(20, 16 * 1024);
    expect(sent.length).toBe(before + 1);
  });

  test("bytes begin anew with a connection, and a beat is answered at once", () => {
    for (let frame = 0; frame < 20; frame += 1) acks.painted(frame, 100);
    acks.restart(2);
    acks.painted(3, 5);
    expect(sent.at(-1)).toEqual([3, 5]);
    for (let frame = 0; frame < 20; frame += 1) acks.painted(frame, 100);
    const before = sent.length;
    acks.painted(40, 8, true);
    expect(sent.length).toBe(before + 1);
  });
});
