import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

test("it ends the processes that it started if it is terminated", async ({ signal }) => {
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  // Whatever it leaves behind is removed with this directory.
  const directory = await mkdtemp(join(tmpdir(), "crawler-cluster-test-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const example = spawn(process.execPath, [file], {
    env: { ...process.env, TMPDIR: directory },
    signal,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = createInterface({ input: example.stdout });
  lines.on("line", (line) => {
    if (line.startsWith("Flawless runs on")) example.kill("SIGTERM");
  });
  // Emitted once nobody can write to its output anymore: what it starts shares stderr with it.
  const [code] = await once(example, "close");
  expect(code).toBe(143);
});
