import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

test.for([
  ["SIGTERM", [143, null]],
  ["SIGKILL", [null, "SIGKILL"]],
] as const)("the server that it started ends if it gets %s", async ([kill, end], { signal }) => {
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  // Whatever it leaves behind is removed with this directory.
  const directory = await mkdtemp(join(tmpdir(), "flawless-quickstart-test-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const example = spawn(process.execPath, [file], {
    env: { ...process.env, TMPDIR: directory },
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = createInterface({ input: example.stdout });
  lines.on("line", (line) => {
    if (line.includes("Started wkf_")) example.kill(kill);
  });
  // Emitted once nobody can write to its output anymore: what it starts shares stderr with it.
  expect(await once(example, "close")).toEqual(end);
});
