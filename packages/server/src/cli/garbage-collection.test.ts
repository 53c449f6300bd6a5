import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("threads started afterwards can collect their garbage", async () => {
  const script = `
    import { configureGarbageCollection } from ${JSON.stringify(new URL("garbage-collection.ts", import.meta.url).href)};
    import { Worker } from "node:worker_threads";
    configureGarbageCollection();
    new Worker("console.log(typeof gc)", { eval: true });
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "--eval",
    script,
  ]);

  expect(stdout).toBe("function\n");
});
