/** The script in the page's head opens a socket, and the application takes it over where it is good. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { socketAddress } from "../src/app/settings";
import { takeEarly } from "../src/session/early";
import type { EarlySocket } from "../src/session/early";

const PAGE = readFileSync(new URL("../index.html", import.meta.url), "utf-8");
const SCRIPTS = [...PAGE.matchAll(/<script>(.*?)<\/script>/gs)];
const SCRIPT = SCRIPTS[0]?.[1] ?? "";

class FakeSocket {
  readyState = 0;
  closed = false;
  constructor(readonly url: string) {}
  close(): void {
    this.closed = true;
  }
}

/** What the script leaves behind on a page of that address, at this moment. */
function begun(href: string, nowMillis = 0) {
  const window: { cadranEarly?: EarlySocket } = {};
  const run = new Function("window", "location", "WebSocket", "performance", SCRIPT) as (...names: unknown[]) => void;
  run(window, { href }, FakeSocket, { now: () => nowMillis });
  return { window, socket: window.cadranEarly?.socket as unknown as FakeSocket };
}

const HREF = "http://127.0.0.1:8400/live/s/shop/?kiosk&theme=dark#below";
const ADDRESS = socketAddress(HREF);

describe("an early socket", () => {
  test("is opened by the only script within the page, ahead of all that the page waits for", () => {
    expect(SCRIPTS).toHaveLength(1);
    expect(PAGE.indexOf("<script>")).toBeLessThan(PAGE.indexOf("<link"));
    expect(PAGE.indexOf("<script>")).toBeLessThan(PAGE.indexOf("type=\"module\""));
  });

  test.each([
    HREF, "https://desk.example.com/", "https://desk.example.com/any/prefix/?refresh=5s",
    "http://[::1]:9000/s/oven/#x", "http://127.0.0.1:8400/s/a%20b/?lang=fr&debug",
  ])("leads where the application's own would: %s", (href) => {
    const { window, socket } = begun(href);
    expect(socket.url).toBe(socketAddress(href));
    expect(takeEarly(window, socketAddress(href), 1)).toBe(socket);
  });

  test("is taken once, on its way, open or failed", () => {
    for (const readyState of [0, 1, 2, 3]) {
      const { window, socket } = begun(HREF);
      socket.readyState = readyState;
      expect(takeEarly(window, ADDRESS, 100)).toBe(socket);
      expect(takeEarly(window, ADDRESS, 100)).toBeNull();
      expect(socket.closed).toBe(false);
    }
  });

  test("is closed and not taken if it leads elsewhere, or waited so long that the server may close it", () => {
    for (const change of [{ url: `${ADDRESS}2` }, { nowMillis: 5000 }]) {
      const { window, socket } = begun(HREF);
      const { nowMillis = 100, ...other } = change as { nowMillis?: number };
      Object.assign(socket, other);
      expect(takeEarly(window, ADDRESS, nowMillis)).toBeNull();
      expect(socket.closed).toBe(true);
      expect(window).toEqual({});
    }
  });

  test("is not there where the script was not let run", () => {
    expect(takeEarly({}, ADDRESS, 0)).toBeNull();
  });
});
