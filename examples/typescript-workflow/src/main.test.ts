import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { ServerProcess } from "./flawless-process.ts";

/** Each starts four or five processes, one after another. */
const timeout = 60_000;

/** Runs the example like `npm start` until it ends or the test is aborted, and returns the lines that it printed. */
async function runExample(
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  const { FLAWLESS_URL: _, ...inherited } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
    env: { ...inherited, ...env },
    signal,
  });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

const built = expect.stringMatching(/^built orders:2\.0\.0 \(checkout\) as .*orders\.wasm/u);
const started = expect.stringMatching(/^started wkf_\w+$/u);
const waits = "it waits for someone to approve it";
const responded = 'it responded {"status":"shipped","reminded":false,"detail":"parcel of A7"}';
const cancelled = "another one, asked to cancel, undid what it had done and is cancelled";
const gets = (path: string): string => `the shop gets POST /${path}`;

/** Lines whose order varies, because they come from concurrent work. */
const sideBySide = /payments|reservations/;

describe("the example, with `flawless up` and a worker in separate processes", { timeout }, () => {
  test("continues after the worker and the server were killed", async ({ signal }) => {
    const lines = await runExample(signal);
    expect(lines.filter((line) => !sideBySide.test(line))).toEqual([
      built,
      started,
      "killed the worker while it charged; another one takes over",
      waits,
      "killed the server; nothing runs now",
      "started it again: the order goes on where it was",
      gets("parcels"),
      responded,
      gets("releases"),
      gets("refunds"),
      cancelled,
    ]);
    const [first = "", ...others] = lines.filter((line) => sideBySide.test(line));
    // The first request was not answered: the next worker repeated it with the same key.
    expect(others).toContain(`${first} again, with the same key`);
  });

  test("runs on an existing server", async ({ signal }) => {
    const directory = await mkdtemp(join(tmpdir(), "flawless-orders-test-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await using server = new ServerProcess(directory);
    const lines = await runExample(signal, { FLAWLESS_URL: await server.start() });
    expect(lines.filter((line) => !sideBySide.test(line))).toEqual([
      built,
      started,
      waits,
      gets("parcels"),
      responded,
      gets("releases"),
      gets("refunds"),
      cancelled,
    ]);
  });

  test("ends the processes that it started if it is terminated", async ({ signal }) => {
    const file = fileURLToPath(new URL("main.ts", import.meta.url));
    const { FLAWLESS_URL: _, ...inherited } = process.env;
    // Whatever it leaves behind is removed with this directory.
    const directory = await mkdtemp(join(tmpdir(), "flawless-orders-test-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const example = spawn(process.execPath, [file], {
      env: { ...inherited, TMPDIR: directory },
      signal,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = createInterface({ input: example.stdout });
    lines.on("line", (line) => {
      // By now, a server and a worker are running.
      if (line.startsWith("started wkf_")) example.kill("SIGTERM");
    });
    // Emitted once nobody can write to its output anymore: the server and the worker share stderr with it.
    const [code] = await once(example, "close");
    expect(code).toBe(143);
  });
});
