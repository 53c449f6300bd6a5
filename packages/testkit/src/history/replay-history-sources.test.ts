import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { WorkflowHistory } from "@flawless-ts/sdk";
import { openServer, type RunningServer } from "@flawless-ts/server/internal";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHistory, type RecordedHistory } from "./history-file.ts";
import { replayHistory } from "./replay-history.ts";

const conformance = fixtureBytes("conformance");
const serverPackage = createRequire(import.meta.url).resolve("@flawless-ts/server/package.json");
const command = join(dirname(serverPackage), "bin", "flawless.js");

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "flawless-histories-"));
  server = await openServer({ directory: join(directory, "server"), port: 0 });
  await server.engine.deploy(conformance);
});

afterAll(async () => {
  await server.close({ graceMs: 0 });
  await rm(directory, { recursive: true });
});

/** Starts a workflow on the server and lets it run as far as it gets on its own. */
async function record(workflow: string, input: unknown): Promise<WorkflowHistory> {
  const start = { module: "conformance", version: "1.0.0", workflow, input: JSON.stringify(input) };
  const { id } = await server.engine.start(start, { detached: true });
  await expect
    .poll(async () => {
      const { status, waiting } = await server.engine.workflow(id);
      return status !== "running" || waiting?.on === "message";
    })
    .toBe(true);
  return await server.engine.journal(id);
}

async function fromRoute(id: string): Promise<string> {
  const response = await fetch(`${server.url}/api/workflows/${id}/journal`);
  expect(response.status).toBe(200);
  return await response.text();
}

async function fromCommand(id: string): Promise<string> {
  const args = [command, "show", id, "--json", "--url", server.url];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout;
}

/** Saves a source's output unchanged. */
async function saved(text: string): Promise<string> {
  const file = join(await mkdtemp(join(directory, "history-")), "history.json");
  await writeFile(file, text);
  return file;
}

function integersOf({ steps }: RecordedHistory): readonly string[] {
  return steps.flatMap(({ answer }) => {
    const value = (answer as { readonly Value?: { readonly I64?: number | bigint } } | null)?.Value;
    return value?.I64 === undefined ? [] : [String(value.I64)];
  });
}

describe.for([
  ["the journal route", fromRoute],
  ["flawless show --json", fromCommand],
] as const)("a history of %s", ([, source]) => {
  test.for([
    ["every random type", "randoms", null],
    ["unit calls", "time_now", null],
    ["sleeps", "sleep_steps", { count: 2, ms: 1 }],
    ["a failure", "panic_with_format", { order: 7 }],
    ["a call that has no answer yet", "receive", null],
  ] as const)("replays %s", async ([, workflow, input]) => {
    const recorded = await record(workflow, input);
    const file = await saved(await source(recorded.id));
    expect(await readHistory(file)).toMatchObject({
      workflow,
      input: JSON.stringify(input),
      status: recorded.status,
    });
    expect(await replayHistory(conformance, file)).toEqual({ steps: recorded.steps.length });
  });

  test("keeps 64-bit integers exact", async () => {
    const recorded = await record("ten_steps", null);
    const { response } = await server.engine.workflow(recorded.id);
    const { randoms } = JSON.parse(response ?? "") as { readonly randoms: readonly string[] };
    const file = await saved(await source(recorded.id));
    expect(integersOf(await readHistory(file))).toEqual(randoms);
    expect(await replayHistory(conformance, file)).toEqual({ steps: recorded.steps.length });
  });

  test("shows a difference in the last digit of a 64-bit integer", async () => {
    const { id } = await record("ten_steps", null);
    const file = await saved(await source(id));
    const text = await readFile(file, "utf8");
    const changed = text.replace(
      /("I64":\s*-?\d+)(\d)/,
      (_, digits: string, last: string) => `${digits}${last === "0" ? "1" : Number(last) - 1}`,
    );
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
    await expect(replayHistory(conformance, file)).rejects.toMatchObject({
      code: "FLAWLESS_TESTKIT_REPLAY_MISMATCH",
      message: expect.stringContaining("SendResponse") as string,
    });
  });
});
