import * as fc from "fast-check";
import { expect, test } from "vitest";
import { guestValues } from "../build/guest-values.testing.ts";

// The order is CLDR's for all languages. Node has all of it, so strings are compared there, too.
const root = (options?: Intl.CollatorOptions): Intl.Collator => new Intl.Collator("und", options);

const letters = fc.constantFrom(
  ..."abcxyzABCXYZ áéíóúýčďěňřšťůžäöüßæœøåçñłđÁÉÄÖÜÆØÅÇÑŁĐ0123456789 -_.,;:!?'\"()[]{}@*/\\&#%`^+<=>|~$€αβγάΑΒΩабвгёйАБВЁЙ",
);
const texts = fc.string({ unit: letters, maxLength: 6 });

/** The pairs that a workflow orders differently than Node. */
async function differences(
  pairs: readonly (readonly [string, string])[],
  options?: Intl.CollatorOptions,
): Promise<readonly (readonly [string, string])[]> {
  const collator = root(options);
  const [result] = await guestValues([
    `(() => { const collator = new Intl.Collator(undefined, ${JSON.stringify(options) ?? "undefined"});
      return (${JSON.stringify(pairs)} as [string, string][]).map(([a, b]) => collator.compare(a, b)); })()`,
  ]);
  const expected = pairs.map(([a, b]) => collator.compare(a, b));
  const values = (result as { readonly value: readonly number[] }).value;
  return pairs.filter((_, index) => values[index] !== expected[index]);
}

test("localeCompare sorts as people do", async () => {
  const [plain, words, numbers, upper] = await guestValues([
    '["b", "a", "C"].sort((a, b) => a.localeCompare(b))',
    '["Zebra", "zebra", "éclair", "Eclair", "eclair", "ångström", "Öl", "oz", "Straße", "strasse"].sort((a, b) => a.localeCompare(b))',
    '["a10", "a9", "a1", "A2", "a09"].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))',
    '["a", "B", "A", "b"].sort((a, b) => a.localeCompare(b, "en", { caseFirst: "upper" }))',
  ]);
  expect(plain).toEqual({ value: ["a", "b", "C"] });
  expect(words).toEqual({
    value: [
      "ångström",
      "eclair",
      "Eclair",
      "éclair",
      "Öl",
      "oz",
      "strasse",
      "Straße",
      "zebra",
      "Zebra",
    ],
  });
  expect(numbers).toEqual({ value: ["a1", "A2", "a9", "a09", "a10"] });
  expect(upper).toEqual({ value: ["A", "a", "B", "b"] });
});

test.each([
  undefined,
  { sensitivity: "base" },
  { sensitivity: "accent" },
  { sensitivity: "case" },
  { numeric: true },
  { caseFirst: "upper" },
  { ignorePunctuation: true, sensitivity: "base" },
] as const)("with %o texts are in the order of Unicode", async (options) => {
  expect(
    await differences(fc.sample(fc.tuple(texts, texts), { numRuns: 1500, seed: 15 }), options),
  ).toEqual([]);
});

test("every character of the supported scripts is ordered as in Node", async () => {
  const characters: string[] = [];
  for (const [first, last] of [
    [0x20, 0x7e],
    [0xa1, 0x17f],
    [0x391, 0x3c9],
    [0x400, 0x45f],
  ] as const) {
    for (let code = first; code <= last; code += 1) characters.push(String.fromCharCode(code));
  }
  // Characters that Unicode can encode in two ways.
  const known = characters.filter(
    (each) => /[^\p{Cn}\p{Cf}]/u.test(each) && each === each.normalize("NFKC"),
  );
  const sorted = known.toSorted(root({ sensitivity: "base" }).compare);
  const pairs = sorted.slice(1).map((each, index) => [sorted[index] ?? "", each] as const);
  expect(await differences(pairs, { sensitivity: "base" })).toEqual([]);
});

test("the order is total: only identical strings are equal, and swapping them inverts the result", async () => {
  const pairs = fc.sample(
    fc.tuple(
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { numRuns: 500, seed: 16 },
  );
  const [result] = await guestValues([
    `(${JSON.stringify(pairs)} as [string, string][]).filter(([a, b]) => a.localeCompare(b) !== -b.localeCompare(a) || a.localeCompare(a) !== 0)`,
  ]);
  expect(result).toEqual({ value: [] });
});

test("invalid options and locales are refused, as in Node", async () => {
  const values = await guestValues([
    '"a".localeCompare("b", "no_locale")',
    '"a".localeCompare("b", undefined, { sensitivity: "most" })',
    'new Intl.Collator("de", { usage: "find" })',
    'new Intl.Collator("en-u-kn-kf-upper").resolvedOptions()',
    "Intl.Collator().compare('a', 'b')",
    'String.prototype.localeCompare.call(null, "a")',
  ]);
  expect(values).toEqual([
    { thrown: expect.stringMatching(/^RangeError: expected a language tag/) },
    {
      thrown: expect.stringMatching(
        /^RangeError: expected sensitivity to be variant, base, accent, case/,
      ),
    },
    { thrown: expect.stringMatching(/^RangeError: expected usage/) },
    { value: expect.objectContaining({ locale: "und", numeric: true, caseFirst: "upper" }) },
    { value: -1 },
    { thrown: expect.stringMatching(/^TypeError/) },
  ]);
});
