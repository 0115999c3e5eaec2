/** A small canvas over the right end of a plot, where live data changes: the large one below it rests meanwhile. */

import { element } from "../chrome/dom";

/** Columns of device pixels [left, right) of a plot's canvas, of which a drawing is asked. */
export interface Part {
  readonly left: number;
  readonly right: number;
}

export const WHOLE: Part = { left: -Infinity, right: Infinity };

/** CSS pixels left of the plot's right edge. What costs is the area of a canvas that is touched, not what is drawn. */
const WIDTH = 48;
/** CSS pixels beyond the plot's edges: the dot at the end of a line may reach out. */
const RIM = 8;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Tip {
  private readonly element = element("canvas", "tip", { "aria-hidden": "true" });
  private readonly context = this.element.getContext("2d") as CanvasRenderingContext2D;
  private left = 0;
  private top = 0;
  private placed = "";

  /** It lies right above `below`. `lost`: the browser lost what was drawn, and has given an empty canvas for it. */
  constructor(below: HTMLCanvasElement, lost: () => void) {
    below.after(this.element);
    this.element.addEventListener("contextrestored", lost);
  }

  /** What is left for the large canvas. */
  get rest(): Part {
    return { left: -Infinity, right: this.left };
  }

  /** The plot lies in `box`, device pixels of the canvas below. */
  place(box: Box): void {
    const ratio = devicePixelRatio || 1;
    const rim = Math.round(RIM * ratio);
    this.left = Math.max(box.left, box.left + box.width - Math.round(WIDTH * ratio));
    this.top = box.top - rim;
    const width = box.left + box.width + rim - this.left;
    const height = box.height + 2 * rim;
    const placed = [ratio, this.left, this.top, width, height].join(" ");
    if (placed === this.placed) return;
    this.placed = placed;
    const { element, left, top } = this;
    element.width = width;
    element.height = height;
    element.style.cssText = `left:${left / ratio}px;top:${top / ratio}px;width:${width / ratio}px;height:${height / ratio}px`;
  }

  /** Draw it anew; `draw` sees the coordinates of the canvas below. */
  paint(draw: (context: CanvasRenderingContext2D, part: Part) => void): void {
    const { context, element, left, top } = this;
    context.clearRect(0, 0, element.width, element.height);
    context.save();
    context.translate(-left, -top);
    draw(context, { left, right: Infinity });
    context.restore();
  }
}
