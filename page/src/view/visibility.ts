/**
 * Which panels have at least one pixel on screen.
 *
 * What watching costs goes by the number of elements watched, at every frame. So areas of many panels are watched, the
 * areas within them and single panels only where the one around them is near the screen. Far ones carry `data-far`.
 */

/** What lies together in one element: panels, or smaller areas. */
export interface Area {
  readonly element: HTMLElement;
  /** Panels by their index. */
  readonly members: ReadonlyMap<number, HTMLElement>;
  readonly areas: readonly Area[];
}

export interface Watcher {
  /** These panels came into view, or left it. */
  changed(panels: readonly number[]): void;
  /** These are far from the screen now: what they hold for drawing may go. */
  left(panels: Iterable<number>): void;
}

/** An area is near within this share of the screen's height beyond its edges. */
const NEAR_SHARE = 0.25;

export class Visibility {
  /** Indexes of the panels that are in view. */
  readonly seen = new Set<number>();
  private readonly areaObserver: IntersectionObserver;
  private readonly observer: IntersectionObserver;
  private readonly areas = new Map<Element, Area>();
  private outer: readonly Area[] = [];
  private readonly near = new Set<Area>();
  private readonly indexes = new Map<Element, number>();
  private width = 0;
  private readonly resized = () => this.resize();

  constructor(private readonly watcher: Watcher) {
    this.areaObserver = new IntersectionObserver((entries) => this.takeAreas(entries), { rootMargin: `${100 * NEAR_SHARE}% 0px` });
    // The second threshold tells "touches the edge" from "shows a pixel".
    this.observer = new IntersectionObserver((entries) => this.take(entries), { threshold: [0, 0.0005] });
    addEventListener("resize", this.resized);
  }

  /** The areas are in the document: look at them now, and from now on. */
  observe(areas: readonly Area[]): void {
    this.outer = areas;
    this.know(areas);
    const near = areas.filter(({ element }) => isNear(element));
    // Asked for here, as the layout is worked out already.
    this.width = innerWidth;
    this.approach(near);
    for (const { element } of areas) this.areaObserver.observe(element);
  }

  clear(): void {
    removeEventListener("resize", this.resized);
    this.areaObserver.disconnect();
    this.observer.disconnect();
    this.seen.clear();
  }

  private know(areas: readonly Area[]): void {
    for (const area of areas) {
      this.areas.set(area.element, area);
      this.know(area.areas);
    }
  }

  private takeAreas(entries: readonly IntersectionObserverEntry[]): void {
    const come: Area[] = [];
    const go: Area[] = [];
    for (const { target, isIntersecting } of entries) {
      const area = this.areas.get(target);
      if (area) (isIntersecting ? come : go).push(area);
    }
    setFar(go);
    for (const { element } of come) element.removeAttribute("data-far");
    const gone = go.flatMap((area) => this.leave(area));
    const changed = [...gone, ...this.approach(come.filter((area) => !this.near.has(area)))];
    if (changed.length > 0) this.watcher.changed(changed);
  }

  /** Watch what is in these areas; returns the panels in view that were not. */
  private approach(areas: readonly Area[]): number[] {
    const come: number[] = [];
    for (const area of areas) {
      this.near.add(area);
      const near = area.areas.filter(({ element }) => isNear(element));
      for (const { element } of near) element.removeAttribute("data-far");
      come.push(...this.approach(near));
      for (const { element } of area.areas) this.areaObserver.observe(element);
      for (const [index, element] of area.members) {
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
  private leave(area: Area): number[] {
    if (!this.near.delete(area)) return [];
    const gone = area.areas.flatMap((inner) => {
      this.areaObserver.unobserve(inner.element);
      return this.leave(inner);
    });
    for (const element of area.members.values()) this.observer.unobserve(element);
    this.watcher.left(area.members.keys());
    return [...gone, ...[...area.members.keys()].filter((index) => this.seen.delete(index))];
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

  /** Another width may mean another number of columns: areas that are far are laid out once, to know their heights. */
  private resize(): void {
    if (innerWidth === this.width) return;
    this.width = innerWidth;
    this.areaObserver.disconnect();
    for (const element of this.areas.keys()) element.removeAttribute("data-far");
    const watched = [...this.outer, ...[...this.near].flatMap(({ areas }) => areas)];
    for (const { element } of watched) this.areaObserver.observe(element);
  }
}

/** They, and what is within, are not laid out any more, and stay as high as they are. */
function setFar(areas: readonly Area[]): void {
  const laidOut = withInner(areas).filter(({ element }) => !element.hasAttribute("data-far"));
  // All are asked before any is changed: they are laid out already. A height that browsers remember would be looked at
  // in each frame.
  const heights = laidOut.map(({ element }) => element.getBoundingClientRect().height);
  laidOut.forEach(({ element }, index) => {
    element.style.setProperty("--block-size", `${heights[index] as number}px`);
    element.setAttribute("data-far", "");
  });
}

function withInner(areas: readonly Area[]): Area[] {
  return areas.flatMap((area) => [area, ...withInner(area.areas)]);
}

function isNear(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  const reach = innerHeight * NEAR_SHARE;
  return bottom >= -reach && top <= innerHeight + reach;
}

export function isOnScreen(element: Element): boolean {
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
  const inside = bottom >= 1 && right >= 1 && top <= innerHeight - 1 && left <= innerWidth - 1;
  return inside && width > 0 && height > 0;
}
