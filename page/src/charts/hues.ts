/** Which hue each label has: kept while it is shown, free for another once it is gone, never two alike. */

export class Hues {
  private readonly taken = new Map<string, number>();

  /** Return the hues of the labels that are shown now, in their order. */
  of(labels: readonly string[]): number[] {
    const shown = new Set(labels);
    for (const label of this.taken.keys()) if (!shown.has(label)) this.taken.delete(label);
    const used = new Set(this.taken.values());
    return labels.map((label) => {
      let hue = this.taken.get(label);
      if (hue === undefined) {
        for (hue = 0; used.has(hue); hue += 1);
        used.add(hue);
        this.taken.set(label, hue);
      }
      return hue;
    });
  }
}
