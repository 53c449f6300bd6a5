import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { afterEach, describe, expect, test, vi } from "vitest";
import { listenOnFreePort } from "@flawless-ts/test-helpers";
import { createApi } from "../api/create-api.ts";
import type { EngineApi } from "../api/engine-api.ts";
import { EngineError } from "../errors.ts";
import { exampleDetails, exampleWorkflow, fakeEngine } from "../testing/fake-engine.ts";
import { type CliResult, runCli } from "../testing/run-cli.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

/** Runs a command against an API over a fake engine with these methods. */
async function run(args: readonly string[], methods: Partial<EngineApi>): Promise<CliResult> {
  await app?.close();
  app = createApi(fakeEngine(methods));
  const port = await listenOnFreePort(app);
  return runCli(args, { FLAWLESS_URL: `http://127.0.0.1:${port}` });
}

describe("flawless restart", () => {
  test("shows the new workflow, as text and as JSON", async () => {
    const restart = vi.fn<EngineApi["restart"]>(async () => ({ ...exampleWorkflow, id: "wkf_2" }));
    const workflow = vi.fn<EngineApi["workflow"]>(async () => exampleDetails);
    const text = await run(["restart", "wkf_1", "--terminate", "--idempotency-key", "again"], {
      restart,
    });
    const json = await run(["restart", "wkf_1", "--json"], { restart, workflow });

    expect(text).toEqual({ code: 0, stdout: "workflow  wkf_2\n", stderr: "" });
    expect(JSON.parse(json.stdout)).toEqual(exampleDetails);
    expect(workflow).toHaveBeenCalledWith("wkf_2");
    expect(restart.mock.calls).toMatchObject([
      ["wkf_1", { terminate: true, idempotencyKey: "again" }],
      ["wkf_1", { terminate: false }],
    ]);
  });

  test("reports why it can't", async () => {
    const { code, stdout, stderr } = await run(["restart", "wkf_1"], {
      restart: async () => {
        throw new EngineError("WORKFLOW_RUNNING", "Workflow wkf_1 still runs.");
      },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Workflow wkf_1 still runs.");
    expect((await run(["restart"], {})).code).toBe(2);
  });
});

describe("flawless restart --status", () => {
  const none = { failed: 0, failures: [], cursor: null };

  test("counts page by page, and restarts with one key if confirmed", async () => {
    const restartMatching = vi.fn<EngineApi["restartMatching"]>(async ({ cursor }) =>
      cursor === undefined ? { ...none, count: 1_000, cursor: "wkf_2" } : { ...none, count: 5 },
    );
    const args = ["restart", "--status", "failed", "--module", "shop:1.0.0", "--label", "a=b"];
    const counted = await run(args, { restartMatching });
    const filter = { status: "failed", module: "shop", version: "1.0.0", labels: { a: "b" } };
    expect(counted.stdout).toBe("1005 failed workflows match; add --yes to restart them\n");
    expect(restartMatching.mock.calls).toMatchObject([
      [{ ...filter, dryRun: true }],
      [{ ...filter, dryRun: true, cursor: "wkf_2" }],
    ]);

    const done = await run([...args, "--yes"], { restartMatching });
    expect(done).toEqual({ code: 0, stdout: "restarted 1005 workflows\n", stderr: "" });
    const [first, second] = restartMatching.mock.calls.slice(2).map(([asked]) => asked);
    expect(first).toMatchObject({ ...filter, dryRun: false });
    expect(first?.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toMatchObject({ cursor: "wkf_2", idempotencyKey: first?.idempotencyKey });

    await run([...args, "--yes", "--idempotency-key", "mine"], { restartMatching });
    expect(restartMatching.mock.lastCall).toMatchObject([{ idempotencyKey: "mine" }]);
  });

  test("names the workflows that can't be restarted", async () => {
    const failures = [{ id: "wkf_1", code: "MODULE_NOT_FOUND", message: "No module of wkf_1." }];
    const restartMatching: EngineApi["restartMatching"] = async () => ({
      count: 2,
      failed: 3,
      failures,
      cursor: null,
    });
    const args = ["restart", "--status", "cancelled", "--yes"];
    const text = await run(args, { restartMatching });
    const json = await run([...args, "--json"], { restartMatching });

    expect(text).toEqual({
      code: 1,
      stdout: "restarted 2 workflows\n",
      stderr: "error: 3 workflows can't be restarted\n  No module of wkf_1.\n  and 2 more\n",
    });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({ count: 2, failed: 3, failures, restarted: true });
  });

  test.each([
    [["--status", "running"], "Allowed choices are completed, failed, cancelled"],
    [["--module", "shop"], "expected --status"],
    [["wkf_1", "--module", "shop"], "expected --status"],
    [["wkf_1", "--status", "failed"], "--status can't be combined with an id"],
    [["--status", "failed", "--terminate"], "--status can't be combined with an id"],
  ])("with %j is refused", async (args, message) => {
    const { code, stderr } = await run(["restart", ...args], {});
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("flawless fork", () => {
  test("passes on step and version, and shows the new workflow", async () => {
    const fork = vi.fn<EngineApi["fork"]>(async () => ({ ...exampleWorkflow, id: "wkf_2" }));
    const text = await run(["fork", "wkf_1", "--from-step", "12", "--version", "1.0.1"], { fork });
    const json = await run(["fork", "wkf_1", "--from-step", "0", "--terminate", "--json"], {
      fork,
    });

    expect(text).toEqual({ code: 0, stdout: "workflow  wkf_2\n", stderr: "" });
    expect(JSON.parse(json.stdout)).toEqual(exampleDetails);
    expect(fork.mock.calls).toMatchObject([
      ["wkf_1", { fromStep: 12, version: "1.0.1", terminate: false }],
      ["wkf_1", { fromStep: 0, version: undefined, terminate: true }],
    ]);
  });

  test("reports a mismatch on one line, and refuses invalid steps", async () => {
    const { code, stdout, stderr } = await run(["fork", "wkf_1", "--from-step", "2"], {
      fork: async () => {
        throw new EngineError("REPLAY_MISMATCH", "replay took another way at step 2");
      },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .*replay took another way at step 2.*\n$/);
    for (const args of [[], ["--from-step", "-1"], ["--from-step", "1.5"], ["--from-step", "x"]]) {
      expect((await run(["fork", "wkf_1", ...args], {})).code).toBe(2);
    }
  });
});

test("flawless show lists restarts and forks", async () => {
  const { stdout } = await run(["show", "wkf_xhRDf"], {
    workflow: async () => ({
      ...exampleWorkflow,
      restartedFrom: { id: "wkf_1", fromStep: 3 },
      restarts: [
        { id: "wkf_2", fromStep: null },
        { id: "wkf_3", fromStep: 0 },
      ],
    }),
  });
  expect(stdout).toContain("\nfrom      wkf_1 (fork from step 3)\n");
  expect(stdout).toContain("\nagain     wkf_2 (restart), wkf_3 (fork from step 0)\n");
});
