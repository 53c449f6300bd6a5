import { expect, test } from "vitest";
import { runBody } from "../build/module-source.testing.ts";

test("a rejection that nobody handles fails the workflow instead of its response", async () => {
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

test("a rejection that is handled before nothing else is left to do fails nothing", async () => {
  const { response, failed } = await runBody(
    'const p = Promise.reject(new Error("x")); Promise.resolve().then(() => p.catch(() => undefined)); return 7;',
  );
  expect([failed, response]).toEqual([false, 7]);
});

test("after an early response the caller keeps it, and the workflow fails", async () => {
  const { response, failed } = await runBody(
    'context.respond("early"); void Promise.reject(new Error("left alone")); return "late";',
  );
  expect([failed, response]).toEqual([true, "early"]);
});

test("what has no place in the user's files is told without one", async () => {
  const { logs } = await runBody('throw "just text";');
  expect(logs[0]?.text).toBe("workflow 'test' panicked at 'thrown: just text'");
});

test("a listener that throws fails the workflow as any other code", async () => {
  const { failed, logs } = await runBody(
    'const target = new EventTarget(); target.addEventListener("x", () => { throw new Error("in a listener"); }); target.dispatchEvent(new Event("x")); return 1;',
  );
  expect(failed).toBe(true);
  expect(logs[0]?.text).toContain("in a listener");
});
