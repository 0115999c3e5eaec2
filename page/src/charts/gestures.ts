/**
 * Moving and zooming by hand: Shift and drag, a wheel to the side or with Shift, Ctrl and a wheel, one finger and two.
 *
 * Places are shares of the plot's width from its left. A plain drag is a selection and a plain wheel scrolls the page:
 * neither is touched. Nothing goes on by itself once the hand rests.
 */

import { setAttribute } from "../chrome/dom";

export interface GestureHandlers {
  /** Whatever is told until `ended` or the next `began` refers to the picture as it is now. */
  began(): void;
  /** One or two fingers, or the mouse, were at `before` when it began, and are now at `now`. */
  dragged(before: readonly number[], now: readonly number[]): void;
  /** By a share of the width; positive: later. */
  wheeled(by: number): void;
  /** `factor` times as wide, around a place. */
  zoomed(at: number, factor: number): void;
  ended(): void;
}

/** CSS pixels that a finger goes to the side before it moves the chart: less is a tap. */
const SLIP = 8;
/** CSS pixels of a wheel's step where it counts lines, or pages. */
const LINE = 16;
const PAGE = 400;
/** A step of a wheel, about 100 CSS pixels, zooms by half; a trackpad's many small ones by as much together. */
const ZOOM_PER_PX = 0.004;
const STEP_MAX = 120;
/** Milliseconds without a turn of the wheel after which it rests. */
const WHEEL_REST = 150;

interface Finger {
  readonly beganX: number;
  readonly beganY: number;
  before: number;
  now: number;
}

export class Gestures {
  private readonly fingers = new Map<number, Finger>();
  private isMoving = false;
  private isWheeling = false;
  private resting: ReturnType<typeof setTimeout> | undefined;
  /** Where the plot lies, in CSS pixels of the window: asked once, as to ask may lay out the page. */
  private left = 0;
  private width = 1;
  private readonly shift = ({ shiftKey }: KeyboardEvent | PointerEvent): void => setAttribute(this.over, "data-shift", String(shiftKey));

  /** `over`: the layer above the plot, as wide as it is. */
  constructor(private readonly over: HTMLElement, private readonly handlers: GestureHandlers) {
    over.addEventListener("pointerdown", (event) => this.down(event));
    over.addEventListener("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"] as const) over.addEventListener(type, (event) => this.up(event));
    // With Shift browsers select words of the page up to here.
    over.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
    over.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    // Which way the hand will be used shows before it is, while the pointer is here.
    over.addEventListener("pointerenter", (event) => {
      this.shift(event);
      this.listen(true);
    });
    over.addEventListener("pointerleave", () => this.listen(false));
  }

  /** Nothing is listened to any more but `over`, which goes with its chart. */
  destroy(): void {
    this.listen(false);
    clearTimeout(this.resting);
    this.fingers.clear();
    this.isMoving = this.isWheeling = false;
  }

  private listen(isHere: boolean): void {
    for (const type of ["keydown", "keyup"] as const) {
      if (isHere) addEventListener(type, this.shift);
      else removeEventListener(type, this.shift);
    }
  }

  private down(event: PointerEvent): void {
    const isTouch = event.pointerType === "touch";
    if (!isTouch && (event.button !== 0 || !event.shiftKey)) return;
    if (this.fingers.size === 2) return;
    if (this.fingers.size === 0) this.look();
    const at = this.shareOf(event.clientX);
    this.fingers.set(event.pointerId, { beganX: event.clientX, beganY: event.clientY, before: at, now: at });
    if (!isTouch) this.over.setPointerCapture(event.pointerId);
    if (!isTouch || this.fingers.size === 2) this.begin();
  }

  private move(event: PointerEvent): void {
    const finger = this.fingers.get(event.pointerId);
    if (!finger) {
      if (event.pointerType !== "touch") this.shift(event);
      return;
    }
    finger.now = this.shareOf(event.clientX);
    if (!this.isMoving) {
      const aside = Math.abs(event.clientX - finger.beganX);
      if (aside < SLIP || aside < Math.abs(event.clientY - finger.beganY)) return;
      this.begin();
      return;
    }
    const fingers = [...this.fingers.values()];
    this.handlers.dragged(fingers.map(({ before }) => before), fingers.map(({ now }) => now));
  }

  private up(event: PointerEvent): void {
    if (!this.fingers.delete(event.pointerId) || !this.isMoving) return;
    if (this.fingers.size > 0) {
      this.begin();
      return;
    }
    this.isMoving = false;
    setAttribute(this.over, "data-moving", "false");
    this.handlers.ended();
  }

  /** From here on, with the fingers that are there. */
  private begin(): void {
    this.restWheel(); // not later, when it would end what begins here
    for (const finger of this.fingers.values()) finger.before = finger.now;
    this.isMoving = true;
    setAttribute(this.over, "data-moving", "true");
    this.handlers.began();
  }

  private wheel(event: WheelEvent): void {
    const { deltaX, deltaY, shiftKey } = event;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : PAGE;
    const isZoom = event.ctrlKey || event.metaKey;
    const aside = Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : shiftKey ? deltaY : 0;
    if (!isZoom && aside === 0) return;
    event.preventDefault();
    if (this.isMoving) return;
    if (!this.isWheeling) {
      this.look();
      this.handlers.began();
    }
    this.isWheeling = true;
    if (isZoom) {
      const step = Math.max(-STEP_MAX, Math.min(STEP_MAX, deltaY * unit));
      this.handlers.zoomed(this.shareOf(event.clientX), Math.exp(step * ZOOM_PER_PX));
    } else this.handlers.wheeled((aside * unit) / this.width);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.restWheel(), WHEEL_REST);
  }

  private restWheel(): void {
    if (!this.isWheeling) return;
    clearTimeout(this.resting);
    this.isWheeling = false;
    this.handlers.ended();
  }

  private look(): void {
    const { left, width } = this.over.getBoundingClientRect();
    this.left = left;
    this.width = Math.max(1, width);
  }

  private shareOf(clientX: number): number {
    return (clientX - this.left) / this.width;
  }
}
