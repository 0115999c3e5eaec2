/** Slices of a ring as SVG paths. Angles run clockwise from the top. */

export interface Ring {
  readonly outer: number;
  readonly inner: number;
}

/** The path of a slice from `start` to `end`, as shares of the whole, about (0, 0). */
export function slicePath(start: number, end: number, { outer, inner }: Ring): string {
  // An arc that ends where it begins is nothing: a whole ring is two halves.
  if (end - start >= 1 - 1e-9) {
    const middle = start + 0.5;
    return slicePath(start, middle, { outer, inner }) + slicePath(middle, start + 1 - 1e-6, { outer, inner });
  }
  const large = end - start > 0.5 ? 1 : 0;
  const [ax, ay] = onCircle(start, outer);
  const [bx, by] = onCircle(end, outer);
  const [cx, cy] = onCircle(end, inner);
  const [dx, dy] = onCircle(start, inner);
  return `M${ax} ${ay}A${outer} ${outer} 0 ${large} 1 ${bx} ${by}L${cx} ${cy}A${inner} ${inner} 0 ${large} 0 ${dx} ${dy}Z`;
}

function onCircle(share: number, radius: number): [string, string] {
  const angle = share * 2 * Math.PI;
  return [(Math.sin(angle) * radius).toFixed(3), (-Math.cos(angle) * radius).toFixed(3)];
}
