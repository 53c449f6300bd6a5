import { readFileSync } from "node:fs";
import type { DeployedModule } from "@flawless-ts/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildFamilyModule } from "../testing/family-module.ts";
import { ServerProcess } from "./server-process.ts";

const processMemoryBytes = 900 * 2 ** 20;
let server: ServerProcess;
let family: DeployedModule;

beforeAll(async () => {
  server = await ServerProcess.start({
    parameters: [
      ...["--limit", "descendants=400"],
      ...["--limit", "childrenPerSecond=400"],
      ...["--limit", "residentGuests=100"],
      ...["--limit", `processMemoryBytes=${processMemoryBytes}`],
    ],
  });
  family = await server.flawless.deploy(await buildFamilyModule());
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

function peakMemoryBytes(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}

async function expectReady(): Promise<void> {
  expect(await family.execute("ready", null)).toBe("ready");
}

test("workflows that endlessly start themselves block nobody across a restart, and can be terminated", async () => {
  const bombs = await Promise.all([1, 2].map(() => family.start("bomb", null)));
  for (let caller = 0; caller < 20; caller += 1) {
    await expectReady();
  }
  for (const bomb of bombs) {
    expect(await bomb.completion()).toMatchObject({
      status: "failed",
      error: { code: "CHILD_LIMIT" },
    });
  }
  await expectReady();
  expect(peakMemoryBytes()).toBeLessThan(processMemoryBytes * 1.2);

  server.kill();
  await server.restart();
  await expectReady();
  for (const bomb of bombs) {
    await bomb.terminate({ tree: true });
  }
  const { workflows } = await server.flawless.listWorkflows({ status: "running" });
  expect(workflows).toEqual([]);
  await expectReady();
}, 120_000);
