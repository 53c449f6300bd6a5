import type { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { loadProgram } from "../load-program.ts";
import { planRun } from "../plan-run.ts";
import { wasiFixture, words } from "../testing/wasi-fixtures.ts";
import { WasiThreadError, WasiTimeoutError } from "../wasi-errors.ts";
import {
  type FinishedThread,
  type OutputlessTask,
  type RunWatch,
  runThread,
} from "./run-thread.ts";
import * as pool from "./thread-pool.ts";

beforeEach(() => {
  const takeThread = vi.spyOn(pool, "takeThread");
  return () => takeThread.mockRestore();
});

const deaf: RunWatch["listeners"] = { stdout: undefined, stderr: undefined };

interface RunOptions extends Partial<OutputlessTask> {
  readonly timeoutMs?: number;
  readonly listeners?: RunWatch["listeners"];
}

async function run(
  commands: string,
  { timeoutMs = 4000, listeners = deaf, ...changes }: RunOptions = {},
): Promise<FinishedThread> {
  const { module } = await loadProgram(wasiFixture("c_commands"), 2 ** 26);
  const { env, host } = planRun({});
  const args = ["program", ...words(commands)];
  return runThread(
    {
      module,
      args,
      env,
      host,
      mode: { type: "run" },
      memoryLimit: undefined,
      calls: undefined,
      imports: undefined,
      ...changes,
    },
    timeoutMs,
    { signal: undefined, listeners },
  );
}

/** The threads in which the programs ran, one for each run since the test began. */
function threads(): Worker[] {
  return vi.mocked(pool.takeThread).mock.results.map((result) => {
    if (result.type !== "return") throw new Error("no thread was taken");
    return result.value;
  });
}

const stdout = (finished: FinishedThread): string => Buffer.from(finished.stdout).toString();
/** The id of a thread that has ended. */
const ended = -1;

describe("runThread", () => {
  test("reuses a thread, and nothing of an earlier program is left in it", async () => {
    const commands = "clock 1 -- random 4 -- write a text -- stat a -- list .";
    const first = await run(commands);
    await run("abort");
    expect(await run(commands)).toEqual(first);
    expect(new Set(threads()).size).toBe(1);
  });

  test("uses a thread for one program at a time", async () => {
    const spinning = run("spin", { timeoutMs: 300 }).catch((error: unknown) => error);
    await vi.waitUntil(() => threads().length > 0);
    expect(stdout(await run("args hello"))).toBe("hello\n");
    expect(WasiTimeoutError.is(await spinning)).toBe(true);
    expect(threads()[1]).not.toBe(threads()[0]);
  });

  test("ends the thread of a program that never ends, and continues with another one", async () => {
    await expect(run("spin", { timeoutMs: 300 })).rejects.toSatisfy(WasiTimeoutError.is);
    expect(threads().map(({ threadId }) => threadId)).toEqual([ended]);
    expect(stdout(await run("args hello"))).toBe("hello\n");
  });

  test("reports a thread's crash, and continues with another one", async () => {
    const host = { ...planRun({}).host, folders: undefined as unknown as [] };
    const failed = run("args", { host });
    await expect(failed).rejects.toSatisfy(WasiThreadError.is);
    await expect(failed).rejects.toMatchObject({ cause: expect.any(TypeError) });
    expect(stdout(await run("args hello"))).toBe("hello\n");
  });

  test("reports if the thread ends without a result", async () => {
    const failed = run("spin");
    await vi.waitUntil(() => threads().length > 0);
    await threads()[0]?.terminate();
    await expect(failed).rejects.toThrow("ended with code 1");
  });

  test("keeps what was written before the thread ended", async () => {
    let heard = "";
    const failed = run("spin", {
      listeners: { stdout: (bytes) => (heard += Buffer.from(bytes).toString()), stderr: undefined },
    });
    await vi.waitUntil(() => heard === "spinning\n");
    await threads()[0]?.terminate();
    await expect(failed).rejects.toMatchObject({ stdout: "spinning\n" });
    await expect(failed).rejects.toThrow("stdout: spinning");
  });
});
