import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { ServerProcess } from "./flawless-process.ts";

/** Runs the example as `npm start` does, and gives the lines that it printed. */
async function runExample(env: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  const { FLAWLESS_URL: _, ...inherited } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], {
    env: { ...inherited, ...env },
  });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

const built = expect.stringMatching(
  /^built orders:1\.0\.0 \(checkout, remind\) as .*orders\.wasm/u,
);
const started = expect.stringMatching(/^started wkf_\w+: it waits/u);
const responded = 'it responded {"status":"shipped","reminded":false}';

describe("the example, against `flawless up` in a process of its own", () => {
  test("goes on after the server was killed", async () => {
    const lines = await runExample();
    const [paid = ""] = lines.filter((line) => line.includes("/payments"));
    const others = lines.filter((line) => line !== paid);
    expect(others).toEqual([
      built,
      started,
      "killed the server; nothing runs now",
      "started it again: the order goes on where it was",
      "the shop gets POST /parcels",
      responded,
    ]);
  });

  test("runs on a server that is there already", async () => {
    const directory = await mkdtemp(join(tmpdir(), "flawless-orders-test-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await using server = new ServerProcess(directory);
    const lines = await runExample({ FLAWLESS_URL: await server.start() });
    expect(lines.toSorted()).toEqual([
      built,
      responded,
      started,
      "the shop gets POST /parcels",
      "the shop gets POST /payments",
    ]);
  });
});
