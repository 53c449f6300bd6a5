import { describe, expect, test } from "vitest";
import { FakeControlPlane } from "../testing/fake-cluster.ts";
import { clientOf } from "../testing/client-of.ts";
import { controlPlaneOf } from "../testing/control-plane-answers.ts";
import { refusal } from "../testing/server-answers.ts";
import { workerOf } from "../testing/worker-of.ts";
import type { WorkerOptions } from "./types.ts";
import { Worker } from "./worker.ts";

const controlPlane = controlPlaneOf({ url: "http://127.0.0.1:1" });
const flawless = clientOf({ url: "http://127.0.0.1:1" });
const run = async (): Promise<void> => undefined;

describe("options", () => {
  test.each<[string, Partial<WorkerOptions>]>([
    ["flawless", {}],
    ["run", { run, flawless }],
    ["run", { run, toStart: () => ({ module: "m", version: "1", workflow: "w", input: 1 }) }],
    ["run", { run, modules: ["m.wasm"] }],
    ["toStart", { flawless, toStart: { module: "orders", workflow: "checkout" } }],
    ["toStart", { flawless, toStart: { module: "orders", version: "1", workflow: "" } }],
    ["toStart", { flawless, toStart: { module: { name: "", version: "1" }, workflow: "w" } }],
    [
      "toStart",
      { flawless, toStart: { module: { name: "m", version: "1" }, version: "2", workflow: "w" } },
    ],
    ["toStart", { flawless, toStart: "orders:1.0.0/checkout" as never }],
    ["toStart", { flawless, toStart: null as never }],
    ["type", { flawless, type: "firecracker" }],
    ["type", { run, type: "docker" as "wasm" }],
    ["id", { run, id: "" }],
    ["concurrency", { run, concurrency: 0 }],
    ["heartbeatIntervalMs", { run, heartbeatIntervalMs: 0 }],
    ["heartbeatIntervalMs", { run, heartbeatIntervalMs: 2 ** 31 }],
    ["idleDelayMs", { run, idleDelayMs: 1.5 }],
    ["errorDelayMs", { run, errorDelayMs: Number.NaN }],
    ["closeGraceMs", { run, closeGraceMs: -1 }],
    ["unknownEndMs", { run, unknownEndMs: 0 }],
  ])("that make no sense are refused: %s, %#", (option, options) => {
    expect(() => new Worker({ controlPlane, ...options })).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option }),
    );
  });

  test("`run` runs the jobs of microVMs", () => {
    const worker = new Worker({ controlPlane, run, type: "firecracker", id: "vm-1" });
    expect(worker.id).toBe("vm-1");
  });
});

describe("run ends with an error", () => {
  test("when the token is wrong", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/workers/register": refusal(401, "UNAUTHORIZED", "no token"),
    });
    const { worker } = workerOf(plane, null, { run });
    await expect(worker.run()).rejects.toMatchObject({ code: "FLAWLESS_UNAUTHORIZED" });
    await worker.close();
  });

  test("when its client is closed, after it returned its jobs", async () => {
    await using plane = await FakeControlPlane.start("second");
    plane.add(1);
    const client = controlPlaneOf(plane);
    const { worker, sleep } = workerOf(plane, null, {
      run: async () => await new Promise(() => undefined),
      concurrency: 2,
      controlPlane: client,
    });
    const running = worker.run();
    running.catch(() => undefined);
    await plane.until("job-1 InProgress");
    await client.close();
    await sleep.pass(8000);
    await expect(running).rejects.toMatchObject({ code: "FLAWLESS_CLIENT_CLOSED" });
  });
});
