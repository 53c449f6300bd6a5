import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { ControlPlane, Worker } from "@flawless-ts/sdk";
import { expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";
import { freePort, get, post } from "./testing/requests.ts";

const quiet = ["--no-flawless", "--log-level", "error"];

function up(args: readonly string[], env: Readonly<Record<string, string>>): ControlPlaneProcess {
  return new ControlPlaneProcess(["up", ...quiet, ...args], { env });
}

test("workers at a node go on when the holder was killed and is back, each job once", async () => {
  using directory = new TemporaryDirectory();
  const bind = `127.0.0.1:${await freePort()}`;
  const holderArgs = ["--data-dir", directory.path, "--bind", bind, "--worker-timeout", "30"];
  const holder = up(holderArgs, { NODE_ID: "node-1" });
  await holder.firstLine;
  await using node = up(["--bind", "127.0.0.1:0"], {
    NODE_ID: "node-2",
    CONTROL_PLANE_JOIN: `http://${bind}`,
  });
  expect(await node.firstLine).toMatch(/passes requests on to http:\/\/127/);
  const url = await node.url();

  await using controlPlane = new ControlPlane({ url, retry: false });
  const done: string[] = [];
  const fast = { idleDelayMs: 5, errorDelayMs: 20, heartbeatIntervalMs: 50, closeGraceMs: 0 };
  const run = async ({ id }: { readonly id: string }): Promise<void> => void done.push(id);
  await using worker = new Worker({ controlPlane, run, ...fast });
  const working = worker.run();
  await controlPlane.publish({ id: "before", payload: 1 });
  await expect.poll(() => done, { timeout: 20_000 }).toEqual(["before"]);

  holder.kill("SIGKILL");
  await holder.end;
  const refused = await post(url, "/queue/publish", { job_id: "lost", payload: 1 });
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await get(url, "/health")).status).toBe(503);

  await using again = up(holderArgs, { NODE_ID: "node-1" });
  await again.firstLine;
  for (const id of ["after-1", "after-2"]) {
    expect((await post(url, "/queue/publish", { job_id: id, payload: 1 })).status).toBe(200);
  }
  const states = async (): Promise<unknown> =>
    (await controlPlane.list()).map(({ id, status }) => [id, status]);
  await expect.poll(states, { timeout: 20_000 }).toEqual([
    ["before", "Completed"],
    ["after-1", "Completed"],
    ["after-2", "Completed"],
  ]);
  expect(done).toEqual(["before", "after-1", "after-2"]);
  expect((await get(url, "/health")).status).toBe(200);
  await worker.close();
  await working;
});

test("a node that can't join says why on one line, and ends", async () => {
  using directory = new TemporaryDirectory();
  const place = ["--data-dir", directory.path, "--bind", `127.0.0.1:${await freePort()}`];
  await using node = up(place, {});
  const url = await node.url();
  await using second = up(["--bind", "127.0.0.1:0", "--join", `${url}/elsewhere`], {});
  const end = await second.end;
  expect([end.code, end.stdout]).toEqual([1, ""]);
  expect(end.stderr).toMatch(/^error: This node can't join [^\n]+\n$/);
});
