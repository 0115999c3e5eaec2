/** What is drawn between the axes of a line chart. */

import type { Curve, SeriesBuffer } from "../store/series";
import { pxFromX, pxFromY, trace } from "./buckets";
import type { Fill, Projection } from "./buckets";
import type { Style } from "./style";
import { WHOLE } from "./tip";
import type { Part } from "./tip";
import { drawUnfinished } from "./unfinished";

type Canvas = CanvasRenderingContext2D;

/** Device pixels a CSS pixel: tokens are in the latter. */
const ratio = () => devicePixelRatio || 1;
const FAR = 1e5;

/** Draw inside the plot only. */
export function clipped(context: Canvas, at: Projection, draw: () => void): void {
  // A line at the very edge keeps its whole width.
  const margin = 2 * ratio();
  within(context, at.left, at.top - margin, at.width, at.height + 2 * margin, draw);
}

/** Draw one part of the canvas only. */
export function inPart(context: Canvas, { left, right }: Part, draw: () => void): void {
  // Clips are lengths in single precision: far is enough, and infinite is not.
  const [from, to] = [Math.max(left, -FAR), Math.min(right, FAR)];
  within(context, from, -FAR, to - from, 2 * FAR, draw);
}

function within(context: Canvas, left: number, top: number, width: number, height: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  draw();
  context.restore();
}

/** How a series is painted: a spark is thinner; what is unfinished from index `unfinished` on is dashed. */
export interface Paint {
  readonly color: string;
  readonly fill: Fill;
  readonly spark?: boolean;
  readonly unfinished?: number;
}

export function drawSeries(
  context: Canvas, series: SeriesBuffer, at: Projection, { color, fill, spark = false, unfinished }: Paint, style: Style, part: Part = WHOLE,
): void {
  const width = style.number(spark ? "--chart-spark-width" : "--chart-line-width");
  const { line, columns, area, base } = trace(series, at, fill, width * ratio(), part, unfinished);
  if (area) {
    context.globalAlpha = style.number(spark ? "--chart-spark-fill-opacity" : "--chart-fill-opacity");
    context.fillStyle = color;
    context.fill(area);
    columns?.fillArea(context, base);
    context.globalAlpha = 1;
  }
  if (columns) {
    context.fillStyle = color;
    columns.fill(context);
  }
  prepare(context, color, width);
  context.stroke(line);
  if (unfinished !== undefined && unfinished < series.end) drawUnfinished(context, series, unfinished, at, color, style);
}

export function drawCurve(context: Canvas, curve: Curve, at: Projection, color: string, style: Style): void {
  const path = new Path2D();
  let drawing = false;
  for (let i = 0; i < curve.xs.length; i += 1) {
    const x = curve.xs[i] as number;
    const y = curve.ys[i] as number;
    if (Number.isNaN(x) || Number.isNaN(y)) drawing = false;
    else if (drawing) path.lineTo(pxFromX(x, at), pxFromY(y, at));
    else {
      path.moveTo(pxFromX(x, at), pxFromY(y, at));
      drawing = true;
    }
  }
  prepare(context, color, style.number("--chart-line-width"));
  context.stroke(path);
}

/** A dot at the end of the line; a hollow one where it is of an unfinished bucket of time. */
export function drawEnd(
  context: Canvas, series: SeriesBuffer, at: Projection, color: string, style: Style, isHollow = false,
): void {
  const index = series.end - 1;
  if (index < series.start || Number.isNaN(series.last[index] as number)) return;
  const x = series.xAt(index);
  if (x < at.x0 || x > at.x1 + series.width) return;
  const y = pxFromY(series.last[index] as number, at);
  // One that moves out at the left is cut there, as the line is: labels of y are not drawn again for it.
  inPart(context, { left: at.left, right: Infinity }, () => {
    context.beginPath();
    context.arc(Math.min(pxFromX(x, at), at.left + at.width), y, style.number("--chart-dot") * ratio(), 0, 2 * Math.PI);
    context.fillStyle = isHollow ? style.color("surface") : color;
    context.fill();
    context.lineWidth = (isHollow ? style.number("--chart-line-width") : 1) * ratio();
    context.strokeStyle = isHollow ? color : style.color("surface");
    context.stroke();
  });
}

function prepare(context: Canvas, color: string, width: number): void {
  context.strokeStyle = color;
  context.lineWidth = width * ratio();
  context.lineJoin = "bevel";
  context.lineCap = "butt";
}
