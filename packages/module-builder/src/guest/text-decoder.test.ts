import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { guestValues } from "../build/guest-values.testing.ts";

// Node has the same standard: each expression is evaluated there, too.
const AsyncFunction = (async () => undefined).constructor as new (
  body: string,
) => () => Promise<unknown>;

async function nodeValue(expression: string): Promise<unknown> {
  try {
    return { value: await new AsyncFunction(`return ${expression}`)() };
  } catch (error) {
    return { thrown: (error as Error).name };
  }
}

/** The expressions whose values differ from Node's, and the values. */
async function differences(expressions: readonly string[]): Promise<readonly unknown[]> {
  const values = await guestValues(expressions);
  const found: unknown[] = [];
  for (const [index, expression] of expressions.entries()) {
    const value = values[index];
    const shown =
      value !== undefined && "thrown" in value ? { thrown: value.thrown.split(":")[0] } : value;
    const expected = await nodeValue(expression);
    if (!isDeepStrictEqual(shown, expected)) found.push({ expression, shown, expected });
  }
  return found;
}

const decode = (label: string, options: object, chunks: readonly (readonly number[])[]): string => {
  const calls = chunks.map(
    (chunk) => `d.decode(new Uint8Array(${JSON.stringify(chunk)}), { stream: true })`,
  );
  return `(() => { const d = new TextDecoder(${JSON.stringify(label)}, ${JSON.stringify(options)}); return [${[...calls, "d.decode()"].join(", ")}].join("|").replaceAll("|", ""); })()`;
};

test("streams of UTF-8 and UTF-16 decode the same, wherever they are cut", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => new Uint8Array(Buffer.from(text))),
    fc
      .string({ unit: "grapheme", maxLength: 6 })
      .map((text) => new Uint8Array(Buffer.from(text, "utf16le"))),
    fc
      .constantFrom(
        [0xef, 0xbb, 0xbf, 0x41],
        [0xff, 0xfe, 0x41, 0],
        [0xf0, 0x9f, 0x98],
        [0xe0, 0x80, 0x80],
        [0xed, 0xa0, 0x80],
      )
      .map((list) => new Uint8Array(list)),
  );
  const samples = fc.sample(
    fc.record({
      label: fc.constantFrom("utf-8", "utf-16le", "utf-16be"),
      options: fc.record({ fatal: fc.boolean(), ignoreBOM: fc.boolean() }),
      chunks: fc.array(
        bytes.map((chunk) => [...chunk]),
        { maxLength: 4 },
      ),
      cut: fc.nat(12),
    }),
    { numRuns: 400, seed: 12 },
  );
  const expressions = samples.map(({ label, options, chunks, cut }) => {
    const all = chunks.flat();
    return decode(label, options, [all.slice(0, cut), all.slice(cut)]);
  });
  expect(await differences(expressions)).toEqual([]);
});

test("a decoder's second stream starts fresh", async () => {
  expect(
    await differences([
      "(() => { const d = new TextDecoder(); d.decode(new Uint8Array([0xc3]), { stream: true }); return [d.decode(), d.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]))]; })()",
      "(() => { const d = new TextDecoder('utf-8', { fatal: true }); try { d.decode(new Uint8Array([0xff]), { stream: true }); } catch {} return d.decode(new Uint8Array([0x41])); })()",
    ]),
  ).toEqual([]);
});

test("the standard's labels are accepted, others are refused", async () => {
  expect(
    await differences(
      [
        "utf8",
        " UTF-8\n",
        "unicode-1-1-utf-8",
        "x-unicode20utf8",
        "utf-16",
        "ucs-2",
        "unicodefffe",
        "utf-16be",
        "utf-7",
        "",
      ].map((label) => `new TextDecoder(${JSON.stringify(label)}).encoding`),
    ),
  ).toEqual([]);
  const [value] = await guestValues(["new TextDecoder('latin1').encoding"]);
  expect(value).toEqual({
    thrown: 'RangeError: a workflow decodes utf-8, utf-16le and utf-16be, but got "latin1"',
  });
});

test("encodeInto writes only whole characters", async () => {
  const texts = ["", "a", "aé", "é€😀", "\ud800", "a\ud83d", "😀😀", "€".repeat(5)];
  expect(
    await differences(
      texts.flatMap((text) =>
        [0, 1, 2, 3, 4, 5, 8].map(
          (length) =>
            `(() => { const target = new Uint8Array(${length}); const { read, written } = new TextEncoder().encodeInto(${JSON.stringify(text)}, target); return [read, written, [...target]]; })()`,
        ),
      ),
    ),
  ).toEqual([]);
});

test("anything but bytes is refused", async () => {
  expect(
    await differences([
      "new TextDecoder().decode('text')",
      "new TextDecoder().decode(null)",
      "new TextEncoder().encodeInto('a', [])",
      "new TextDecoder().decode(undefined)",
      "new TextDecoder().decode(new DataView(new Uint8Array([65, 66]).buffer, 1))",
    ]),
  ).toEqual([]);
});
