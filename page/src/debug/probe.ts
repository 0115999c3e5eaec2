/** What this page measures of itself while somebody looks at the measurements. Without them there is no probe. */

const KEPT = 64;
const LATELY_MILLIS = 60_000;

/** The newest durations of one kind of work, in milliseconds. */
export class Durations {
  num = 0;
  last = NaN;
  private readonly ring = new Float64Array(KEPT);

  add(millis: number): void {
    this.ring[this.num % KEPT] = millis;
    this.num += 1;
    this.last = millis;
  }

  /** What 95 % of the newest do not exceed; NaN before the first. */
  p95(): number {
    const count = Math.min(this.num, KEPT);
    if (count === 0) return NaN;
    return this.ring.slice(0, count).sort()[Math.ceil(0.95 * count) - 1] as number;
  }
}

/** Counts since the probe began, and durations of the newest. */
export class Probe {
  readonly decoding = new Durations();
  readonly applying = new Durations();
  /** Server's seconds from a frame's moment until it was on screen, in milliseconds. */
  readonly age = new Durations();
  paints = 0;
  bytes = 0;
  private readonly draws = new Map<number, Durations>();
  private readonly longTasks: { readonly began: number; readonly millis: number }[] = [];
  private readonly observer: PerformanceObserver | null;

  constructor(private readonly now: () => number = () => performance.now()) {
    const known = typeof PerformanceObserver !== "undefined" && PerformanceObserver.supportedEntryTypes.includes("longtask");
    this.observer = known ? new PerformanceObserver((list) => list.getEntries().forEach((one) => this.stalled(one.duration))) : null;
    this.observer?.observe({ type: "longtask" });
  }

  /** Do some work, and keep how long it took. */
  time<T>(durations: Durations, work: () => T): T {
    const began = this.now();
    const result = work();
    durations.add(this.now() - began);
    return result;
  }

  /** Read a message of so many bytes. */
  decode<T>(bytes: number, work: () => T): T {
    this.bytes += bytes;
    return this.time(this.decoding, work);
  }

  /** Draw a panel. */
  draw(panel: number, work: () => void): void {
    let durations = this.draws.get(panel);
    if (!durations) this.draws.set(panel, (durations = new Durations()));
    this.time(durations, work);
  }

  /** New data is on screen, `age` seconds after its moment. */
  painted(age: number): void {
    this.paints += 1;
    if (Number.isFinite(age)) this.age.add(1000 * age);
  }

  drawing(panel: number): Durations | undefined {
    return this.draws.get(panel);
  }

  /** How many tasks of the last minute took more than 50 ms, and the longest; null where the browser does not tell. */
  stalls(): { num: number; longest: number } | null {
    if (!this.observer) return null;
    const since = this.now() - LATELY_MILLIS;
    while (this.longTasks[0] && this.longTasks[0].began < since) this.longTasks.shift();
    return { num: this.longTasks.length, longest: Math.max(0, ...this.longTasks.map(({ millis }) => millis)) };
  }

  /** Another layout: numbers mean other panels. */
  forget(): void {
    this.draws.clear();
  }

  stop(): void {
    this.observer?.disconnect();
  }

  private stalled(millis: number): void {
    this.longTasks.push({ began: this.now(), millis });
    if (this.longTasks.length > 1000) this.longTasks.shift();
  }
}
