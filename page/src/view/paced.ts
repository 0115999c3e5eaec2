/** Calls at most once in a while, however often it is asked to; the last is never lost. */

/** What it takes to wait; returns how to stop waiting. */
export interface Waiting {
  now(): number;
  later(millis: number, run: () => void): () => void;
}

const OF_BROWSER: Waiting = {
  now: () => performance.now(),
  later: (millis, run) => {
    const timer = setTimeout(run, millis);
    return () => clearTimeout(timer);
  },
};

export class Paced {
  private lastAt = -Infinity;
  private cancel: (() => void) | null = null;

  constructor(private readonly run: () => void, private readonly millis: number, private readonly waiting = OF_BROWSER) {}

  /** At once if the last call was long enough ago, else as soon as it is. */
  soon(): void {
    if (this.cancel) return;
    const left = this.lastAt + this.millis - this.waiting.now();
    if (left <= 0) this.now();
    else this.cancel = this.waiting.later(left, () => this.now());
  }

  now(): void {
    this.stop();
    this.lastAt = this.waiting.now();
    this.run();
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }
}
