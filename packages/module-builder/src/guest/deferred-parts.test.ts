import { expect, test } from "vitest";
import { buildModule } from "../build/build-module.ts";
import { runModule } from "../build/run-module.testing.ts";

// What few workflows need is not in a module's memory from the start, but is loaded when first used.

/** Runs a workflow with this body, in a module with this at its top level. */
async function run(body: string, topLevel = ""): Promise<unknown> {
  const source = `
    import { defineModule } from "@flawless-ts/wasm-module";
    ${topLevel}
    export default defineModule({
      name: "deferred", version: "1.0.0", workflows: { test: async () => { ${body} } },
    });`;
  const { wasm } = await buildModule({ entry: "deferred.ts", source });
  const { response, logs } = await runModule(wasm, "test");
  expect(logs).toEqual([]);
  return response;
}

const expressions = {
  "letters in the other case": String.raw`["Straße Ärger ΟΔΥΣΣΕΥΣ".toUpperCase(), "ÅΣ ΟΔΥΣΣΕΥΣ".toLowerCase()]`,
  "normal forms": String.raw`["e\u0301".normalize("NFC"), "é".normalize("NFD"), "ﬁ".normalize("NFKC")]`,
  "properties of characters": String.raw`["aä1Ω漢".match(/\p{Letter}/gu), /^\p{Script=Greek}+$/u.test("Ωψ"), /^\p{Emoji}$/u.test("😀")]`,
  "sequences of characters": String.raw`[/^\p{RGI_Emoji}$/v.test("👨‍👩‍👧"), /\p{White_Space}/u.test("\u2003")]`,
  "regular expressions in any case": String.raw`[/[ä-ö]/i.test("Ä"), /straSSe/iu.test("ſtrasse"), /ǆ/iu.test("ǅ")]`,
  "names of variables": "new Function('größe', 'return größe + 1')(1)",
  mathematics:
    "[Math.pow(2.5, 3.7), Math.exp(1.5), Math.log(7), Math.log2(9), 2 ** 0.5, Math.sin(1e22), Math.cosh(1)]",
  iterators: "await Array.fromAsync([1, Promise.resolve(2)])",
} as const;

test.each(Object.entries(expressions))("a deferred part works: %s", async (_, expression) => {
  const AsyncFunction = (async () => undefined).constructor as new (
    body: string,
  ) => () => Promise<unknown>;
  const expected: unknown = await new AsyncFunction(`return ${expression}`)();
  expect(await run(`return ${expression};`)).toEqual(expected);
  // Also used earlier, while the module was built.
  expect(await run(`return [first, ${expression}];`, `const first = ${expression};`)).toEqual([
    expected,
    expected,
  ]);
});

test("JavaScript features that this Node.js may lack work", async () => {
  expect(
    await run(
      "return [[...Iterator.zip([[1, 2], [3, 4]])], [...Iterator.zipKeyed({ a: [1], b: [2] })]];",
    ),
  ).toEqual([
    [
      [1, 3],
      [2, 4],
    ],
    [{ a: 1, b: 2 }],
  ]);
});

test("globals of the web are the same whenever they are used first, and can be replaced", async () => {
  expect(
    await run(
      `return [
        first === URL, new URL("/b", "https://a.example").href, typeof Response, new Headers({ A: "1" }).get("a"),
        Object.keys(globalThis).includes("URL"), fetch,
      ];`,
      "const first = URL; globalThis.fetch = 'mine';",
    ),
  ).toEqual([true, "https://a.example/b", "function", "1", false, "mine"]);
});

test("timers work even if the script has replaced built-ins that their part could rely on", async () => {
  const body = `const { Symbol } = globalThis;
    globalThis.Symbol = {};
    const given = await new Promise((done) => setTimeout(done, 1, "timer"));
    globalThis.Symbol = Symbol;
    return given;`;
  expect(await run(body)).toBe("timer");
});

test("what only the top level uses takes no room in the module", async () => {
  const build = async (topLevel: string): Promise<number> => {
    const source = `
      import { defineModule } from "@flawless-ts/wasm-module";
      ${topLevel}
      export default defineModule({ name: "size", version: "1.0.0", workflows: { test: async () => 1 } });`;
    return (await buildModule({ entry: "size.ts", source })).wasm.length;
  };
  const small = await build("");
  const large = await build(
    "const list = Array.from({ length: 5e4 }, (_, index) => ({ index })); if (list.length === 1) throw list;",
  );
  expect(large - small).toBeLessThan(10_000);
});
