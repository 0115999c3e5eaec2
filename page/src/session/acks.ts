/** When to acknowledge: after painting, at most 5 times a second, at once after 16 KiB, and on every beat. */

const INTERVAL_SECS = 0.2;
const BYTES_AT_ONCE = 16 * 1024;

export interface AckPorts {
  readonly monotonic: () => number;
  readonly send: (s: number, bytes: number) => void;
  /** Call back after some seconds; returns a way to cancel. */
  readonly later: (secs: number, run: () => void) => () => void;
}

export class Acks {
  private s = 0;
  private handled = 0;
  private sentBytes = 0;
  private sentAt = -Infinity;
  private cancel: (() => void) | null = null;

  constructor(private readonly ports: AckPorts) {}

  /** A connection opened: bytes are counted from here. */
  restart(s: number): void {
    this.cancel?.();
    this.cancel = null;
    this.s = s;
    this.handled = this.sentBytes = 0;
    this.sentAt = -Infinity;
  }

  /** Bytes that were taken in, and the S that is on screen now. */
  painted(s: number, bytes: number): void {
    this.s = s;
    this.handled += bytes;
    const wait = this.sentAt + INTERVAL_SECS - this.ports.monotonic();
    if (wait <= 0 || this.handled - this.sentBytes >= BYTES_AT_ONCE) this.flush();
    else this.cancel ??= this.ports.later(wait, () => this.flush());
  }

  flush(): void {
    this.cancel?.();
    this.cancel = null;
    this.sentAt = this.ports.monotonic();
    this.sentBytes = this.handled;
    this.ports.send(this.s, this.handled);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }
}
