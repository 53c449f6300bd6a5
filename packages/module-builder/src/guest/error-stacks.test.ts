import { describe, expect, test } from "vitest";
import { runBody } from "../build/module-source.testing.ts";

describe("error.stack", () => {
  test("begins with the name and the message, and has locations in the user's files", async () => {
    const { response } = await runBody(`
      const decline = () => new TypeError("card 42 was declined");
      return decline().stack;`);
    expect(String(response).split("\n")).toEqual([
      "TypeError: card 42 was declined",
      "    at decline (orders.ts:5:33)",
      "    at test (orders.ts:6:14)",
    ]);
  });

  test("of a user-defined class has its name", async () => {
    const { response } = await runBody(`
      class Declined extends Error { override name = "Declined"; }
      return new Declined("card 42").stack;`);
    expect(String(response)).toMatch(
      /^Declined: card 42\n {4}at Declined \(orders\.ts:5:\d+\)\n {4}at test \(orders\.ts:6:\d+\)$/,
    );
  });

  test("without a message begins with just the name", async () => {
    expect((await runBody("return new RangeError().stack.split('\\n')[0];")).response).toBe(
      "RangeError",
    );
  });

  test("of errors from the engine and its library has only locations in the user's files", async () => {
    const { response } = await runBody(`
      const stacks = [];
      for (const act of [() => input.a.b, () => new URL("nowhere"), () => structuredClone(act)]) {
        try { act(); } catch (error) { stacks.push(error.stack.split("\\n").slice(1)); }
      }
      return stacks;`);
    const stacks = response as string[][];
    expect(stacks).toHaveLength(3);
    for (const frames of stacks.slice(0, 2)) {
      expect(frames.length).toBeGreaterThan(0);
      for (const frame of frames) expect(frame).toMatch(/^    at \S+ \(orders\.ts:\d+:\d+\)$/);
    }
  });

  test("can be set, and captured for any object", async () => {
    const { response } = await runBody(`
      const error = new Error("a");
      error.stack = "mine";
      const holder: any = { name: "Holder", message: "m" };
      const make = () => (Error as any).captureStackTrace(holder, make);
      make();
      const captured = holder.stack;
      holder.stack = "set";
      return [error.stack, captured, holder.stack, (Error.prototype as any).stack === undefined];`);
    expect(response).toEqual([
      "mine",
      expect.stringMatching(/^Holder: m\n {4}at test \(orders\.ts:9:\d+\)$/),
      "set",
      true,
    ]);
  });
});

describe("a workflow that fails", () => {
  test("logs the errors of an AggregateError, with their causes", async () => {
    const { logs } = await runBody(`
      const first = new TypeError("first", { cause: new Error("root") });
      throw new AggregateError([first, "second"], "both failed");`);
    // If `first` is used only once, the bundler inlines it; the engine then has the same location for both.
    expect(logs[0]?.text.split("\n").filter((line) => !line.startsWith("    at "))).toEqual([
      expect.stringMatching(
        /^workflow 'test' panicked at 'AggregateError: both failed', orders\.ts:[56]:\d+$/,
      ),
      "Error 1: TypeError: first",
      "Caused by: Error: root",
      "Error 2: second",
    ]);
    expect(logs[0]?.text).toContain("    at test (orders.ts:5:");
  });

  test("logs only part of circular causes", async () => {
    const { logs } = await runBody(`
      const error: any = new Error("round"); error.cause = error; throw error;`);
    expect(logs[0]?.text.match(/^Caused by/gm)).toHaveLength(10);
  });
});
