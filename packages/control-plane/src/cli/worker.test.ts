import { ControlPlane, Flawless } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";
import { FakeFlawless } from "../testing/fake-flawless.ts";
import { runCommand } from "./program.ts";

describe("control-plane worker", () => {
  test("registers, sends heartbeats and stops in order", async () => {
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
    expect(await worker.firstLine).toBe("worker worker-1 runs up to 2 jobs at a time");
    const status = async (): Promise<unknown> => {
      const reply = await fetch(`${url}/api/workers/worker-1`);
      return ((await reply.json()) as { readonly status?: string }).status;
    };
    await expect.poll(status, { timeout: 20_000 }).toBe("online");

    worker.kill("SIGTERM");
    expect((await worker.end).code).toBe(0);
    expect(await status()).toBe("draining");
  });

  test(
    "runs the given workflow, and prints JSON when it starts",
    { timeout: 120_000 },
    async () => {
      using directory = new TemporaryDirectory();
      await using flawless = await startServer({ directory: directory.join("flawless"), port: 0 });
      await using client = new Flawless({ url: flawless.url });
      await using server = ControlPlaneProcess.up(directory.join("control-plane"));
      await using controlPlane = new ControlPlane({ url: await server.url() });
      const id = await controlPlane.publish({ payload: { a: 1, b: 2 } });
      const args = ["--workflow", "conformance:1.0.0/add", "--module", fixturePath("conformance")];
      await using worker = new ControlPlaneProcess(["worker", ...args, "--json"], {
        env: {
          CONTROL_PLANE_TICKET: controlPlane.url,
          FLAWLESS_URL: flawless.url,
          WORKER_ID: "worker-1",
        },
      });
      expect(JSON.parse(await worker.firstLine)).toEqual({
        worker: "worker-1",
        concurrency: 1,
        pid: worker.pid,
      });
      const status = async (): Promise<unknown> => (await controlPlane.job(id))?.status;
      await expect.poll(status, { timeout: 60_000 }).toBe("Completed");
      const { workflows } = await client.listWorkflows();
      expect(workflows).toMatchObject([{ module: "conformance", workflow: "add", response: "3" }]);
    },
  );

  test("shuts down when its input ends, with --with-parent", async () => {
    // The input is at its end from the start.
    await using worker = new ControlPlaneProcess(["worker", "--with-parent"], {
      env: { CONTROL_PLANE_TICKET: "http://127.0.0.1:1" },
    });
    expect((await worker.end).code).toBe(0);
  });

  test.each(["orders", "orders:1.0.0", "orders/checkout", ":1/checkout", "orders:1.0.0/"])(
    "refuses the workflow %s",
    async (workflow) => {
      const lines: string[] = [];
      const console = { env: {}, print: () => undefined, warn: (line: string) => lines.push(line) };
      expect(await runCommand(["worker", "--workflow", workflow], console)).toBe(2);
      expect(lines.join("\n")).toContain(
        "Expected MODULE:VERSION/WORKFLOW, such as orders:1.0.0/checkout",
      );
    },
  );

  test.each([["--idle-delay"], ["--error-delay"]])(
    "refuses a pause of 0 for %s",
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
