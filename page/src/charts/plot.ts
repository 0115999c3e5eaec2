/**
 * Axes, cross-hair and selection by uPlot; what lies between the axes is drawn by the caller.
 *
 * uPlot wants one x for all series. Buckets of several series need not share theirs, so it gets a range without
 * data, and the lines are drawn in its `draw` hook: all but the right end, which has a small canvas of its own. It
 * also draws no labels of x: a picture that moves on does so without it.
 */

import uPlot from "uplot";

import { drawLabels, topOfLabels } from "./below";
import type { Projection } from "./buckets";
import { Gestures } from "./gestures";
import type { GestureHandlers } from "./gestures";
import { moveLeft, pixelsMoved } from "./moved";
import { textWidth } from "./ruler";
import type { Style } from "./style";
import { Tip } from "./tip";
import type { Part } from "./tip";
import { ticksOf } from "./yrange";
import type { AxisRange } from "./yrange";

export interface PlotOptions {
  readonly style: Style;
  draw(context: CanvasRenderingContext2D, at: Projection, part: Part): void;
  /** Round values of x, at most `count`, and how they are written. */
  xTicks(x0: number, x1: number, count: number): number[];
  xLabels(ticks: readonly number[]): string[];
  yLabels(ticks: readonly number[], step: number): string[];
  /** Pointer over the plot, in CSS pixels from its left; negative: gone. */
  pointed(left: number, top: number): void;
  selected(x0: number, x1: number): void;
  reset(): void;
  /** Who moves and zooms by hand; null: nothing is moved. */
  readonly gestures: GestureHandlers | null;
}

/** The axis grows in steps, so that labels that widen do not move the plot at every digit. */
const AXIS_STEP = 8;
const AXIS_SIZE_MIN = 4 * AXIS_STEP;
/** Room at the right of the plot: half a label. */
const EDGE = 16;
const LABEL_GAP = 10;
const LABEL_SPACE = 84;
const SELECTED_MIN = 6;

/** Width in device pixels that the drawing area has at first, in a box so many CSS pixels wide. */
export function pxOfBox(width: number): number {
  return Math.max(0, Math.round((width - AXIS_SIZE_MIN - EDGE) * devicePixelRatio));
}

export class Plot {
  readonly plot: uPlot;
  private readonly tip: Tip;
  private readonly gestures: Gestures | null;
  private x: readonly [number, number] = [0, 1];
  private y: AxisRange = { min: 0, max: 1, step: 0.5 };
  /** Device pixels by which the picture has moved left since all of it was drawn. */
  private moved = 0;
  private axisSize: number;
  /** CSS pixels of its box, which it has from the first picture on. */
  private box: Readonly<{ width: number; height: number }>;
  /** What is selected was taken, and is still marked in the picture in which it was. */
  private isTaken = false;

  constructor(host: HTMLElement, private readonly options: PlotOptions) {
    const { style } = options;
    this.axisSize = AXIS_SIZE_MIN;
    this.box = { width: Math.max(1, host.clientWidth), height: Math.max(1, host.clientHeight) };
    const axis = {
      stroke: () => style.color("axis"),
      font: style.font("caption"),
      ticks: { show: false },
    };
    this.plot = opaque(() => new uPlot(
      {
        width: this.box.width,
        height: 0,
        padding: [8, EDGE, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: false, range: () => [this.x[0], this.x[1]] },
          y: { range: () => [this.y.min, this.y.max] },
        },
        series: [{}, { paths: () => null, points: { show: false } }],
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 24,
            splits: () => [],
          },
          {
            ...axis,
            grid: { stroke: () => style.color("line"), width: 1 },
            gap: 8,
            size: (_, labels) => this.sizeOf(labels ?? []),
            splits: () => ticksOf(this.y),
            values: (_, ticks) => options.yLabels(ticks, this.y.step),
          },
        ],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false },
          bind: {
            // With Shift it is moved, and nothing is selected.
            mousedown: (_, __, select) => (event) => {
              if (event.button === 0 && !(options.gestures && event.shiftKey)) select(event);
              return null;
            },
            dblclick: () => () => {
              options.reset();
              return null;
            },
          },
        },
        hooks: {
          drawClear: [({ ctx }) => this.paintGround(ctx)],
          draw: [() => this.paint()],
          setCursor: [(self) => options.pointed(self.cursor.left ?? -1, self.cursor.top ?? -1)],
          setSelect: [(self) => this.take(self)],
        },
      },
      [[0, 1], [null, null]],
      // By itself it would draw in a microtask, whatever was drawn by then: so it begins at once, without a height.
      (self, begin) => {
        host.append(self.root);
        self.batch(() => begin());
      },
    ));
    this.tip = new Tip(this.plot.ctx.canvas, () => this.isBegun && this.showTip());
    // A browser that lost the drawing gives an empty one: what is moved would stay so.
    this.plot.ctx.canvas.addEventListener("contextrestored", () => this.isBegun && this.show(this.x, this.y, true));
    this.gestures = options.gestures && new Gestures(this.plot.over, options.gestures);
    // The host is the image that has a name; what it is drawn with says nothing of its own.
    this.plot.root.setAttribute("aria-hidden", "true");
  }

  /** It shows a picture. */
  get isBegun(): boolean {
    return this.plot.height > 0;
  }

  /** Width of the drawing area in device pixels. */
  get px(): number {
    return Math.round(this.plot.bbox.width);
  }

  /** CSS pixels that the axis takes at its left. */
  get left(): number {
    return this.plot.bbox.left / (devicePixelRatio || 1);
  }

  /** Width of the drawing area in CSS pixels. */
  get width(): number {
    return this.plot.bbox.width / (devicePixelRatio || 1);
  }

  /** What stays left of the tip, once all has moved left by so many device pixels. */
  rest(num: number): Part {
    const { left, right } = this.tip.rest;
    return { left, right: right - num };
  }

  /** Device pixels by which the picture moves left to show these ranges; NaN where it has to be drawn anew. */
  pixelsTo(x: readonly [number, number], y: AxisRange): number {
    if (y.min !== this.y.min || y.max !== this.y.max || y.step !== this.y.step) return NaN;
    const { left, width } = this.plot.bbox;
    const num = pixelsMoved(this.x, x, width);
    if (num === 0) return 0;
    // What comes in is drawn on what lies below the tip, and half pixels would be blurred.
    const isClear = num <= left + width - this.tip.rest.right;
    const isOld = this.moved + num > width;
    return isClear && !isOld && Number.isInteger(left) && Number.isInteger(this.tip.rest.right) && !this.isTaken ? num : NaN;
  }

  /** Draw it all with these ranges. `isLost`: the canvas knows nothing any more of the colours and fonts it was given. */
  show(x: readonly [number, number], y: AxisRange, isLost = false): void {
    this.x = x;
    this.y = y;
    this.plot.batch(() => {
      if (this.isTaken) this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.isTaken = false;
      if (!this.isBegun || isLost) this.plot.setSize(this.box);
      this.plot.setData([[x[0], x[1]], [null, null]], false);
      this.plot.redraw(true, true);
    });
  }

  /** Move the picture left by the device pixels to this range, and draw what comes in at its right. */
  moveOn(x: readonly [number, number], num: number): void {
    this.x = x;
    this.moved += num;
    const { ctx: context, bbox } = this.plot;
    const at = this.projection();
    const top = topOfLabels(at, this.options.style);
    const { right } = this.tip.rest;
    context.save();
    moveLeft(context, { left: bbox.left, top: 0, width: right - bbox.left, height: top }, num);
    this.options.draw(context, at, { left: right - num, right });
    context.fillStyle = this.options.style.color("surface");
    context.fillRect(0, top, context.canvas.width, context.canvas.height - top);
    this.drawLabels(context, at);
    context.restore();
    this.showTip();
  }

  /** Returns whether its box had another size. Before its first picture nothing is drawn for that. */
  fit(width: number, height: number): boolean {
    if (width === this.box.width && height === this.box.height) return false;
    this.box = { width, height };
    if (this.isBegun) this.plot.setSize(this.box);
    return true;
  }

  projection(x = this.x): Projection {
    const { left, top, width, height } = this.plot.bbox;
    return { x0: x[0], x1: x[1], y0: this.y.min, y1: this.y.max, left, top, width, height };
  }

  destroy(): void {
    this.gestures?.destroy();
    this.plot.destroy();
  }

  /** Draw the right end again. */
  showTip(): void {
    this.tip.paint((context, part) => this.options.draw(context, this.projection(), part));
  }

  private paintGround(context: CanvasRenderingContext2D): void {
    context.save();
    context.fillStyle = this.options.style.color("surface");
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    context.restore();
  }

  private paint(): void {
    const { ctx: context, bbox } = this.plot;
    this.moved = 0;
    this.tip.place(bbox);
    // uPlot remembers which styles it set last: leave them as they were.
    context.save();
    this.options.draw(context, this.projection(), this.tip.rest);
    this.drawLabels(context, this.projection());
    context.restore();
    this.showTip();
  }

  private drawLabels(context: CanvasRenderingContext2D, at: Projection): void {
    const ticks = this.options.xTicks(at.x0, at.x1, Math.floor(this.box.width / LABEL_SPACE));
    // Labels that would be cut at the right edge are left out.
    drawLabels(context, ticks, this.options.xLabels(ticks), at, EDGE, this.options.style);
  }

  private sizeOf(labels: readonly string[]): number {
    const font = this.options.style.font("caption");
    let widest = 0;
    for (const label of labels) widest = Math.max(widest, textWidth(label, font));
    const wanted = Math.ceil((widest + LABEL_GAP) / AXIS_STEP) * AXIS_STEP;
    this.axisSize = Math.max(this.axisSize, wanted);
    return this.axisSize;
  }

  private take(self: uPlot): void {
    const { left, width } = self.select;
    if (width < SELECTED_MIN) return;
    this.isTaken = true;
    // uPlot knows the range in which it drew last, and not how the picture moved on since.
    const [x0, x1] = this.x;
    const xPerPx = (x1 - x0) / this.width;
    this.options.selected(x0 + left * xPerPx, x0 + (left + width) * xPerPx);
  }
}

/** What `make` asks of canvases lets nothing through: those are put on screen at half the cost. uPlot has no option. */
function opaque<T>(make: () => T): T {
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string) {
    return getContext.call(this, kind, { alpha: false });
  } as typeof getContext;
  try {
    return make();
  } finally {
    HTMLCanvasElement.prototype.getContext = getContext;
  }
}
