/** One hand after the other: a wheel that was turned just before a drag does not end it when it rests. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Gestures } from "../src/charts/gestures";

/** What stands for the layer above the plot: 100 CSS pixels wide. */
class Layer extends EventTarget {
  setAttribute(): void {}
  getAttribute(): null { return null; }
  setPointerCapture(): void {}
  getBoundingClientRect(): object { return { left: 0, width: 100 }; }
}

const MOUSE = { pointerId: 1, pointerType: "mouse", button: 0, shiftKey: true, clientY: 0 };
const WHEEL = { deltaX: -30, deltaY: 0, deltaMode: 0, clientX: 10 };

let layer: Layer;
let told: string[];

function happens(type: string, what: object): void {
  layer.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), what));
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WheelEvent", { DOM_DELTA_PIXEL: 0, DOM_DELTA_LINE: 1 });
  layer = new Layer();
  told = [];
  new Gestures(layer as unknown as HTMLElement, {
    began: () => told.push("began"),
    dragged: ([before], [now]) => told.push(`dragged ${before} to ${now}`),
    wheeled: (by) => told.push(`wheeled ${by}`),
    zoomed: () => told.push("zoomed"),
    ended: () => told.push("ended"),
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a wheel rests when it is not turned for a while", () => {
  happens("wheel", WHEEL);
  happens("wheel", WHEEL);
  expect(told).toEqual(["began", "wheeled -0.3", "wheeled -0.3"]);
  vi.runAllTimers();
  expect(told.splice(0)).toEqual(["began", "wheeled -0.3", "wheeled -0.3", "ended"]);
  vi.runAllTimers();
  expect(told).toEqual([]);
});

test("a drag that begins before the wheel rests goes on until it ends", () => {
  happens("wheel", WHEEL);
  happens("pointerdown", { ...MOUSE, clientX: 10 });
  expect(told.splice(0)).toEqual(["began", "wheeled -0.3", "ended", "began"]);
  vi.runAllTimers();
  happens("pointermove", { ...MOUSE, clientX: 90 });
  happens("pointerup", { ...MOUSE, clientX: 90 });
  expect(told).toEqual(["dragged 0.1 to 0.9", "ended"]);
});
