import { setTimeout as sleep } from "node:timers/promises";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";

const workerTimeoutSeconds = 1;

test("a control plane that was paused for a while loses no worker and takes back no job", async () => {
  using directory = new TemporaryDirectory();
  await using server = ControlPlaneProcess.up(directory.path, [
    "--worker-timeout",
    String(workerTimeoutSeconds),
  ]);
  const url = await server.url();
  const post = async (path: string, body?: unknown): Promise<number> => {
    const headers = { "content-type": "application/json" };
    const content = body === undefined ? {} : { headers, body: JSON.stringify(body) };
    return (await fetch(url + path, { method: "POST", ...content })).status;
  };
  const worker = { worker_type: "wasm", worker_id: "w" };
  expect(await post("/api/workers/register", worker)).toBeLessThan(300);
  expect(await post("/api/queue/publish", { job_id: "job", payload: {} })).toBe(200);
  expect(await post("/api/queue/claim?worker_id=w")).toBe(200);

  server.kill("SIGSTOP");
  await sleep(workerTimeoutSeconds * 1_500);
  server.kill("SIGCONT");
  // The process logs when it has checked for lost workers again.
  while (!/this process was paused/.test(server.stderr)) {
    await sleep(10);
  }
  const job = (await (await fetch(`${url}/api/queue/status/job`)).json()) as unknown;

  expect(server.stderr).not.toMatch(/worker lost|job taken back/);
  expect(job).toMatchObject({ status: "Claimed" });
});
