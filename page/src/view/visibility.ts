/** Which panels have at least one pixel on screen. */

export class Visibility {
  private readonly observer: IntersectionObserver;
  private readonly visible = new Set<Element>();

  constructor(private readonly changed: () => void) {
    // The second threshold tells "touches the edge" from "shows a pixel".
    this.observer = new IntersectionObserver((entries) => this.take(entries), { threshold: [0, 0.0005] });
  }

  observe(element: Element): void {
    this.observer.observe(element);
    const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
    const inside = bottom >= 1 && right >= 1 && top <= innerHeight - 1 && left <= innerWidth - 1;
    if (inside && width > 0 && height > 0) this.visible.add(element);
  }

  sees(element: Element): boolean {
    return this.visible.has(element);
  }

  clear(): void {
    this.observer.disconnect();
    this.visible.clear();
  }

  private take(entries: readonly IntersectionObserverEntry[]): void {
    let news = false;
    for (const { target, isIntersecting, intersectionRect } of entries) {
      const sees = isIntersecting && intersectionRect.height > 0 && intersectionRect.width > 0;
      if (sees === this.visible.has(target)) continue;
      news = true;
      if (sees) this.visible.add(target);
      else this.visible.delete(target);
    }
    if (news) this.changed();
  }
}
