import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { tmpdir } from "node:os";
import { Flawless } from "@flawless-ts/sdk";
import { repeat } from "../measure/repeat.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { residentMemory } from "../server/process-facts.ts";
import { ServerProcess } from "../server/server-process.ts";

const script = fileURLToPath(new URL("../../packages/server/bin/flawless.js", import.meta.url));
const input = { count: 2, ms: 24 * 3_600_000 };
const warmUps = 1_000;
const count = 4_000;
const callers = 16;
/** Threads collect their garbage within two seconds after their last work. */
const settleMs = 5_000;

/**
 * How much the process of `flawless up` grows for each workflow that goes to sleep for a day, in bytes; undefined if
 * unknown on this system.
 */
export async function measureSleepersInServer(wasm: Uint8Array): Promise<number | undefined> {
  using directory = makeFreshDirectory(tmpdir());
  await using server = await ServerProcess.start({ directory: directory.path, script });
  await using flawless = new Flawless({ url: server.url });
  const module = await flawless.deploy(wasm);

  const startSleepers = async (sleepers: number): Promise<number | undefined> => {
    await repeat(sleepers, callers, () => module.start("sleep_steps", input));
    await wait(settleMs);
    return residentMemory(server.pid)?.now;
  };

  const before = await startSleepers(warmUps);
  const after = await startSleepers(count);
  return before === undefined || after === undefined ? undefined : (after - before) / count;
}
