import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The memory of one instance that sleeps without leaving memory; all in bytes. */
export interface InstanceMemory {
  /** How much the process grows in total. */
  readonly resident: number;
  /** The pages of 4 KiB of its linear memory that are not all zeros. */
  readonly linear: number;
  /** V8's own objects for the instance. */
  readonly objects: number;
}

/** Starts many sleeping instances in a separate process, and measures how much it grows by each. */
export async function measureMemory(wasm: Uint8Array): Promise<InstanceMemory> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "flawless-benchmark-"));
  cleanUp.defer(() => rm(directory, { recursive: true }));
  const file = join(directory, "module.wasm");
  await writeFile(file, wasm);
  const child = fileURLToPath(new URL("memory-child.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", child, file], { encoding: "utf8" });
  return JSON.parse(output) as InstanceMemory;
}
