/** Named horizontal lines of a chart. */

import type { Level, Reference } from "../generated/wire";
import { pxFromY } from "./buckets";
import type { Projection } from "./buckets";
import type { Style } from "./style";

type Canvas = CanvasRenderingContext2D;

/** CSS pixels between a line and its name, and between names side by side. */
const GAP = 3;
const BESIDE = 8;
/** CSS pixels that a name takes from top to bottom. */
const NAME_HEIGHT = 13;

/** A name's place, in pixels. */
export interface NameBox {
  readonly right: number;
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
}

export function levelColor(level: Level | null, style: Style): string {
  return style.color(level ?? "muted");
}

/** Named horizontal lines; one beyond the axis is named at the edge, with an arrow. */
export function drawReferences(
  context: Canvas, references: readonly Reference[], at: Projection, style: Style, label: (reference: Reference) => string,
): void {
  const scale = devicePixelRatio || 1;
  const taken: NameBox[] = [];
  for (const reference of references) {
    const color = levelColor(reference.level, style);
    const beyond = reference.value > at.y1 ? 1 : reference.value < at.y0 ? -1 : 0;
    const y = beyond > 0 ? at.top : beyond < 0 ? at.top + at.height : pxFromY(reference.value, at);
    if (beyond === 0) {
      const dash = style.number("--chart-dash") * scale;
      context.setLineDash([dash, dash]);
      context.beginPath();
      context.moveTo(at.left, Math.round(y) + 0.5);
      context.lineTo(at.left + at.width, Math.round(y) + 0.5);
      context.lineWidth = scale;
      context.strokeStyle = color;
      context.stroke();
      context.setLineDash([]);
    }
    context.font = style.font("caption", "medium").replace(/([\d.]+)px/, (_, size: string) => `${Number(size) * scale}px`);
    const name = label(reference) + (beyond > 0 ? " ↑" : beyond < 0 ? " ↓" : "");
    const box = placeOf(y, context.measureText(name).width, at, scale, taken);
    taken.push(box);
    context.fillStyle = color;
    context.textAlign = "right";
    context.textBaseline = "bottom";
    // A rim of the surface's colour keeps the name legible over lines.
    context.lineWidth = 3 * scale;
    context.lineJoin = "round";
    context.strokeStyle = style.color("surface");
    context.strokeText(name, box.right, box.bottom);
    context.fillText(name, box.right, box.bottom);
  }
}

/** Where a name stands: at the right, above its line or else below it; further left where others are in its way. */
export function placeOf(y: number, width: number, at: Projection, scale: number, taken: readonly NameBox[]): NameBox {
  const height = NAME_HEIGHT * scale;
  const above = y - GAP * scale;
  const below = y + GAP * scale + height;
  const bottoms = [above, below].filter((bottom) => bottom - height >= at.top && bottom <= at.top + at.height);
  let right = at.left + at.width - GAP * scale;
  const boxAt = (bottom: number): NameBox => ({ right, left: right - width, top: bottom - height, bottom });
  for (;;) {
    const boxes = (bottoms.length > 0 ? bottoms : [above]).map(boxAt);
    const free = boxes.find((box) => taken.every((other) => !overlaps(box, other)));
    if (free) return free;
    const [first] = boxes as [NameBox];
    const next = Math.min(...taken.filter((other) => boxes.some((box) => overlaps(box, other))).map((other) => other.left)) - BESIDE * scale;
    // Where there is no room at all it stands over another: its line tells where it is.
    if (next - width < at.left) return first;
    right = next;
  }
}

function overlaps(one: NameBox, other: NameBox): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
