import { expect, test } from "vitest";
import { runBody } from "../build/module-source.testing.ts";

test("an unhandled rejection fails the workflow instead of letting it respond", async () => {
  const { response, failed, logs } = await runBody(
    'void Promise.reject(new Error("left alone")); return "fine";',
  );
  expect(failed).toBe(true);
  expect(response).toBeUndefined();
  expect(logs[0]?.text).toMatch(
    /^workflow 'test' panicked at 'Error: left alone', orders\.ts:4:\d+/,
  );
});

test("an unhandled rejection fails the workflow, also while the response's schema is checked", async () => {
  const { response, failed } = await runBody(
    'Promise.resolve().then(() => Promise.resolve()).then(() => { throw new Error("late"); }); return 1;',
  );
  expect([failed, response]).toEqual([true, undefined]);
});

test("a rejection that is handled before the workflow would have to wait is ignored", async () => {
  const { response, failed } = await runBody(
    'const p = Promise.reject(new Error("x")); Promise.resolve().then(() => p.catch(() => undefined)); return 7;',
  );
  expect([failed, response]).toEqual([false, 7]);
});

test("after an early response the caller has it, and the workflow fails", async () => {
  const { response, failed } = await runBody(
    'context.respond("early"); void Promise.reject(new Error("left alone")); return "late";',
  );
  expect([failed, response]).toEqual([true, "early"]);
});

test("a failure without a location in the user's files is reported without one", async () => {
  const { logs } = await runBody('throw "just text";');
  expect(logs[0]?.text).toBe("workflow 'test' panicked at 'thrown: just text'");
});

test("a listener that throws fails the workflow like any other code", async () => {
  const { failed, logs } = await runBody(
    'const target = new EventTarget(); target.addEventListener("x", () => { throw new Error("in a listener"); }); target.dispatchEvent(new Event("x")); return 1;',
  );
  expect(failed).toBe(true);
  expect(logs[0]?.text).toContain("in a listener");
});
