import { expect, test } from "vitest";
import { format } from "node:util";
import { runBody } from "../build/module-source.testing.ts";

/** The lines that a workflow's body logs. */
async function linesOf(body: string): Promise<readonly string[]> {
  const { logs, failed } = await runBody(body);
  expect(failed).toBe(false);
  return logs.map(({ text }) => text);
}

/** The same values, as expressions for a workflow and evaluated in Node. */
const samples = [
  `"%s is %d%% of %i, %f", "a", 4.5, "7.9", "1.5x", "more", 1`,
  `"%j %o", { a: [1, "x"] }, 3`,
  `"%s %s %s", null, undefined, 5n, "%s"`,
  `"%d %i %f", "x", 12n, Symbol("s")`,
  `"%x %", 1`,
  `"100%"`,
  `"%s"`,
  `NaN, -0, 0, Infinity, 10n, true, null, undefined, Symbol("s")`,
  `[1, "it's", 'a"b', [], {}, [undefined, null]]`,
  `{ a: 1, "b-c": "x", [Symbol("k")]: 2, f() {}, g: () => 1, C: class A {}, n: null }`,
  `new Map([["a", { b: 1 }], [2, new Set([1, "x"])]])`,
  `[new Map(), new Set(), new Date(0), new Date(NaN), /x/gi]`,
  `new (class Point { x = 1; y = { z: [2] } })()`,
  `Object.create(null), Object.assign(Object.create(null), { a: 1 })`,
  `[1, , , 2, ,]`,
  `new Uint8Array([1, 2, 3]), [new Float64Array(0)]`,
  `{ get a() { return 1; }, set b(_) {}, get c() { return 1; }, set c(_) {} }`,
  `Array.from({ length: 120 }, (_, index) => index).length, Array.from({ length: 102 }, () => 1)`,
  `[new Number(1), new String("s"), new Boolean(false)]`,
] as const;

test.each(samples)("console.log(%s) is what Node shows, in one line", async (values) => {
  const expected = format(...(new Function(`return [${values}]`)() as unknown[]));
  // Node splits long output into lines; a workflow's log has one line for each call.
  const oneLine = expected.replace(/\n\s*/g, " ").replaceAll(/\s+/g, " ");
  const [line] = await linesOf(`console.log(${values});`);
  expect(line?.replaceAll(/\s+/g, " ")).toBe(oneLine);
});

test("cycles, depth, long strings and nested errors are shortened", async () => {
  const [cycle, deep, long, error, proxy] = await linesOf(`
    const cycle: any = { a: 1 }; cycle.self = [cycle]; console.log(cycle);
    let deep: unknown = 1; for (let n = 0; n < 9; n += 1) deep = { deep }; console.log(deep);
    console.log(["x".repeat(10_050)]);
    console.log({ error: new RangeError("far") });
    console.log(new Proxy({}, { ownKeys() { throw new Error("no"); }, getPrototypeOf() { throw new Error("no"); } }));`);
  expect(cycle).toBe("{ a: 1, self: [ [Circular] ] }");
  expect(deep).toBe("{ deep: { deep: { deep: { deep: { deep: [Object] } } } } }");
  expect(long).toMatch(/^\[ 'x{10000}'\.\.\. 50 more characters \]$/);
  expect(error).toBe("{ error: [RangeError: far] }");
  expect(proxy).toBe("[unreadable]");
});

test("a value of any size becomes a line of limited length", async () => {
  const [wide] = await linesOf(`
    const make = (depth: number): unknown => depth === 0 ? "y".repeat(50) : Array.from({ length: 60 }, () => make(depth - 1));
    console.log(make(3));`);
  expect(wide?.length).toBeGreaterThan(90_000);
  expect(wide?.length).toBeLessThan(150_000);
});

test("an error is shown with its stack, causes and members", async () => {
  const [line] = await linesOf(
    'console.error("failed:", Object.assign(new TypeError("bad", { cause: new Error("why") }), { code: 7 }));',
  );
  expect(line).toMatch(
    /^failed: TypeError: bad\n {4}at test \(orders\.ts:4:\d+\)\nCaused by: Error: why\n.* \{ code: 7 \}$/s,
  );
});

test("groups indent, counts count, and timers use the workflow's time", async () => {
  expect(
    await linesOf(`
      console.group("outer"); console.log("a\\nb"); console.group(); console.info({ c: 1 }); console.groupEnd();
      console.groupEnd(); console.groupEnd(); console.log("out");
      console.count(); console.count(); console.count("x"); console.countReset(); console.count(); console.countReset("y");
      console.time("t"); await context.sleep(1500); console.timeLog("t", 1); console.timeEnd("t"); console.timeEnd("t");`),
  ).toEqual([
    "outer",
    "  a\n  b",
    "    { c: 1 }",
    "out",
    "default: 1",
    "default: 2",
    "x: 1",
    "default: 1",
    "Count for 'y' does not exist",
    "t: 1500ms 1",
    "t: 1500ms",
    "No such label 't' for console.time()",
  ]);
});

test("console.table shows rows and columns, and other values on one line", async () => {
  const [rows, columns, map, other] = await linesOf(`
    console.table([{ a: 1, b: "x" }, { b: 2, c: [1] }, 5]);
    console.table({ first: { a: 1, b: 2 } }, ["b"]);
    console.table(new Map([["k", 1]]));
    console.table("text");`);
  expect(rows).toBe(
    [
      "┌─────────┬───┬─────┬───────┬────────┐",
      "│ (index) │ a │ b   │ c     │ Values │",
      "├─────────┼───┼─────┼───────┼────────┤",
      "│ 0       │ 1 │ 'x' │       │        │",
      "│ 1       │   │ 2   │ [ 1 ] │        │",
      "│ 2       │   │     │       │ 5      │",
      "└─────────┴───┴─────┴───────┴────────┘",
    ].join("\n"),
  );
  expect(columns).toContain("│ first   │ 2 │");
  expect(columns).not.toContain(" a ");
  expect(map).toContain("│ 'k'     │ 1      │");
  expect(other).toBe("text");
});

test("no call of console fails a workflow, whatever its arguments", async () => {
  const { failed, response } = await runBody(`
    const trap = new Proxy({}, { get() { throw new Error("get"); }, ownKeys() { throw new Error("keys"); }, getOwnPropertyDescriptor() { throw new Error("d"); } });
    const values: unknown[] = [undefined, null, Symbol("s"), trap, [trap], { toString() { throw new Error("t"); } }, () => 1, 5n, "%s%d%j%o%c%%"];
    const names = Object.keys(console);
    for (const name of names) for (const value of values) {
      (console as any)[name](value); (console as any)[name]("%s %d %j %i %f", value, value, value, value, value); (console as any)[name](value, value);
    }
    return names.length;`);
  expect(failed).toBe(false);
  expect(response).toBe(22);
});
