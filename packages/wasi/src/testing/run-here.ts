import { loadProgram } from "../load-program.ts";
import { planRun } from "../plan-run.ts";
import type { ThreadResult } from "../thread/messages.ts";
import { runGuest } from "../thread/run-guest.ts";
import { SharedOutput } from "../thread/shared-output.ts";
import type { WasiOptions } from "../wasi-options.ts";
import { type WasiFixtureName, wasiFixture, words } from "./wasi-fixtures.ts";

/** The result of a program in the test's own thread. */
export interface RanHere extends ThreadResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a fixture in the test's own thread, which takes a twentieth of the time. Nothing stops it there, so
 * it is for programs that end.
 *
 * @param commands its arguments, separated by spaces
 */
export async function runHere(
  fixture: WasiFixtureName,
  commands: string,
  options: WasiOptions = {},
): Promise<RanHere> {
  const { limits, env, host } = planRun(options);
  const { module, memoryLimit } = await loadProgram(wasiFixture(fixture), limits.memoryLimitBytes);
  const stdout = SharedOutput.create(host.storageLimit);
  const stderr = SharedOutput.create(host.storageLimit);
  const task = {
    module,
    args: ["program", ...words(commands), ...(options.args ?? [])],
    env,
    host,
    mode: { type: "run" },
    stdout: stdout.place,
    stderr: stderr.place,
    calls: undefined,
    imports: undefined,
    memoryLimit,
    streamed: false,
  } as const;
  const result = await runGuest(task, () => {});
  return {
    ...result,
    exitCode: "exitCode" in result.ending ? result.ending.exitCode : undefined,
    stdout: Buffer.from(stdout.read()).toString(),
    stderr: Buffer.from(stderr.read()).toString(),
  };
}
