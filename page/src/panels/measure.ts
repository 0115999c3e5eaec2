/** The size of a drawing: follows its box at once, and tells the server once it has come to rest. */

const REST_MILLIS = 150;
/** Fewer pixels than told are no news until they are much fewer: what is held is only finer than needed. */
const KEEP_SHARE = 0.85;

export class Measure {
  private readonly observer: ResizeObserver;
  private told = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly host: HTMLElement, private readonly resized: (width: number, height: number) => void, rested: () => void,
  ) {
    this.observer = new ResizeObserver(([entry]) => {
      if (!entry || entry.contentRect.width < 1) return;
      resized(Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height));
      clearTimeout(this.timer);
      this.timer = setTimeout(rested, REST_MILLIS);
    });
  }

  /** Follow the box from now on. Every box that is followed costs at every frame: follow those that are drawn. */
  watch(): void {
    this.observer.observe(this.host);
  }

  /** Follow the box now, where browsers say nothing of it in time. */
  fit(): void {
    const { width, height } = this.host.getBoundingClientRect();
    if (width >= 1) this.resized(Math.floor(width), Math.floor(height));
  }

  /** Device pixels to tell the server, of `actual` ones. */
  px(actual: number): number {
    if (actual > this.told || actual < this.told * KEEP_SHARE) this.told = actual;
    return this.told;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.observer.disconnect();
  }
}
