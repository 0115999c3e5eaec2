import { describe, expect, test } from "vitest";

import type { Format } from "../src/generated/wire";
import { notesOf } from "../src/panels/notes";
import { age, every, interval, last, secsFromText } from "../src/text/ages";
import { change } from "../src/text/change";
import { amountDecimals, automaticDecimals, columnDecimals, Formatter, PLAIN, shortened, SteadyDecimals, widthInEms } from "../src/text/format";
import { chooseLanguage, chooseLocale, wordsOf } from "../src/text/words";

const en = new Formatter("en-GB", "Europe/Paris", wordsOf("en"));
const fr = new Formatter("fr-FR", "Europe/Paris", wordsOf("fr"));
const spaces = (text: string) => text.replaceAll(/[\u00a0\u202f\u2009]/g, " ");
const format = (change: Partial<Format>): Format => ({ ...PLAIN, ...change });

describe("values", () => {
  test.each<[Partial<Format>, number | string | boolean | null, string, string]>([
    [{}, 1284, "1,284", "1 284"],
    [{}, 81.25, "81.3", "81,3"],
    [{}, 0.01234, "0.0123", "0,0123"],
    [{}, -0, "0", "0"],
    [{ decimals: 2 }, 12.4, "12.40", "12,40"],
    [{ decimals: 2 }, -0.004, "0.00", "0,00"],
    [{}, 3.3e-12, "3.30×10⁻¹²", "3,30×10⁻¹²"],
    [{}, -9.999e-8, "-1.00×10⁻⁷", "-1,00×10⁻⁷"],
    [{}, 0.0000123, "0.0000123", "0,0000123"],
    [{ decimals: 2 }, 3.3e-12, "0.00", "0,00"],
    [{ compact: true }, 48_213, "48.2k", "48,2 k"],
    [{ kind: "percent", whole: 1 }, 0.0194, "1.94 %", "1,94 %"],
    [{ kind: "percent", whole: 100 }, 82, "82 %", "82 %"],
    [{ kind: "currency", currency: "EUR" }, 1234.5, "€1,235", "1 235 €"],
    [{ kind: "currency", currency: "EUR", compact: true }, 48_213, "€48.2k", "48,2 k €"],
    [{ kind: "duration" }, 0.25, "250 ms", "250 ms"],
    [{ kind: "duration" }, 75, "1 min 15 s", "1 min 15 s"],
    [{ kind: "duration" }, 3900, "1 h 05 min", "1 h 05 min"],
    [{ kind: "duration" }, 200_000, "2 d 7 h", "2 j 7 h"],
    [{ kind: "bytes" }, 1536, "1.5 KiB", "1,5 Kio"],
    [{ kind: "bytes" }, 3.2 * 1024 ** 3, "3.2 GiB", "3,2 Gio"],
    [{ kind: "date", date_style: "time" }, 1_790_000_000, "16:13:20", "16:13:20"],
    [{ kind: "text" }, 4, "4", "4"],
    [{}, null, "—", "—"],
    [{}, NaN, "—", "—"],
    [{}, Infinity, "∞", "∞"],
    [{}, "Running", "Running", "Running"],
    [{}, true, "Yes", "Oui"],
  ])("%j of %s", (asked, value, english, french) => {
    expect(spaces(en.text(format(asked), value))).toBe(english);
    expect(spaces(fr.text(format(asked), value))).toBe(french);
  });

  test("the sign that follows a number is its unit", () => {
    expect(fr.parts(format({ kind: "currency", currency: "EUR" }), 3)).toEqual({ main: "3,00", unit: "€" });
    expect(en.parts(format({ kind: "percent" }), 0.5)).toEqual({ main: "50", unit: "%" });
    // One of two units is not smaller than the other.
    expect(en.parts(format({ kind: "duration" }), 93_784).unit).toBe("");
  });

  test("a column has the digits that suit all its values", () => {
    expect(columnDecimals([31, 54.8, null])).toBe(1);
    expect(columnDecimals([1, 2, 3000])).toBe(0);
    expect(columnDecimals([0.0432, 0.83])).toBe(3);
    expect(columnDecimals([0.5], 100)).toBe(0);
    expect(columnDecimals([3e-12, 4e-9])).toBeUndefined();
    expect(columnDecimals(["a", null, NaN])).toBeUndefined();
  });

  test("decimals by magnitude, and steady once a value had some", () => {
    expect([0, 7, 1234.5, 12.34, 1.234, 0.1234].map(automaticDecimals)).toEqual([0, 0, 0, 1, 2, 3]);
    const steady = new SteadyDecimals();
    expect([81, 81.2, 81, 1281, "off"].map((value) => steady.of(value))).toEqual([undefined, 1, 1, 0, undefined]);
    // 0.700 and not 0.7 after 0.175; what is written as a power has no decimals to keep.
    expect([0.7, 0.0579, 0, 3e-4, 2e13].map((value) => steady.of(value))).toEqual([3, 4, 2, 6, undefined]);
    // What crosses zero; and what is as small always.
    expect(steady.of(3e-9)).toBe(2);
    expect(new SteadyDecimals().of(3e-9)).toBeUndefined();
  });
});

describe("a change against a period before", () => {
  test.each<[number, number, Partial<Format>, "up" | "down" | null, string, string, string]>([
    [101.4, 100, {}, null, "up", "neutral", "1.4 %"],
    [103.2, 100, {}, "up", "up", "good", "3.2 %"],
    [97.4, 100, {}, "up", "down", "bad", "2.6 %"],
    [97.4, 100, {}, "down", "down", "good", "2.6 %"],
    [100.05, 100, {}, "up", "steady", "neutral", "steady"],
    [0.015, 0.019, { kind: "percent" }, "down", "down", "good", "0.4 pt"],
    [0.0194, 0.0193, { kind: "percent" }, "down", "steady", "neutral", "steady"],
    [5, 0, {}, "up", "up", "good", "5"],
    [0, 0, {}, "up", "steady", "neutral", "steady"],
    [-90, -100, {}, "up", "up", "good", "10 %"],
    [1, NaN, {}, "up", "none", "neutral", "—"],
  ])("%d after %d", (value, previous, asked, good, direction, tone, text) => {
    const made = change(value, previous, format(asked), good, en);
    expect({ ...made, text: spaces(made.text) }).toEqual({ direction, tone, text });
  });
});

describe("spans of time", () => {
  test("ages are coarse", () => {
    const { words } = en;
    expect([0, 14.9, 61, 3599, 7500, 90_000].map((secs) => age(secs, words))).toEqual([
      "0 s", "14 s", "1 min", "59 min", "2 h 05", "1 d",
    ]);
    expect(fr.words.lastUpdate + fr.words.ago(age(3, fr.words))).toBe("Dernière mise à jour\u00a0: il y a 3 s");
  });

  test("intervals are exact", () => {
    expect([0.5, 5, 90, 3600, 86_400, 1_209_600].map((secs) => interval(secs, en.words, "en"))).toEqual([
      "0.5 s", "5 s", "1 min 30 s", "1 h", "24 h", "14 d",
    ]);
  });

  test.each([
    [1, "Last second", "Dernière seconde"],
    [30, "Last 30 seconds", "30 dernières secondes"],
    [60, "Last minute", "Dernière minute"],
    [5400, "Last 90 minutes", "90 dernières minutes"],
    [3600, "Last hour", "Dernière heure"],
    [86_400, "Last 24 hours", "24 dernières heures"],
    [604_800, "Last 7 days", "7 derniers jours"],
    [0.5, "Last 0.5 s", "Durée\u00a0: 0,5 s"],
    [3661, "Last 1 h 1 min 1 s", "Durée\u00a0: 1 h 1 min 1 s"],
  ])("a range of %s s is the last of something", (secs, english, french) => {
    expect(last(secs, en.words, "en")).toBe(english);
    expect(last(secs, fr.words, "fr")).toBe(french);
  });

  test.each([
    [1, "every second", "chaque seconde"],
    [5, "every 5 s", "toutes les 5 s"],
    [0.5, "every 0.5 s", "toutes les 0,5 s"],
    [60, "every minute", "chaque minute"],
    [90, "every 1 min 30 s", "toutes les 1 min 30 s"],
    [86_400, "every 24 h", "toutes les 24 h"],
    [604_800, "every 7 d", "tous les 7 j"],
  ])("an interval of %s s", (secs, english, french) => {
    expect(every(secs, en.words, "en")).toBe(english);
    expect(every(secs, fr.words, "fr")).toBe(french);
  });

  test.each([["5", 5], ["5s", 5], ["1m 30s", 90], ["500ms", 0.5], ["2h", 7200], ["", null], ["soon", null], ["0", null], ["5x", null]])(
    "%j is %s seconds", (text, secs) => expect(secsFromText(text)).toBe(secs),
  );
});

test("the language is the one asked for, else the first of the viewer's that we speak", () => {
  expect(chooseLanguage("fr", ["en-US"])).toBe("fr");
  expect(chooseLanguage(null, ["de-DE", "fr-CA", "en"])).toBe("fr");
  expect(chooseLanguage("xx", ["de"])).toBe("en");
  expect(chooseLocale("fr", ["en-US", "fr-CA"])).toBe("fr-CA");
  expect(chooseLocale("fr", ["en-US"])).toBe("fr");
});

test("a badge of what is live says what is not as it could be, one or several", () => {
  const status = { state: "live", since: 0, fault: null, slow_secs: null, capped_rows: null, num_rejected: null } as const;
  const texts = (change: object, formatter = en) => notesOf({ ...status, ...change }, formatter).map(({ text, hint }) => [text, spaces(hint)]);
  expect(texts({})).toEqual([]);
  expect(texts({ num_rejected: 1 })).toEqual([["1 rejected", "1 point had no valid x and was left out"]]);
  expect(texts({ num_rejected: 1234 }, fr).map(([, hint]) => hint)).toEqual(["1 234 points sans abscisse valable ont été écartés"]);
  expect(texts({ num_rejected: 1 }, fr)).toEqual([["1 rejeté", "1 point sans abscisse valable a été écarté"]]);
  expect(texts({ slow_secs: 60, capped_rows: 10, num_rejected: 2 }).map(([text]) => text)).toEqual([
    "every minute", "only the first 10 rows", "2 rejected",
  ]);
  const negative = (num: number, formatter = en) => notesOf(status, formatter, num).map(({ text, hint }) => [text, spaces(hint)]);
  expect(negative(0)).toEqual([]);
  expect(negative(1)).toEqual([["1 negative", "1 negative value has no share of a whole and is not shown"]]);
  const ahead = (secs: number, formatter = en) => notesOf(status, formatter, 0, secs).map(({ text, hint }) => [text, spaces(hint)]);
  expect(ahead(0)).toEqual([]);
  expect(ahead(600)).toEqual([["10 min ahead", "The newest points are 10 min ahead of the server’s clock: is the clock right where they come from?"]]);
  expect(ahead(30, fr).map(([text]) => text)).toEqual(["30 s d’avance"]);
  expect(negative(2, fr)).toEqual([["2 négatives", "2 valeurs négatives n’ont pas de part d’un tout et ne sont pas montrées"]]);
});

test("amounts below one another have the same digits", () => {
  const euros = format({ kind: "currency", currency: "EUR" });
  expect(amountDecimals(euros, [133.13, 4412.4, null])).toBe(0);
  expect(amountDecimals(euros, [133.13, -12])).toBeUndefined();
  expect(amountDecimals(PLAIN, [4412.4])).toBeUndefined();
  expect([133.13, 4412.4].map((one) => spaces(fr.text(euros, one, 0)))).toEqual(["133 €", "4 412 €"]);
});

test("what has more digits than a card takes is written short, not cut", () => {
  const text = (value: number, asked = PLAIN) => en.text(shortened(asked, value), value);
  expect(text(9.87654e14)).toMatch(/^988(T|tn)$/);
  expect(text(9.87654e17)).toBe("9.88×10¹⁷");
  expect(text(-1.5e12, format({ kind: "currency", currency: "EUR" }))).toMatch(/^-€1.50(T|tn)$/);
  expect(text(999_999_999_999)).toBe("999,999,999,999");
  expect(shortened(format({ decimals: 2 }), 1e15)).toEqual(format({ decimals: 2 }));
  expect(widthInEms("1,000")).toBeLessThan(widthInEms("10000"));
});
