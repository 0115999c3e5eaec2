/** One viewer's conversation with the server: hello, frames, acks, beats, and coming back after a cut. */

import { BEAT_SECS, VERSION } from "../generated/wire";
import type { Probe } from "../debug/probe";
import type { Have, View, ViewerMessage } from "../generated/wire";
import { decodeMessage, VersionError } from "../wire/decode";
import { Acks } from "./acks";
import { Backoff } from "./backoff";
import { FrameAssembler } from "./frames";
import type { Frame } from "./frames";

export type Connection = "connecting" | "live" | "disconnected" | "refused" | "outdated";

/** What a view says besides its number. */
export type ViewBody = Omit<View, "t" | "n">;

export interface SessionPorts {
  /** A socket to this address, which may be open already, or have failed. */
  readonly open: (url: string) => WebSocket;
  readonly monotonic: () => number;
  readonly later: (secs: number, run: () => void) => () => void;
  readonly random: () => number;
}

export interface SessionHandlers {
  /** Messages have come; `frame` is complete, or null while more of it is to come. `bytes`: still to acknowledge. */
  received(frame: Frame | null, bytes: number): void;
  connection(state: Connection): void;
  /** What is held, for a hello. */
  holding(): { epoch: string | null; have: Have[]; s: number };
  view(): ViewBody;
  /** Each hello and view has a number, one more than the last. */
  numbered(n: number, body: ViewBody): void;
}

/** Of a socket's states. */
const OPEN = 1;
const CLOSED = 3;
const NORMAL = 1000;
const ABNORMAL = 1006;
const NOT_ALLOWED = 1008;

export class Session {
  /** How often it was cut and came back. */
  reconnects = 0;
  messages = 0;
  bytes = 0;
  /** Measures decoding, while somebody looks at the measurements. */
  probe: Probe | null = null;
  private socket: WebSocket | null = null;
  private state: Connection = "connecting";
  private n = 0;
  private heardAt = 0;
  private beatSecs = BEAT_SECS;
  private greeted = false;
  /** Something came over this connection. */
  private isHeard = false;
  private wasLive = false;
  private cancelRetry: (() => void) | null = null;
  private cancelWatch: (() => void) | null = null;
  private readonly frames = new FrameAssembler();
  private readonly backoff: Backoff;
  private readonly acks: Acks;

  constructor(private readonly url: string, private readonly ports: SessionPorts, private readonly handlers: SessionHandlers) {
    this.backoff = new Backoff(ports.random);
    this.acks = new Acks({ ...ports, send: (s, bytes) => this.send({ t: "ack", s, bytes }) });
  }

  start(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.frames.forget();
    this.heardAt = this.ports.monotonic();
    const socket = this.ports.open(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket === this.socket && event.data instanceof ArrayBuffer) this.take(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.closed(event.code);
    };
    this.watch();
    if (socket.readyState === OPEN) this.greet();
    else if (socket.readyState === CLOSED) this.closed(ABNORMAL);
  }

  /** Somebody looks: come back now rather than at the next attempt. */
  wake(): void {
    if (this.socket === null && this.state !== "outdated") this.start();
    else this.watch();
  }

  /** The view changed; `body` replaces the last one. */
  sendView(body: ViewBody): void {
    if (this.greeted) this.send({ t: "view", n: this.next(body), ...body });
  }

  refresh(panels: readonly number[] | null): void {
    this.send({ t: "refresh", panels });
  }

  /** What came was taken in and painted; a beat is answered at once. */
  painted(s: number, bytes: number, beat: boolean): void {
    if (!this.greeted) return;
    this.acks.painted(s, bytes, beat);
  }

  /** The welcome was understood. One may come again at any time, with a new layout. */
  welcomed(beatSecs: number): void {
    if (this.wasLive && this.state !== "live") this.reconnects += 1;
    this.wasLive = true;
    this.beatSecs = beatSecs;
    this.backoff.reset();
    this.become("live");
  }

  private greet(): void {
    const { epoch, have, s } = this.handlers.holding();
    const body = this.handlers.view();
    this.greeted = true;
    this.isHeard = false;
    this.heardAt = this.ports.monotonic();
    this.acks.restart(s);
    this.send({ t: "hello", version: VERSION, epoch, have, view: { t: "view", n: this.next(body), ...body } });
  }

  private next(body: ViewBody): number {
    this.n += 1;
    this.handlers.numbered(this.n, body);
    return this.n;
  }

  private take(buffer: ArrayBuffer): void {
    this.heardAt = this.ports.monotonic();
    this.messages += 1;
    this.bytes += buffer.byteLength;
    try {
      const message = this.probe?.decode(buffer.byteLength, () => decodeMessage(buffer)) ?? decodeMessage(buffer);
      const isFirst = !this.isHeard;
      this.isHeard = true;
      if (isFirst) this.acks.heardFirst(message.bytes);
      this.handlers.received(this.frames.take(message), isFirst ? 0 : message.bytes);
    } catch (error) {
      if (error instanceof VersionError) {
        this.drop();
        this.become("outdated");
      } else {
        console.warn("cadran: a message could not be read, reconnecting", error);
        this.restart();
      }
    }
  }

  /** Two missed beats: the connection is dead whatever the socket says. */
  private watch(): void {
    this.cancelWatch?.();
    this.cancelWatch = null;
    if (this.socket === null) return;
    const left = this.heardAt + 2 * this.beatSecs - this.ports.monotonic();
    if (left > 0) this.cancelWatch = this.ports.later(left, () => this.watch());
    else this.restart();
  }

  private closed(code: number): void {
    this.drop();
    if (code === NOT_ALLOWED) this.become("refused");
    // After 1000 the server found nobody looking: it is for whoever looks again to come back.
    else if (code === NORMAL) this.become("disconnected");
    else this.retry();
  }

  private retry(): void {
    this.become("disconnected");
    this.cancelRetry = this.ports.later(this.backoff.nextSecs(), () => this.start());
  }

  private restart(): void {
    this.drop();
    this.retry();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.greeted = false;
    this.acks.stop();
    this.cancelWatch?.();
    this.cancelWatch = null;
    this.cancelRetry?.();
    this.cancelRetry = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private become(state: Connection): void {
    if (this.state === state) return;
    this.state = state;
    this.handlers.connection(state);
  }

  private send(message: ViewerMessage): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }
}
