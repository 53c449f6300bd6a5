import { describe, expect, test } from "vitest";
import {
  type AskedOperation,
  ExtendingHost,
  okResponse,
  type Timeline,
} from "../build/extending-host.testing.ts";
import { runBody } from "../build/module-source.testing.ts";
import type { TestOutcome } from "../build/run-module.testing.ts";

/** Requests take as many milliseconds as their path says, activities as their input says; each returns its name. */
const ends: NonNullable<Timeline["ends"]> = ({
  kind,
  name,
  input,
  request,
  id,
}: AskedOperation) => {
  if (kind === "activity") return { after: Number(input), result: { value: name } };
  if (kind === "result") return { after: 50, result: { status: "completed", response: id } };
  const path = new URL((request as { readonly url: string }).url).pathname.slice(1);
  return { after: Number(/\d+/.exec(path)?.[0] ?? 0), result: okResponse(path) };
};
const get = (path: string): string => `context.fetch("https://a.example/${path}")`;

async function run(
  body: string,
  timeline: Timeline = {},
): Promise<TestOutcome & { readonly host: ExtendingHost }> {
  const host = new ExtendingHost({ ends, ...timeline });
  const outcome = await runBody(body, host.host, "");
  return { ...outcome, host };
}

const activities = 'const { a, b, c } = context.activities<any>({ queue: "q" });';

describe("side by side", () => {
  test("requests, activities, sleeps and results run at the same time", async () => {
    const { response, host, calls } = await run(`${activities}
      const began = Date.now();
      const all = await Promise.all([
        ${get("300")}.then((r: any) => r.text()), a(200), context.sleep(100).then(() => "slept"),
        context.workflow("wkf_1").result(), ${get("250")}.then((r: any) => r.text()),
      ]);
      return [all, Date.now() - began];`);
    expect(response).toEqual([["300", "a", "slept", "wkf_1", "250"], 300]);
    expect(host.noted.map(({ what }) => what)).toEqual([
      "begin 300",
      "begin a",
      "begin wkf_1",
      "begin 250",
    ]);
    expect(host.noted.every(({ at }) => at === 0)).toBe(true);
    expect(host.waitSizes).toEqual([4, 3, 3, 2, 1]);
    expect(calls.filter((call) => JSON.stringify(call).includes("Sleep"))).toEqual([]);
  });

  test("a single request is a plain call", async () => {
    const { calls, asked, host } = await run(
      `await ${get("5")}; await context.sleep(5); await ${get("6")}; return 1;`,
    );
    expect(asked).toEqual([]);
    expect(host.noted.map(({ what }) => what)).toEqual(["plain 5", "plain 6"]);
    expect(calls).toHaveLength(4);
  });

  test("an activity alone is one step", async () => {
    const { response, asked } = await run(`${activities} return [await a(1), await b(2)];`);
    expect(response).toEqual(["a", "b"]);
    expect(asked.map(({ name }) => name)).toEqual(["run", "run"]);
  });

  test("a later operation runs beside those that are already running", async () => {
    const { response, host } = await run(`${activities}
      const first = a(100);
      await b(10);
      const third = c(10);
      return [await first, await third, Date.now() - ${Date.UTC(2026, 0, 1)}];`);
    expect(response).toEqual(["a", "c", 100]);
    expect(host.noted).toEqual([
      { at: 0, what: "begin a" },
      { at: 0, what: "begin b" },
      { at: 10, what: "begin c" },
    ]);
  });

  test("a race ends with the first, and the loser continues", async () => {
    const { response, host } = await run(`${activities}
      const slow = a(100);
      const winner = await Promise.race([slow, b(10)]);
      return [winner, await slow];`);
    expect(response).toEqual(["b", "a"]);
    expect(host.noted.map(({ what }) => what)).toEqual(["begin a", "begin b"]);
  });

  test("any and allSettled treat failures as in JavaScript", async () => {
    const { response } = await run(
      `${activities}
      const bad = () => a(5);
      return [
        await Promise.any([bad(), b(10)]),
        (await Promise.allSettled([bad(), b(1)])).map((each: any) => each.status),
        await Promise.all([bad(), b(1)]).catch((error: any) => error.reason),
      ];`,
      {
        ends: (operation) =>
          operation["name"] === "a"
            ? { after: 5, result: { error: { code: "FAILED", attempts: 1, message: "no" } } }
            : ends(operation),
      },
    );
    expect(response).toEqual(["b", ["rejected", "fulfilled"], "FAILED"]);
  });

  test("operations that nobody awaits begin anyway, also at the end", async () => {
    const { response, host } = await run(
      `${activities} void ${get("7")}; void a(3); await context.sleep(1); void ${get("8")}; return 1;`,
    );
    expect(response).toBe(1);
    expect(host.noted.map(({ what }) => what)).toEqual(["begin 7", "begin a", "plain 8"]);
  });
});

describe("without extensions", () => {
  const plain = { extensions: undefined };

  test("requests are sent one after the other, beside a sleep", async () => {
    const host = new ExtendingHost({ ends });
    const { response, asked } = await runBody(
      `const began = Date.now();
       const all = await Promise.all([${get("30")}, context.sleep(10), ${get("20")}]);
       return [await all[0].text(), await all[2].text(), Date.now() - began];`,
      { ...host.host, ...plain },
    );
    expect(response).toEqual(["30", "20", 50]);
    expect(asked.map(({ name }) => name)).toEqual(["begin"]);
    expect(host.noted.map(({ what }) => what)).toEqual(["plain 30", "plain 20"]);
  });

  test("unsupported features say so, and what to do", async () => {
    const { response } = await runBody(
      `const names: unknown[] = [];
       for (const attempt of [
         () => context.id, () => context.details, () => context.workflow("wkf_1").result(),
         () => context.workflow("wkf_1").send("go", 1), () => context.workflow("wkf_1").cancel(),
         () => context.activities<any>({ queue: "q" }).charge(1), () => context.setState(1),
         () => context.start("test", null, { onParentEnd: "cancel" }), () => context.continueAsNew(1),
         () => Promise.all([context.activities<any>({ queue: "q" }).charge(1), context.sleep(1)]),
       ]) {
         try { await attempt(); names.push("done"); }
         catch (error: any) { names.push([error.code, error.message]); }
       }
       return names;`,
    );
    expect(response).toHaveLength(10);
    for (const each of response as unknown[]) {
      expect(each).toEqual([
        "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
        expect.stringMatching(
          /^The server that runs this workflow does not support .*@flawless-ts\/server/,
        ),
      ]);
    }
    expect(JSON.stringify(response)).toContain("createActivityHandler()");
  });

  test("the host is asked for extensions only once", async () => {
    const { asked } = await runBody(
      `for (let i = 0; i < 3; i += 1) { try { context.id; } catch {} } return 1;`,
    );
    expect(asked).toHaveLength(1);
  });
});

describe("signals", () => {
  const attempts = (expression: string): string => `${activities}
    const controller = new AbortController();
    setTimeout(() => controller.abort(new RangeError("enough")), 10);
    const { signal } = controller;
    try { return await ${expression}; } catch (error: any) { return [error.name, error.message, Date.now() % 1000]; }`;

  test.each([
    ["a request", 'context.fetch("https://a.example/500", { signal })', ["abort 1"]],
    ["an activity", "a(500, { signal })", ["abort 1"]],
    ["a result", 'context.workflow("wkf_1").result({ signal })', ["abort 1"]],
    ["a sleep", "context.sleep(500, { signal })", []],
    ["a receive", 'context.receive("never", { signal })', []],
  ])("end %s", async (_, expression, aborted) => {
    const { response, host } = await run(attempts(expression));
    expect(response).toEqual(["RangeError", "enough", 10]);
    expect(host.noted.map(({ what }) => what).slice(1)).toEqual(aborted);
  });

  test("with a timeout end them, too", async () => {
    const { response } = await run(`${activities}
      const seen: unknown[] = [];
      for (const wait of [
        (signal: any) => a(500, { signal }), (signal: any) => context.sleep(500, { signal }),
        (signal: any) => context.receive("x", { signal }),
        (signal: any) => Promise.all([context.fetch("https://a.example/500", { signal }), b(1)]),
      ]) {
        try { await wait(AbortSignal.timeout(20)); } catch (error: any) { seen.push(error.name); }
      }
      return [seen, Date.now() % 1000];`);
    expect(response).toEqual([Array(4).fill("TimeoutError"), 80]);
  });

  test("that are aborted already keep them from beginning", async () => {
    const { response, asked } = await run(`${activities}
      return (await Promise.allSettled([a(1, { signal: AbortSignal.abort() }), context.sleep(1, { signal: AbortSignal.abort() })]))
        .map((each: any) => each.reason.name);`);
    expect(response).toEqual(["AbortError", "AbortError"]);
    expect(asked).toEqual([]);
  });

  test("hold no references to ended operations", async () => {
    const { response } = await run(`${activities}
      const controller = new AbortController();
      for (let i = 0; i < 3; i += 1) await Promise.all([a(1, { signal: controller.signal }), context.sleep(2)]);
      controller.abort();
      return await a(1);`);
    expect(response).toBe("a");
  });
});
