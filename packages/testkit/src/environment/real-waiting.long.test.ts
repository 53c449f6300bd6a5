import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { WorkflowHandle } from "@flawless-ts/sdk";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { isOtherWorkUnderWay } from "./other-work.ts";
import { realTimers } from "./real-timers.ts";
import { TestEnvironment } from "./test-environment.ts";

const conformance = fixtureBytes("conformance");

async function receiving(env: TestEnvironment): Promise<WorkflowHandle> {
  const module = await env.deploy(conformance);
  return await module.start("receive", null);
}

/** Things that a test may wait for besides its environment. */
const realWork: Readonly<Record<string, () => Promise<unknown>>> = {
  "a timer": () => sleep(60),
  "a file": async () => {
    const folder = await mkdtemp(join(tmpdir(), "flawless-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "file"), "x".repeat(1_000_000));
    await readFile(join(folder, "file"));
  },
  "a server": async () => {
    const server = createServer((_request, response) => {
      setTimeout(() => response.end("there"), 60);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${port}`)).text();
  },
};

describe.for([true, false])("with autoSkip %s", (autoSkip) => {
  test.for(Object.keys(realWork))(
    "a test may hold a response's promise while it waits for %s",
    async (name) => {
      await using env = await TestEnvironment.create({ autoSkip });
      const run = await receiving(env);
      const response = run.response();
      await realWork[name]?.();
      await run.send("approve", { by: "Ann" });
      expect(await response).toEqual({ by: "Ann" });
    },
  );

  test.for(Object.keys(realWork))("a response may be awaited together with %s", async (name) => {
    await using env = await TestEnvironment.create({ autoSkip });
    const run = await receiving(env);
    const approve = async (): Promise<void> => {
      await realWork[name]?.();
      await run.send("approve", { by: "Ann" });
    };
    const [response] = await Promise.all([run.response(), approve()]);
    expect(response).toEqual({ by: "Ann" });
  });
});

test("time that the test itself skips after real work wakes what is awaited", async () => {
  await using env = await TestEnvironment.create({ autoSkip: false });
  const module = await env.deploy(conformance);
  const run = await module.start("sleep_ms", { ms: 1_000 });
  const skip = async (): Promise<void> => {
    await sleep(60);
    await env.skip(1_000);
  };
  const [response] = await Promise.all([run.response(), skip()]);
  expect(response).toBe("slept");
});

test("what nobody awaits is not requested, and causes no rejection", async () => {
  await using env = await TestEnvironment.create();
  const run = await receiving(env);
  const { now } = env;
  const response = run.response();
  const completion = run.completion();
  await sleep(60);
  expect(env.now).toBe(now);
  await expect(response).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_DEADLOCK" });
  await expect(completion).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_DEADLOCK" });
});

test("a response's promise can be awaited twice, chained, and raced", async () => {
  await using env = await TestEnvironment.create();
  const module = await env.deploy(conformance);
  const run = await module.start("add", { a: 2, b: 3 });
  const response = run.response();
  expect(response).toBeInstanceOf(Promise);
  expect(await response).toBe(5);
  expect(await response.then((sum) => Number(sum) + 1)).toBe(6);
  expect(await Promise.race([response, new Promise(() => undefined)])).toBe(5);
  let ended = 0;
  await response.finally(() => {
    ended += 1;
  });
  expect(ended).toBe(1);
  const failing = await module.start("panic_before_response", null);
  expect(await failing.response().catch((error: Error) => error.message)).toContain("panicked");
});

test("a deadlock is reported immediately: an environment's own timers are not the test's work", async () => {
  await using env = await TestEnvironment.create();
  const run = await receiving(env);
  // Other test files may have left work in this process, such as connections that are about to close.
  while (isOtherWorkUnderWay()) {
    await setImmediate();
  }
  const looks = vi.spyOn(realTimers, "setTimeout");
  onTestFinished(() => void looks.mockRestore());
  await expect(run.response()).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_DEADLOCK" });
  // It polls every five milliseconds, for three seconds if there is other work.
  expect(looks.mock.calls.length).toBeLessThan(200);
});
