import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { ServerProcess } from "./flawless-process.ts";

/** Runs the example like `npm start`, and returns the lines that it printed. */
async function runExample(env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  const { FLAWLESS_URL: _, ...inherited } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
    env: { ...inherited, ...env },
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

describe("the example, with `flawless up` and a worker in separate processes", () => {
  test("continues after the worker and the server were killed", async () => {
    const lines = await runExample();
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

  test("runs on an existing server", async () => {
    const directory = await mkdtemp(join(tmpdir(), "flawless-orders-test-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await using server = new ServerProcess(directory);
    const lines = await runExample({ FLAWLESS_URL: await server.start() });
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
});
