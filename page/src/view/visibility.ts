/**
 * Which panels have at least one pixel on screen.
 *
 * What watching costs goes by the number of elements watched, at every frame. So whole blocks of panels are watched,
 * and single panels only in blocks near the screen; those far from it carry `data-far`.
 */

/** Panels that lie together, in one element. */
export interface Block {
  readonly element: HTMLElement;
  /** Panels by their index. */
  readonly members: ReadonlyMap<number, HTMLElement>;
}

export interface Watcher {
  /** These panels came into view, or left it. */
  changed(panels: readonly number[]): void;
  /** These are far from the screen now: what they hold for drawing may go. */
  left(panels: Iterable<number>): void;
}

/** A block is near within this share of the screen's height beyond its edges. */
const NEAR_SHARE = 0.25;

export class Visibility {
  /** Indexes of the panels that are in view. */
  readonly seen = new Set<number>();
  private readonly blockObserver: IntersectionObserver;
  private readonly observer: IntersectionObserver;
  private readonly blocks = new Map<Element, Block>();
  private readonly near = new Set<Block>();
  private readonly indexes = new Map<Element, number>();
  private width = innerWidth;
  private readonly resized = () => this.resize();

  constructor(private readonly watcher: Watcher) {
    this.blockObserver = new IntersectionObserver((entries) => this.takeBlocks(entries), { rootMargin: `${100 * NEAR_SHARE}% 0px` });
    // The second threshold tells "touches the edge" from "shows a pixel".
    this.observer = new IntersectionObserver((entries) => this.take(entries), { threshold: [0, 0.0005] });
    addEventListener("resize", this.resized);
  }

  /** The blocks are in the document: look at them now, and from now on. */
  observe(blocks: readonly Block[]): void {
    for (const block of blocks) this.blocks.set(block.element, block);
    this.approach(blocks.filter(({ element }) => isNear(element)));
    for (const { element } of blocks) this.blockObserver.observe(element);
  }

  clear(): void {
    removeEventListener("resize", this.resized);
    this.blockObserver.disconnect();
    this.observer.disconnect();
    this.seen.clear();
  }

  private takeBlocks(entries: readonly IntersectionObserverEntry[]): void {
    const come: Block[] = [];
    const gone: number[] = [];
    for (const { target, isIntersecting } of entries) {
      const block = this.blocks.get(target);
      if (!block) continue;
      block.element.toggleAttribute("data-far", !isIntersecting);
      if (isIntersecting && !this.near.has(block)) come.push(block);
      else if (!isIntersecting && this.near.delete(block)) gone.push(...this.leave(block));
    }
    const changed = [...gone, ...this.approach(come)];
    if (changed.length > 0) this.watcher.changed(changed);
  }

  /** Watch the panels in these blocks; returns those in view that were not. */
  private approach(blocks: readonly Block[]): number[] {
    const come: number[] = [];
    for (const block of blocks) {
      this.near.add(block);
      for (const [index, element] of block.members) {
        this.indexes.set(element, index);
        this.observer.observe(element);
        if (this.seen.has(index) || !isOnScreen(element)) continue;
        this.seen.add(index);
        come.push(index);
      }
    }
    return come;
  }

  /** Returns those that were in view. */
  private leave({ members }: Block): number[] {
    for (const element of members.values()) this.observer.unobserve(element);
    this.watcher.left(members.keys());
    return [...members.keys()].filter((index) => this.seen.delete(index));
  }

  private take(entries: readonly IntersectionObserverEntry[]): void {
    const changed: number[] = [];
    for (const { target, isIntersecting, intersectionRect } of entries) {
      const index = this.indexes.get(target);
      const sees = isIntersecting && intersectionRect.height > 0 && intersectionRect.width > 0;
      if (index === undefined || sees === this.seen.has(index)) continue;
      changed.push(index);
      if (sees) this.seen.add(index);
      else this.seen.delete(index);
    }
    if (changed.length > 0) this.watcher.changed(changed);
  }

  /** Another width may mean another number of columns: blocks that are far are laid out once, to know their heights. */
  private resize(): void {
    if (innerWidth === this.width) return;
    this.width = innerWidth;
    this.blockObserver.disconnect();
    for (const element of this.blocks.keys()) {
      element.removeAttribute("data-far");
      this.blockObserver.observe(element);
    }
  }
}

function isNear(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  const reach = innerHeight * NEAR_SHARE;
  return bottom >= -reach && top <= innerHeight + reach;
}

function isOnScreen(element: Element): boolean {
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
  const inside = bottom >= 1 && right >= 1 && top <= innerHeight - 1 && left <= innerWidth - 1;
  return inside && width > 0 && height > 0;
}
