import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { type Docker, findEngine } from "../docker/engine.ts";
import { describeContainers } from "../testing/describe-containers.ts";
import { processLabel, sessionLabel } from "./labels.ts";
import { identityText, thisProcess } from "./process-identity.ts";
import { removeLeftovers } from "./remove-leftovers.ts";

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

async function leftOf(docker: Docker, session: string): Promise<Record<string, number>> {
  const filters = { label: [`${sessionLabel}=${session}`] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return {
    containers: containers.length,
    networks: networks.length,
    volumes: volumes.Volumes?.length ?? 0,
  };
}

const nothing = { containers: 0, networks: 0, volumes: 0 };

await describeContainers("what a process leaves in Docker", () => {
  test.each(["SIGKILL", "SIGTERM"] as const)("is removed after %s", async (signal) => {
    const { docker } = await findEngine();
    const { child, session } = await startProcess();
    expect(await leftOf(docker, session)).toEqual({ containers: 1, networks: 1, volumes: 1 });
    child.kill(signal);
    await once(child, "exit");
    await vi.waitUntil(
      async () => JSON.stringify(await leftOf(docker, session)) === JSON.stringify(nothing),
      { timeout: 60_000, interval: 100 },
    );
    expect(await leftOf(docker, session)).toEqual(nothing);
  });

  test("is removed by removeLeftovers() where nothing else did, but for processes that run", async () => {
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
      expect(await leftOf(docker, ended)).toEqual(nothing);
      expect(await leftOf(docker, alive)).toEqual({ ...nothing, volumes: 1 });
    } finally {
      await docker.getVolume(`flawless-ts-test-${alive}`).remove();
    }
  });
});
