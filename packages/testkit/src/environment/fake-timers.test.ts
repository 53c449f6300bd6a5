import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TestEnvironment } from "./test-environment.ts";

const conformance = fixtureBytes("conformance");
const year = 365 * 86_400_000;

describe.for([
  ["all that Vitest fakes by default", {}],
  [
    "everything",
    {
      toFake: [
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
        "setImmediate",
        "clearImmediate",
        "Date",
        "performance",
      ],
    },
  ],
] as const)("under fake timers: %s", ([, config]) => {
  beforeEach(() => void vi.useFakeTimers(structuredClone(config) as { toFake?: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  test("time is skipped, requests are answered, messages arrive", async () => {
    await using env = await TestEnvironment.create({ http: { "*": { json: "there" } } });
    const module = await env.deploy(conformance);
    const asleep = await module.start("sleep_ms", { ms: year });
    expect(await asleep.response()).toBe("slept");
    expect(env.now).toBe(Date.UTC(2026, 0, 1) + year);
    const request = { method: "GET", url: "http://shop.example/", headers: [] };
    const sent = await module.start("http", request);
    expect(await sent.response()).toMatchObject({ ok: { body: '"there"' } });
    const receiving = await module.start("receive", null);
    await receiving.send("approve", { by: "Ann" });
    expect(await receiving.response()).toEqual({ by: "Ann" });
  });

  test("an environment survives crashes and a full disk, and reports a deadlock", async () => {
    await using env = await TestEnvironment.create({
      faults: {
        store: { failCommits: [3, 4], slowTurns: 1 },
        crash: { commit: 6, when: "after" },
      },
    });
    const module = await env.deploy(conformance);
    expect(await (await module.start("sleep_ms", { ms: 5_000 })).response()).toBe("slept");
    const receiving = await module.start("receive", null);
    await expect(receiving.response()).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_DEADLOCK" });
    await receiving.send("approve", { by: "Ann" });
    expect(await receiving.response()).toEqual({ by: "Ann" });
    expect(env.crashes).toBe(1);
  });

  test("advancing the fake clock ends no guest", async () => {
    await using env = await TestEnvironment.create();
    const module = await env.deploy(conformance);
    const run = await module.start("sleep_ms", { ms: year });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await run.response()).toBe("slept");
  });
});
