import { describe, expect } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { test } from "../test.ts";
import { journalReport } from "./journal-report.ts";

const conformance = fixtureBytes("conformance");

describe("journalReport", () => {
  test.override({ environmentOptions: { http: { "*": { body: "fine" } } } });

  test("is empty if no workflow ran", async ({ env }) => {
    expect(await journalReport(env)).toBe("");
  });

  test("shows workflows and their children", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("start_child", { url: "http://a.example/", body: "b" });
    await run.completion();
    await env.settle();
    const report = await journalReport(env);
    expect(report).toContain(`start_child ${run.id} (conformance 1.0.0) completed\n  step  at`);
    expect(report).toMatch(/child wkf_\w+ \(conformance 1\.0\.0, child of wkf_\w+\) completed\n/);
    expect(report).toMatch(/ POST http:\/\/a\.example\/ b +200 fine$/);
  });

  test("says how a workflow failed", async ({ env }) => {
    const module = await env.deploy(conformance);
    const run = await module.start("panic_before_response", { message: "boom" });
    await run.completion();
    expect(await journalReport(env)).toMatch(/\) failed: PANIC .*boom/);
  });

  test.for([
    ["receive", null, "running, waits for the message approve\n"],
    [
      "receive_timeout",
      { ms: 1_000 },
      "running, waits for the message approve until 2026-01-01T00:00:01.000Z\n",
    ],
    ["sleep_ms", { ms: 1_000 }, "running, sleeps until 2026-01-01T00:00:01.000Z\n"],
  ] as const)("says what %s waits for", async ([workflow, input, text], { env }) => {
    const module = await env.deploy(conformance);
    await module.start(workflow, input);
    await env.settle();
    expect(await journalReport(env)).toContain(text);
  });

  test("says which answer a workflow waits for", async ({ env }) => {
    env.addFault({ request: 1, drop: "answer" });
    const module = await env.deploy(conformance);
    await module.start("http", { method: "GET", url: "http://a.example/", headers: [] });
    await env.settle();
    expect(await journalReport(env)).toContain("running, waits for GET http://a.example/\n");
  });

  test("shows those that did not complete, of many", async ({ env }) => {
    const module = await env.deploy(conformance);
    for (let index = 0; index < 6; index += 1) {
      await (await module.start("noop")).completion();
    }
    await module.start("receive", null);
    await env.settle();
    const report = await journalReport(env);
    expect(report.match(/^noop wkf/gm)).toHaveLength(4);
    expect(report).toMatch(/^receive wkf/m);
    expect(report).toMatch(/2 more workflows are left out\.$/);
  });

  test("says why there are no journals", async ({ env }) => {
    await env.close();
    expect(await journalReport(env)).toMatch(/can't be read: TestkitError: .* closed/);
  });
});
