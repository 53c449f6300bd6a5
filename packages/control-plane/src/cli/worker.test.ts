import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";
import { FakeFlawless } from "../testing/fake-flawless.ts";

describe("control-plane worker", () => {
  test("registers, lives and ends in order", async () => {
    using directory = new TemporaryDirectory();
    await using flawless = await FakeFlawless.start();
    await using server = ControlPlaneProcess.up(directory.path);
    const url = await server.url();
    await using worker = new ControlPlaneProcess(["worker", "--concurrency", "2"], {
      env: {
        CONTROL_PLANE_TICKET: url,
        FLAWLESS_URL: flawless.url,
        WORKER_ID: "worker-1",
        WORKER_HEARTBEAT_INTERVAL_SECS: "1",
      },
    });
    expect(await worker.firstLine).toBe("worker worker-1 takes up to 2 jobs at a time");
    const status = async (): Promise<unknown> => {
      const reply = await fetch(`${url}/api/workers/worker-1`);
      return ((await reply.json()) as { readonly status?: string }).status;
    };
    await expect.poll(status, { timeout: 20_000 }).toBe("online");

    worker.kill("SIGTERM");
    expect((await worker.end).code).toBe(0);
    expect(await status()).toBe("draining");
  });

  test.each([["--idle-delay"], ["--error-delay"]])(
    "refuses no pause at all for %s",
    async (option) => {
      await using worker = new ControlPlaneProcess(["worker", option, "0"]);
      const { code, stderr } = await worker.end;
      expect(code).toBe(2);
      expect(stderr).toContain("from 1 to 3600000");
    },
  );

  test.each([
    [{}, /^error: .*CONTROL_PLANE_TICKET/],
    [{ CONTROL_PLANE_TICKET: "iroh+h3://abc" }, /^error: .*ticket of an iroh endpoint/],
    [
      { CONTROL_PLANE_TICKET: "http://127.0.0.1:1", WORKER_HEARTBEAT_INTERVAL_SECS: "soon" },
      /^error: .*WORKER_HEARTBEAT_INTERVAL_SECS/,
    ],
  ])("fails with one line for the environment %j", async (env, message) => {
    await using worker = new ControlPlaneProcess(["worker"], { env });
    const { code, stdout, stderr } = await worker.end;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });
});
