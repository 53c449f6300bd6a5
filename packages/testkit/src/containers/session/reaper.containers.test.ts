import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { findEngine } from "../docker/engine.ts";
import { describeContainers } from "../testing/describe-containers.ts";
import { leftOf, nothing } from "../testing/left-of.ts";
import { processLabel, sessionLabel } from "./session.ts";
import { identityText, thisProcess } from "./process-identity.ts";
import { removeLeftovers } from "./removal.ts";

const script = fileURLToPath(new URL("../testing/start-and-wait.ts", import.meta.url));

/** Starts a process that has a container, a network and a volume, and waits until it has them. */
async function startProcess(): Promise<{ readonly child: ChildProcess; readonly session: string }> {
  const child = fork(script, {
    execArgv: ["--conditions=@flawless-ts/source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [session] = (await once(child, "message")) as [string];
  return { child, session };
}

await describeContainers("what a process leaves in Docker", () => {
  test.each(["SIGKILL", "SIGTERM"] as const)("is removed after %s", async (signal) => {
    const { child, session } = await startProcess();
    expect(await leftOf(session)).toEqual({ containers: 1, networks: 1, volumes: 1 });
    child.kill(signal);
    await once(child, "exit");
    await vi.waitUntil(
      async () => JSON.stringify(await leftOf(session)) === JSON.stringify(nothing),
      { timeout: 60_000, interval: 100 },
    );
    expect(await leftOf(session)).toEqual(nothing);
  });

  test("is removed by removeLeftovers() if nothing else did, except for running processes", async () => {
    const { docker } = await findEngine();
    const make = (session: string, process: ReturnType<typeof thisProcess>) =>
      docker.createVolume({
        Name: `flawless-ts-test-${session}`,
        Labels: { [sessionLabel]: session, [processLabel]: identityText(process) },
      });
    const alive = `alive-${process.pid}`;
    const ended = `ended-${process.pid}`;
    // The same number, but started at another time.
    await make(ended, { ...thisProcess(), started: "1" });
    await make(alive, thisProcess());
    try {
      expect((await removeLeftovers()).volumes).toBeGreaterThanOrEqual(1);
      expect(await leftOf(ended)).toEqual(nothing);
      expect(await leftOf(alive)).toEqual({ ...nothing, volumes: 1 });
    } finally {
      await docker.getVolume(`flawless-ts-test-${alive}`).remove();
    }
  });
});
