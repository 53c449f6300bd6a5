import { describe, expect, test } from "vitest";
import type { WasiRecording } from "./recording/recording.ts";
import { replayWasi } from "./replay-wasi.ts";
import { recordWasi } from "./run-wasi.ts";
import { wasiFixture, words } from "./testing/wasi-fixtures.ts";
import { WasiTrapError } from "./wasi-errors.ts";
import type { WasiOptions } from "./wasi-options.ts";
import type { RecordedWasiResult } from "./wasi-result.ts";

const c = wasiFixture("c_commands");
const record = (commands: string, options: WasiOptions = {}): Promise<RecordedWasiResult> =>
  recordWasi(c, { args: words(commands), ...options });

/** As from a file. */
const throughJson = (recording: WasiRecording): WasiRecording =>
  JSON.parse(JSON.stringify(recording)) as WasiRecording;

describe("recordWasi", () => {
  test("records what the program was told, readably", async () => {
    const { recording, ...result } = await record("clock 1 -- input -- cat none", {
      stdin: "hello",
    });
    expect(recording).toMatchObject({
      version: 1,
      args: ["c_commands.wasm", "clock", "1", "--", "input", "--", "cat", "none"],
      env: {},
      ending: { exitCode: 1 },
    });
    expect(recording.steps).toContainEqual({
      call: "clock_time_get",
      asked: { clock: "realtime" },
      answer: { time: { integer: "946684800000000000" } },
    });
    expect(recording.steps).toContainEqual({
      call: "fd_read",
      asked: { fd: 0, length: 1000 },
      answer: { data: { text: "hello" } },
    });
    expect(recording.steps).toContainEqual({
      call: "path_open",
      asked: expect.objectContaining({ path: "none" }),
      errno: "noent",
    });
    expect(result).toMatchObject({ exitCode: 1, elapsedMs: 0.002 });
  });

  test("is plain JSON", async () => {
    const { recording } = await record("random 8 -- write a text -- mkdir b", {
      files: { c: new Uint8Array([255]) },
      env: { A: "1" },
    });
    expect(throughJson(recording)).toEqual(recording);
  });
});

describe("replayWasi", () => {
  test("returns the same result without the program's options", async () => {
    const commands =
      "env -- clock 2 -- random 40 -- input -- sleep 3600 -- cat a -- write b text -- remove a -- " +
      "mkdir new -- list . -- poll -- stat b -- exit 7";
    const { recording, ...result } = await record(commands, {
      stdin: new Uint8Array([104, 255, 105]),
      files: { a: "hello", c: "" },
      env: { A: "1" },
      clock: { startTime: 1_700_000_000_000, stepMs: 17 },
      seed: 5,
    });
    expect(result.exitCode).toBe(7);
    expect(await replayWasi(c, throughJson(recording))).toStrictEqual(result);
  });

  test("replays renumbered outputs, and errors", async () => {
    const raw = wasiFixture("c_raw_calls");
    const args = words("renumber 1 2 -- write 2 -- write 1 -- open 3 ../x -- write-nowhere 2");
    const { recording, ...result } = await recordWasi(raw, { args });
    expect(await replayWasi(raw, recording)).toStrictEqual(result);
  });

  test("replays a program for wasi_unstable", async () => {
    const program = wasiFixture("c_unstable");
    const { recording, ...result } = await recordWasi(program, {
      files: { "data.txt": "twelve bytes" },
    });
    expect(result.exitCode).toBe(0);
    expect(await replayWasi(program, recording)).toStrictEqual(result);
  });

  test("stops at the call at which a new build diverges", async () => {
    const { recording } = await record("clock 1 -- random 2");
    const changed = { ...recording, args: [...recording.args.slice(0, -1), "3"] };
    // Before it asks for a third random byte, it wrote the first two.
    await expect(replayWasi(c, changed)).rejects.toMatchObject({
      code: "FLAWLESS_WASI_REPLAY_MISMATCH",
      step: recording.steps.length,
      came: 'random_get {"length":1}',
      recorded: expect.stringMatching(/^fd_\w+ \{"fd":1/u),
    });
  });

  test("stops if the program writes something else", async () => {
    const { recording } = await record("args hello");
    const changed = { ...recording, args: [...recording.args.slice(0, -1), "world"] };
    await expect(replayWasi(c, changed)).rejects.toMatchObject({
      recorded: expect.stringContaining("hello"),
      came: expect.stringContaining("world"),
    });
  });

  test("stops if the program ends differently", async () => {
    const { recording } = await record("exit 1");
    const changed = { ...recording, args: [...recording.args.slice(0, -1), "2"] };
    await expect(replayWasi(c, changed)).rejects.toMatchObject({
      step: recording.steps.length + 1,
      recorded: "the end with code 1",
      came: "the end with code 2",
    });
  });

  test("a program that trapped traps again", async () => {
    const trapped = await record("args hello -- abort").catch((error: unknown) => error);
    if (!WasiTrapError.is(trapped) || trapped.recording === undefined) throw trapped;
    const recording = throughJson(trapped.recording);
    expect(recording.ending).toEqual({ trap: "unreachable" });
    await expect(replayWasi(c, recording)).rejects.toMatchObject({
      code: "FLAWLESS_WASI_TRAP",
      stdout: trapped.stdout,
      recording,
    });
    const repaired = { ...recording, args: [...recording.args.slice(0, -1), "args"] };
    await expect(replayWasi(c, repaired)).rejects.toMatchObject({
      code: "FLAWLESS_WASI_REPLAY_MISMATCH",
      recorded: expect.stringContaining("before"),
    });
  });

  test("times out, too", async () => {
    const { recording } = await record("args");
    const changed = { ...recording, args: [recording.args[0] ?? "", "spin"] };
    const spun = { ...changed, steps: await spinSteps() };
    await expect(replayWasi(c, spun, { timeoutMs: 300 })).rejects.toMatchObject({
      code: "FLAWLESS_WASI_TIMEOUT",
      stdout: "spinning\n",
    });
  });

  test("refuses invalid recordings and limits", async () => {
    const { recording } = await record("args");
    const broken = { ...recording, steps: undefined as unknown as [] };
    await expect(replayWasi(c, broken)).rejects.toMatchObject({
      code: "FLAWLESS_WASI_INVALID_RECORDING",
    });
    await expect(replayWasi(c, recording, { timeoutMs: 0 })).rejects.toMatchObject({
      option: "timeoutMs",
    });
  });
});

/** The steps of a program that writes the same as `spin` and then ends. */
async function spinSteps(): Promise<WasiRecording["steps"]> {
  const { recording } = await record("args spinning");
  const [first = recording.steps[0]] = recording.steps.filter(({ call }) => call === "fd_write");
  if (first === undefined) throw new Error("nothing was written");
  const written = {
    call: "fd_write",
    asked: { fd: 2, data: { text: "round and round\n" } },
    answer: { written: 16, output: "stderr" },
  };
  return [...recording.steps, written];
}
