/** Finding among many texts what somebody types: any part of it, whatever its case and accents. Pure. */

export interface Found {
  /** The best first, at most so many. */
  readonly values: readonly string[];
  readonly num: number;
}

/** Texts as they are compared, made once. */
export class Texts {
  private values: readonly string[] = [];
  private folded: readonly string[] = [];

  set(values: readonly string[]): void {
    if (values.length === this.values.length && values.every((value, i) => value === this.values[i])) return;
    this.values = values;
    this.folded = values.map(folded);
  }

  /** What contains `query`: first what begins with it, then where a word does, then the rest; each in its order. */
  find(query: string, most: number): Found {
    const asked = folded(query.trim());
    if (asked === "") return { values: this.values.slice(0, most), num: this.values.length };
    const ranks: string[][] = [[], [], []];
    this.folded.forEach((text, i) => {
      const at = text.indexOf(asked);
      if (at < 0) return;
      const isWord = at > 0 && (text.includes(` ${asked}`) || text.includes(`-${asked}`));
      (ranks[at === 0 ? 0 : isWord ? 1 : 2] as string[]).push(this.values[i] as string);
    });
    const all = ranks.flat();
    return { values: all.slice(0, most), num: all.length };
  }
}

/** Without case and accents. */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
