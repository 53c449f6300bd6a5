import type { Options } from "../options.ts";
import type { Plan } from "../plan.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { ServerProcess } from "../server/server-process.ts";

/** @returns milliseconds from process start to ready, for one server after the other, each in an empty directory */
export async function measureReadiness(plan: Plan, options: Options): Promise<readonly number[]> {
  const readyMs: number[] = [];
  for (let start = 0; start < plan.serverStarts; start += 1) {
    using directory = makeFreshDirectory(options.directory);
    await using server = await ServerProcess.start({
      script: options.serverScript,
      directory: directory.path,
    });
    readyMs.push(server.readyMs);
  }
  return readyMs;
}
