/** What drawings take from the tokens: custom properties, read again when the theme changes. */

const SERIES_COLORS_MAX = 64;

export class Style {
  private computed = getComputedStyle(document.documentElement);
  private readonly cache = new Map<string, string>();
  /** Grows whenever what was read no longer counts. */
  generation = 0;
  private numSeries = 0;

  /** The theme or the tokens changed. */
  forget(): void {
    this.cache.clear();
    this.computed = getComputedStyle(document.documentElement);
    this.numSeries = 0;
    this.generation += 1;
  }

  text(property: string): string {
    let value = this.cache.get(property);
    if (value === undefined) {
      value = this.computed.getPropertyValue(property).trim();
      this.cache.set(property, value);
    }
    return value;
  }

  /** A length in CSS pixels, an opacity, a duration in milliseconds: the number of it. */
  number(property: string): number {
    return Number.parseFloat(this.text(property)) || 0;
  }

  /** A colour by its token's name such as `muted`. */
  color(name: string): string {
    return this.text(`--color-${name.replaceAll(/[._]/g, "-")}`);
  }

  /** What `color=` of a panel says: a token's name, or any CSS colour; else the palette's `index`th, from 0. */
  paint(wanted: string | null, index: number): string {
    if (wanted !== null) {
      const token = /^[a-z0-9._-]+$/i.test(wanted) ? this.color(wanted) : "";
      if (token) return token;
      if (CSS.supports("color", wanted)) return wanted;
    }
    const color = this.color(`series.${(index % this.seriesCount()) + 1}`);
    const round = Math.floor(index / this.seriesCount());
    return round === 0 ? color : this.shaded(color, round);
  }

  /** Where the palette is used up it begins again, each time nearer to the colour of text. */
  private shaded(color: string, round: number): string {
    const key = `${color} ${round}`;
    let shade = this.cache.get(key);
    if (shade === undefined) {
      const mixed = `color-mix(in srgb, ${color}, ${this.color("text")} ${Math.min(75, 45 * round)}%)`;
      shade = CSS.supports("color", mixed) ? mixed : color;
      this.cache.set(key, shade);
    }
    return shade;
  }

  /** A font for a canvas, of a size among the tokens. */
  font(size: "caption" | "small" | "body", weight: "regular" | "medium" | "bold" = "regular"): string {
    return `${this.text(`--typography-${weight}`)} ${this.text(`--typography-${size}`)} ${this.text("--typography-family")}`;
  }

  private seriesCount(): number {
    while (this.numSeries < SERIES_COLORS_MAX && this.color(`series.${this.numSeries + 1}`)) this.numSeries += 1;
    return Math.max(1, this.numSeries);
  }
}
