/** Panels that went out of view, until the view has been at rest: what they hold for drawing may go then. */

/** Milliseconds in which no panel came into view or left it. */
const REST_MILLIS = 2000;

export class Lingering {
  private readonly left = new Set<number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `release`: these are not in view. */
  constructor(private readonly seen: ReadonlySet<number>, private readonly release: (panels: readonly number[]) => void) {}

  /** These panels came into view, or left it. */
  changed(panels: readonly number[]): void {
    for (const panel of panels) {
      if (this.seen.has(panel)) this.left.delete(panel);
      else this.left.add(panel);
    }
    clearTimeout(this.timer);
    if (this.left.size > 0) this.timer = setTimeout(() => this.rest(), REST_MILLIS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.left.clear();
  }

  private rest(): void {
    const panels = [...this.left];
    this.left.clear();
    this.release(panels);
  }
}
