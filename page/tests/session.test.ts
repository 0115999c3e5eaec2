/** The conversation, with a socket and a clock of our own. */

import { describe, expect, test } from "vitest";

import { BEAT, COMMIT, FIRST, HEADER_BYTES, VERSION } from "../src/generated/wire";
import { FrameAssembler } from "../src/session/frames";
import type { Frame } from "../src/session/frames";
import { Session } from "../src/session/session";
import type { Connection } from "../src/session/session";
import { Viewing } from "../src/view/viewing";

function message(flags: number, s = 1, base = 0, at = 1000, view = 1): ArrayBuffer {
  const buffer = new ArrayBuffer(HEADER_BYTES);
  const data = new DataView(buffer);
  data.setUint8(0, VERSION);
  data.setUint8(1, flags);
  data.setUint32(4, view, true);
  data.setFloat64(8, s, true);
  data.setFloat64(16, base, true);
  data.setFloat64(24, at, true);
  return buffer;
}

class FakeSocket {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }
}

/** `begun`: what the first socket is before the session begins. */
function open(begun: "connecting" | "open" | "closed" = "connecting") {
  const sockets: FakeSocket[] = [];
  const timers: { at: number; run: () => void }[] = [];
  const state = { now: 0, frames: [] as (Frame | null)[], bytes: [] as number[], connections: [] as Connection[] };
  const session = new Session("ws://x/ws", {
    open: () => {
      const socket = new FakeSocket();
      if (sockets.length === 0) socket.readyState = { connecting: 0, open: 1, closed: 3 }[begun];
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    monotonic: () => state.now,
    later: (secs, run) => {
      const timer = { at: state.now + secs, run };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer) >>> 0, timers.includes(timer) ? 1 : 0);
    },
    random: () => 1,
  }, {
    received: (frame, bytes) => {
      state.frames.push(frame);
      state.bytes.push(bytes);
    },
    connection: (one) => state.connections.push(one),
    holding: () => ({ epoch: "e", have: [[0, -2, 5, 9]], s: 9 }),
    view: () => ({ hidden: false, panels: [] }),
    numbered: () => undefined,
  });
  const advance = (secs: number) => {
    const until = state.now + secs;
    for (;;) {
      const next = timers.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      timers.splice(timers.indexOf(next), 1);
      state.now = Math.max(state.now, next.at);
      next.run();
    }
    state.now = until;
  };
  session.start();
  if (begun === "connecting") sockets[0]?.opens();
  return { session, sockets, state, advance, socket: () => sockets.at(-1) as FakeSocket };
}

describe("a session", () => {
  test("says hello with what it holds, and numbers its views", () => {
    const { session, socket } = open();
    expect(socket().sent[0]).toEqual({
      t: "hello", version: VERSION, epoch: "e", have: [[0, -2, 5, 9]], view: { t: "view", n: 1, hidden: false, panels: [] },
    });
    session.sendView({ hidden: true, panels: [] });
    expect(socket().sent[1]).toEqual({ t: "view", n: 2, hidden: true, panels: [] });
  });

  test("says hello at once over a socket that is open already, and once", () => {
    const { socket } = open("open");
    expect(socket().sent).toMatchObject([{ t: "hello", view: { n: 1 } }]);
  });

  test("waits as ever where the socket that it is given was refused before it began", () => {
    const { session, sockets, state, advance, socket } = open("closed");
    expect(state.connections).toEqual(["disconnected"]);
    for (const wait of [0.25, 0.5]) {
      const before = sockets.length;
      advance(wait * 0.99);
      expect(sockets).toHaveLength(before);
      advance(wait * 0.02);
      expect(sockets).toHaveLength(before + 1);
      if (wait < 0.5) socket().onclose?.({ code: 1006 });
    }
    socket().opens();
    expect(socket().sent).toMatchObject([{ t: "hello", view: { n: 1 } }]);
    session.welcomed(5);
    expect(session.reconnects).toBe(0);
  });

  test("two missed beats cut the connection, and it comes back by itself (U8, F24)", () => {
    const { session, sockets, state, advance, socket } = open();
    session.welcomed(5);
    expect(state.connections).toEqual(["live"]);
    advance(9.9);
    expect(sockets).toHaveLength(1);
    socket().onmessage?.({ data: message(BEAT) });
    advance(9.9);
    expect(sockets).toHaveLength(1);
    advance(0.2);
    expect(state.connections).toEqual(["live", "disconnected"]);
    advance(0.25);
    expect(sockets).toHaveLength(2);
    socket().opens();
    expect(socket().sent[0]).toMatchObject({ t: "hello", epoch: "e", view: { n: 2 } });
    session.welcomed(5);
    session.welcomed(5);
    expect(session.reconnects).toBe(1);
  });

  test("waits longer each time, and not at all once somebody looks", () => {
    const { session, sockets, advance, socket } = open();
    for (const wait of [0.25, 0.5, 1, 1.5, 1.5]) {
      const before = sockets.length;
      socket().onclose?.({ code: 1006 });
      advance(wait * 0.99);
      expect(sockets).toHaveLength(before);
      advance(wait * 0.02);
      expect(sockets).toHaveLength(before + 1);
    }
    socket().onclose?.({ code: 1006 });
    const before = sockets.length;
    session.wake();
    expect(sockets).toHaveLength(before + 1);
    expect(session.reconnects).toBe(0);
  });

  test("after 1000 it comes back only when it is looked at, after 1008 it says so", () => {
    const first = open();
    first.socket().onclose?.({ code: 1000 });
    first.advance(1000);
    expect(first.sockets).toHaveLength(1);
    first.session.wake();
    expect(first.sockets).toHaveLength(2);
    const second = open();
    second.socket().onclose?.({ code: 1008 });
    second.advance(1000);
    expect(second.state.connections).toEqual(["refused"]);
    expect(second.sockets).toHaveLength(1);
  });

  test("another version is not retried; an unreadable message begins again", () => {
    const other = open();
    const data = message(FIRST);
    new DataView(data).setUint8(0, VERSION + 1);
    other.socket().onmessage?.({ data });
    other.advance(60);
    expect(other.state.connections).toEqual(["outdated"]);
    expect(other.sockets).toHaveLength(1);
  });

  test("the first message of each connection is acknowledged when it comes, others once they are painted", () => {
    const { session, socket, state, advance, sockets } = open();
    const acks = () => socket().sent.filter(({ t }) => t === "ack");
    socket().onmessage?.({ data: message(FIRST | COMMIT) });
    expect(acks()).toEqual([{ t: "ack", s: 9, bytes: HEADER_BYTES }]);
    socket().onmessage?.({ data: message(FIRST | COMMIT, 2) });
    expect(acks()).toHaveLength(1);
    expect(state.bytes).toEqual([0, HEADER_BYTES]);
    session.painted(2, HEADER_BYTES, false);
    expect(acks()).toEqual([{ t: "ack", s: 9, bytes: HEADER_BYTES }, { t: "ack", s: 2, bytes: 2 * HEADER_BYTES }]);
    socket().onclose?.({ code: 1006 });
    advance(1);
    expect(sockets).toHaveLength(2);
    socket().opens();
    socket().onmessage?.({ data: message(FIRST | COMMIT, 3) });
    expect(acks()).toEqual([{ t: "ack", s: 9, bytes: HEADER_BYTES }]);
  });

  test("a beat is acknowledged at once", () => {
    const { session, socket } = open();
    session.painted(4, 100, false);
    session.painted(4, 32, true);
    expect(socket().sent.slice(1)).toEqual([{ t: "ack", s: 4, bytes: 100 }, { t: "ack", s: 4, bytes: 132 }]);
  });
});

describe("frames", () => {
  const decoded = (flags: number, s: number) => ({ flags, view: 1, s, base: 0, at: 1, pieces: [], bytes: HEADER_BYTES });

  test("are whole at their commit; one that was begun anew leaves nothing behind", () => {
    const frames = new FrameAssembler();
    expect(frames.take(decoded(FIRST, 1))).toBeNull();
    expect(frames.take(decoded(FIRST, 2))).toBeNull();
    const frame = frames.take(decoded(COMMIT, 2));
    expect(frame).toMatchObject({ s: 2, messages: 2, beat: false });
  });

  test("a beat passes by what is being collected", () => {
    const frames = new FrameAssembler();
    frames.take(decoded(FIRST, 1));
    expect(frames.take(decoded(BEAT, 9))).toMatchObject({ beat: true, messages: 1 });
    expect(frames.take(decoded(COMMIT, 1))).toMatchObject({ s: 1, messages: 2 });
  });
});

describe("views", () => {
  const panel = { index: 3, always: false, visible: true, px: 400, span: null, zoom: null };

  test("only visible panels are told, and those that are always live", () => {
    const viewing = new Viewing();
    expect(viewing.body([panel, { ...panel, index: 4, visible: false }, { ...panel, index: 5, visible: false, always: true, px: 0 }]).panels)
      .toEqual([{ i: 3, px: 400 }, { i: 5 }]);
  });

  test("an answer to an older zoom is outdated, for that panel alone", () => {
    const viewing = new Viewing();
    viewing.numbered(1, viewing.body([panel, { ...panel, index: 4 }]));
    viewing.numbered(2, viewing.body([{ ...panel, zoom: { x0: 1, x1: 2 } }, { ...panel, index: 4 }]));
    expect(viewing.outdated(3, 1)).toBe(true);
    expect(viewing.outdated(3, 2)).toBe(false);
    expect(viewing.outdated(4, 1)).toBe(false);
  });

  test("a range that changed while the link was down is not covered by what is held", () => {
    const viewing = new Viewing();
    const other = { ...panel, index: 4 };
    const zoomed = { ...panel, zoom: { x0: 1, x1: 2 } };
    viewing.numbered(1, viewing.body([zoomed, other]));
    expect(viewing.changed([zoomed, other])).toEqual(new Set());
    expect(viewing.changed([panel, other])).toEqual(new Set([3]));
    // Out of sight too: it may come back into view later.
    expect(viewing.changed([{ ...panel, visible: false, px: 0 }, { ...other, visible: false, px: 0 }])).toEqual(new Set([3]));
  });

  test("what was filled for a range that is older than the one that was told is left out, and what a pause cut short", () => {
    const viewing = new Viewing();
    const other = { ...panel, index: 4 };
    viewing.numbered(1, viewing.body([panel, other]));
    expect(viewing.outdated(3, viewing.filledBy(1))).toBe(false);
    // Told is not answered: the link may be cut before, though the answer began with other panels.
    viewing.numbered(2, viewing.body([{ ...panel, zoom: { x0: 1, x1: 2 } }, other]));
    expect([viewing.outdated(3, viewing.filledBy(1)), viewing.outdated(4, viewing.filledBy(1))]).toEqual([true, false]);
    viewing.pause(true, 1000);
    viewing.numbered(3, viewing.body([panel, other]));
    expect(viewing.filledBy(2)).toBe(2);
    expect(viewing.outdated(3, viewing.filledBy(3))).toBe(true);
    viewing.pause(false, 1010);
    viewing.numbered(4, viewing.body([panel, other]));
    expect(viewing.outdated(3, viewing.filledBy(3))).toBe(true);
    expect(viewing.outdated(3, viewing.filledBy(4))).toBe(false);
  });

  test("a pause keeps the moment at which it began", () => {
    const viewing = new Viewing();
    expect(viewing.body([])).not.toHaveProperty("paused_at");
    viewing.pause(true, 1000);
    viewing.pause(true, 1010);
    expect(viewing.body([])).toMatchObject({ paused: true, paused_at: 1000 });
    viewing.pause(false, 1020);
    expect(viewing.body([])).not.toHaveProperty("paused_at");
    viewing.pause(true, NaN);
    expect(viewing.body([])).toMatchObject({ paused: true, paused_at: null });
  });

  test("coming back into view at the same scale outdates nothing", () => {
    const viewing = new Viewing();
    viewing.numbered(1, viewing.body([panel]));
    viewing.numbered(2, viewing.body([]));
    const body = viewing.body([panel]);
    expect(viewing.isNews(body)).toBe(true);
    viewing.numbered(3, body);
    expect(viewing.isNews(body)).toBe(false);
    expect(viewing.outdated(3, 1)).toBe(false);
  });
});
