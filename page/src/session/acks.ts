/**
 * When to acknowledge: after painting, 5 times a second in the long run, at once after 16 KiB, and on every beat; the
 * first message of a connection when it comes.
 *
 * After a pause several go at once: what comes in parts, as a first picture or a zoom does, waits for each of them.
 */

const PER_SEC = 5;
const AT_ONCE_MAX = 5;
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
  /** How many may go now, as of `countedAt`. */
  private allowed = AT_ONCE_MAX;
  private countedAt = 0;
  private cancel: (() => void) | null = null;

  constructor(private readonly ports: AckPorts) {}

  /** A connection opened: bytes are counted from here. */
  restart(s: number): void {
    this.stop();
    this.s = s;
    this.handled = this.sentBytes = 0;
    this.allowed = AT_ONCE_MAX;
    this.countedAt = this.ports.monotonic();
  }

  /** Bytes that were taken in, and the S that is on screen now; a beat is answered at once. */
  painted(s: number, bytes: number, beat = false): void {
    this.s = s;
    this.handled += bytes;
    this.count();
    if (beat || this.allowed >= 1 || this.handled - this.sentBytes >= BYTES_AT_ONCE) this.flush();
    else this.cancel ??= this.ports.later((1 - this.allowed) / PER_SEC, () => this.flush());
  }

  /**
   * The first message of a connection came, and nothing of it is painted yet. It tells the server how fast the way is,
   * which holds back for that what a picture lacks: the rest can be here before the first part of it is painted.
   */
  heardFirst(bytes: number): void {
    this.painted(this.s, bytes);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private flush(): void {
    this.stop();
    this.count();
    this.allowed = Math.max(0, this.allowed - 1);
    this.sentBytes = this.handled;
    this.ports.send(this.s, this.handled);
  }

  private count(): void {
    const now = this.ports.monotonic();
    this.allowed = Math.min(AT_ONCE_MAX, this.allowed + PER_SEC * (now - this.countedAt));
    this.countedAt = now;
  }
}
