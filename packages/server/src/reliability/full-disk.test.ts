import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { ServerProcess } from "./server-process.ts";

/** The module takes part of it. */
const roomBytes = 3_000_000;
const maxStarts = 500;

test("a server whose disk is full refuses new work, loses nothing, and continues when there is room", async () => {
  // A file size limit simulates a full disk: SQLite's writes fail in the same way.
  const launcher = ["prlimit", `--fsize=${roomBytes}:unlimited`];
  const server = await ServerProcess.start({ launcher });
  onTestFinished(() => server[Symbol.asyncDispose]());
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  const module = await server.flawless.deploy(fixtureBytes("conformance"));
  const accepted: string[] = [];
  const text = "x".repeat(50_000);
  let refusal: unknown;
  while (refusal === undefined && accepted.length < maxStarts) {
    try {
      const signal = AbortSignal.timeout(5_000);
      const { id } = await module.start("echo", { text }, { signal });
      accepted.push(id);
    } catch (error) {
      refusal = error;
    }
  }
  expect(accepted.length).toBeGreaterThan(0);
  await expect(module.start("echo", {})).rejects.toMatchObject({ status: 503 });
  const sick = await fetch(`${server.url}/health`);
  expect([sick.status, await sick.json()]).toMatchObject([503, { status: "degraded" }]);

  execFileSync("prlimit", [`--pid=${server.pid}`, "--fsize=unlimited:unlimited"]);
  while ((await fetch(`${server.url}/health`)).status !== 200) {
    await sleep(50);
  }
  const after = await module.start("echo", { text });
  for (const id of [...accepted, after.id]) {
    expect((await server.flawless.workflow(id).completion()).status).toBe("completed");
  }

  // The limit was only for this process: the next one has none.
  launcher.length = 0;
  server.kill();
  await server.restart();
  for (const id of accepted) {
    expect((await server.flawless.workflow(id).info()).status).toBe("completed");
  }
}, 60_000);
