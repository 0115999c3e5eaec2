/** An estimate of the server's clock: the largest `at − own monotonic clock` seen lately. */

const LATELY_SECS = 60;

/** The page's own clock, in seconds; it never goes back. */
export type Monotonic = () => number;

export class ServerClock {
  // Two half windows: the older one leaves as a whole, so that a server whose clock was set back is followed.
  private current = -Infinity;
  private previous = -Infinity;
  private began = -Infinity;

  constructor(private readonly monotonic: Monotonic) {}

  get known(): boolean {
    return this.offset > -Infinity;
  }

  /** A message stamped `at` by the server has just arrived. */
  observe(at: number): void {
    const now = this.monotonic();
    if (now - this.began > LATELY_SECS / 2) {
      this.previous = this.current;
      this.current = -Infinity;
      this.began = now;
    }
    this.current = Math.max(this.current, at - now);
  }

  /** Another server may have another clock. */
  forget(): void {
    this.current = this.previous = this.began = -Infinity;
  }

  /** The server's wall seconds now; NaN before the first message. */
  now(): number {
    return this.known ? this.offset + this.monotonic() : NaN;
  }

  private get offset(): number {
    return Math.max(this.current, this.previous);
  }
}
