/** Waits before reconnecting: 0.25 s, doubling to 1.5 s, each with jitter so that viewers do not come back as one. */

const FIRST_SECS = 0.25;
/** Whoever looks sees it right within 2 s of the server's return. */
const LONGEST_SECS = 1.5;

export class Backoff {
  private attempts = 0;

  constructor(private readonly random: () => number = Math.random) {}

  nextSecs(): number {
    const longest = Math.min(LONGEST_SECS, FIRST_SECS * 2 ** this.attempts);
    this.attempts += 1;
    return longest * (0.5 + 0.5 * this.random());
  }

  reset(): void {
    this.attempts = 0;
  }
}
