/** How long charts may be drawn in one animation frame, so that input never waits for all of them. */

/**
 * Milliseconds of script. What the browser then does with what was drawn takes about twice as long again: this is for
 * a frame that is done within two of a screen's 60 a second.
 */
const CALM_MILLIS = 8;
/** While somebody uses the page: drawn, styled and painted within one. */
const BUSY_MILLIS = 3;

/** What a browser tells of input that waits for this script to end; not all do. */
interface Scheduling {
  isInputPending(options: { includeContinuous: boolean }): boolean;
}

export interface SparePorts {
  /** Milliseconds. */
  readonly now: () => number;
  readonly isBusy: () => boolean;
  readonly isInputPending: () => boolean;
}

export class Spare {
  private until = Infinity;

  constructor(private readonly ports: SparePorts) {}

  /** Charts are drawn from here on. */
  begin(): void {
    this.until = this.ports.now() + (this.ports.isBusy() ? BUSY_MILLIS : CALM_MILLIS);
  }

  /** The next chart must wait for the next animation frame. */
  isSpent(): boolean {
    return this.ports.now() >= this.until || this.ports.isInputPending();
  }
}

export function browserInputPending(): () => boolean {
  const { scheduling } = navigator as { scheduling?: Partial<Scheduling> };
  if (!scheduling?.isInputPending) return () => false;
  return () => (scheduling as Scheduling).isInputPending({ includeContinuous: true });
}
