/** Finding among many values what somebody types. */

import { expect, test } from "vitest";

import { folded, Texts } from "../src/text/match";

function find(values: readonly string[], query: string, most = 10) {
  const texts = new Texts();
  texts.set(values);
  return texts.find(query, most);
}

test.each([
  ["", ["Île-de-France", "Nouvelle-Aquitaine", "Grand Est", "Bretagne"]],
  ["ile", ["Île-de-France"]],
  ["AQUI", ["Nouvelle-Aquitaine"]],
  ["e", ["Grand Est", "Île-de-France", "Nouvelle-Aquitaine", "Bretagne"]],
  ["  est ", ["Grand Est"]],
  ["x", []],
  ["é", ["Grand Est", "Île-de-France", "Nouvelle-Aquitaine", "Bretagne"]],
])("%j finds %j", (query, values) => {
  const all = ["Île-de-France", "Nouvelle-Aquitaine", "Grand Est", "Bretagne"];
  expect(find(all, query)).toEqual({ values, num: values.length });
});

test("of thousands a bounded part is given, and how many there are", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `Customer ${i}`);
  expect(find(many, "", 3)).toEqual({ values: ["Customer 0", "Customer 1", "Customer 2"], num: 5000 });
  expect(find(many, "499", 2)).toEqual({ values: ["Customer 499", "Customer 4990"], num: 15 });
});

test("values that come are found", () => {
  const texts = new Texts();
  const values = ["a", "b"];
  texts.set(values);
  texts.set([...values, "c"]);
  expect(texts.find("c", 5).num).toBe(1);
  expect(folded("ÉCOLE ñandú")).toBe("ecole nandu");
});
