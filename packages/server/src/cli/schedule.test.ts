import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FlawlessServer, startServer } from "../server.ts";
import { type CliResult, runCli } from "../testing/run-cli.ts";

const directory = new TemporaryDirectory();
let server: FlawlessServer;

beforeAll(async () => {
  server = await startServer({ port: 0, directory: directory.path, executors: { threads: 1 } });
  await runCli(["deploy", fixturePath("conformance"), "--url", server.url]);
});

afterAll(async () => {
  await server.close();
  directory[Symbol.dispose]();
});

function schedule(...args: readonly string[]): Promise<CliResult> {
  return runCli(["schedule", ...args, "--url", server.url]);
}

/** A command's output with `--json`. */
async function json(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await schedule(...args, "--json");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  return JSON.parse(stdout);
}

const nightly = ["--workflow", "conformance/receive", "--cron", "0 2 * * *"];

test("a schedule can be created, changed, shown and deleted", async () => {
  expect(await json("create", "nightly", ...nightly, "--time-zone", "Europe/Berlin")).toMatchObject(
    {
      name: "nightly",
      cron: "0 2 * * *",
      timeZone: "Europe/Berlin",
      version: null,
      overlap: "skip",
      input: "null",
    },
  );
  const changed = await json(
    ...["update", "nightly", "--every", "90m", "--anchor", "2026-01-01T00:10:00Z"],
    ...["--overlap", "bufferOne", "--catch-up", "2h", "--jitter", "5m", "--input", '{"a":1}'],
    ...["--ends-at", "2100-01-01T00:00:00Z", "--workflow", "conformance:1.0.0/add"],
  );
  expect(changed).toMatchObject({
    cron: null,
    everyMs: 5_400_000,
    anchor: "2026-01-01T00:10:00.000Z",
    workflow: "add",
    version: "1.0.0",
    overlap: "bufferOne",
    catchUpMs: 7_200_000,
    jitterMs: 300_000,
    input: '{"a":1}',
    endsAt: "2100-01-01T00:00:00.000Z",
  });
  expect(await json("update", "nightly", "--ends-at", "never", "--jitter", "0")).toMatchObject({
    endsAt: null,
    jitterMs: 0,
    everyMs: 5_400_000,
  });
  expect(await json("describe", "nightly", "--times", "3")).toMatchObject({
    next: [expect.any(String), expect.any(String), expect.any(String)] as unknown[],
  });
  expect(await json("pause", "nightly")).toMatchObject({ nextAt: null });
  expect(await json("resume", "nightly")).toMatchObject({ pausedAt: null });
  expect(await json("list")).toMatchObject({ schedules: [{ name: "nightly" }], cursor: null });
  expect(await json("delete", "nightly")).toEqual({ deleted: "nightly" });
  expect(await schedule("describe", "nightly")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no schedule "nightly"') as string,
  });
});

test("its workflow can be triggered, and started for past times", async () => {
  await json("create", "byhand", ...nightly, "--paused-at", "now");
  const key = ["--idempotency-key", "k"];
  const first = (await json("trigger", "byhand", ...key)) as { readonly workflow: string };
  expect(first).toMatchObject({ outcome: "started", kind: "trigger" });
  expect(await json("trigger", "byhand", ...key)).toMatchObject({ workflow: first.workflow });
  expect(await json("trigger", "byhand")).toMatchObject({ outcome: "skipped", workflow: null });
  const range = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-01-03T00:00:00Z"];
  expect(await json("backfill", "byhand", ...range)).toEqual({ started: 2, startedBefore: 0 });
  expect((await schedule("backfill", "byhand", ...range)).stdout).toBe(
    "started 0; 2 had already been started\n",
  );
  expect((await schedule("trigger", "byhand", "--overlap", "allow")).stdout).toMatch(
    /^started wkf_\w+\n$/,
  );
  await json("delete", "byhand");
});

test("without --json the output is text", async () => {
  const made = await schedule("create", "words", ...nightly, "--paused-at", "2026-01-02T00:00:00Z");
  expect(made.stdout).toContain("starts    0 2 * * * (UTC)\n");
  expect(made.stdout).toContain("workflow  conformance/receive\n");
  expect(made.stdout).toContain("catch up  1d\n");
  expect(made.stdout).toContain("paused    since 2026-01-02T00:00:00.000Z\n");
  expect(made.stdout).toContain("next      none\n");
  await schedule("trigger", "words");
  const { stdout } = await schedule("describe", "words");
  expect(stdout).toContain("so far    1 started, 0 skipped, 0 missed, 0 failed\n");
  expect(stdout).toMatch(/running {3}wkf_\w+\n/);
  expect(stdout).toMatch(/LAST +BY +OUTCOME\n\S+Z +trigger +started wkf_\w+\n$/);
  expect((await schedule("list")).stdout).toMatch(
    /^NAME +STARTS +WORKFLOW +NEXT +STARTED +RUNNING\nwords +0 2 \* \* \* \(UTC\) +conformance\/receive +paused +1 +1\n$/,
  );
  expect((await schedule("delete", "words")).stdout).toBe("deleted words\n");
});

test.each([
  [["create", "x", "--cron", "@daily"], 2, "--workflow"],
  [["create", "x", "--workflow", "conformance"], 1, "MODULE/WORKFLOW"],
  [["create", "x", "--workflow", "conformance/add"], 1, "a cron expression or a span of time"],
  [
    ["create", "x", "--workflow", "conformance/add", "--every", "soon"],
    2,
    "--every takes a duration",
  ],
  [
    ["create", "x", "--workflow", "conformance/add", "--every", "1h", "--overlap", "no"],
    2,
    "Allowed choices",
  ],
  [["create", "x", "--workflow", "no/add", "--every", "1h"], 1, "No module"],
  [
    ["create", "x", "--workflow", "conformance/add", "--every", "1h", "--input", "{"],
    2,
    "--input has to be JSON",
  ],
  [["create", "x/y", "--workflow", "conformance/add", "--every", "1h"], 1, "Expected a name"],
  [["backfill", "x", "--from", "a", "--to", "b"], 1, "expected a Date"],
  [["list", "--limit", "ten"], 2, "'ten' is invalid. Expected a whole number from 1 to 1000."],
  [
    ["describe", "x", "--times", "-1"],
    2,
    "'-1' is invalid. Expected a whole number from 0 to 100.",
  ],
  [["trigger", "unknown"], 1, "There is no schedule"],
])("%j is refused", async (args, code, message) => {
  const result = await schedule(...args);
  expect(result.stderr).toContain(message);
  expect(result.code).toBe(code);
});
