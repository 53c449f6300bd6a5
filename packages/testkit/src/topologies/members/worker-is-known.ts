import { setTimeout as sleep } from "node:timers/promises";
import { ControlPlane } from "@flawless-ts/sdk";
import { TestkitError } from "../../errors.ts";

const pauseMs = 25;

/**
 * Waits until the control plane lists the worker as alive.
 *
 * @param log what to show if it doesn't
 * @throws TestkitError `FLAWLESS_TESTKIT_CONTAINER_FAILED`
 */
export async function workerIsKnown(
  name: string,
  environment: Readonly<Record<string, string>>,
  timeoutMs: number,
  log: () => string,
): Promise<void> {
  const url = environment["CONTROL_PLANE_TICKET"] ?? "";
  const id = environment["WORKER_ID"] ?? name;
  await using controlPlane = new ControlPlane({ url, retry: false });
  const since = Date.now();
  let problem = "it is not in the list of workers";
  while (Date.now() - since < timeoutMs) {
    try {
      const workers = await controlPlane.workers.list({ timeoutMs });
      const worker = workers.find((candidate) => candidate.id === id);
      if (worker?.status === "online") {
        return;
      }
      problem =
        worker === undefined ? "it is not in the list of workers" : `it is ${worker.status}`;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await sleep(pauseMs);
  }
  throw new TestkitError(
    "FLAWLESS_TESTKIT_CONTAINER_FAILED",
    `The worker ${name} was not ready after ${timeoutMs} ms: ${problem}.\nThe end of its log:\n${log()}`,
  );
}
