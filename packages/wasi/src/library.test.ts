import { describe, expect, test } from "vitest";
import { replayWasi } from "./replay-wasi.ts";
import { recordWasi, runWasi } from "./run-wasi.ts";
import { libraryProgram } from "./testing/library-program.ts";
import { wasiFixture } from "./testing/wasi-fixtures.ts";
import { WasiReplayMismatchError, WasiTrapError } from "./wasi-errors.ts";
import type { WasiCall } from "./wasi-options.ts";

const calls: readonly WasiCall[] = [
  { name: "count" },
  { name: "add", parameters: [2, -5] },
  { name: "next", parameters: [2n ** 62n] },
  { name: "two" },
  { name: "count" },
];
const returned = [8, -3, 2n ** 62n + 1n, [1, Number.NaN], 9];

describe("a library", () => {
  test("is initialized, and its functions are called in one instance", async () => {
    const result = await runWasi(libraryProgram, { calls });
    expect(result).toMatchObject({ exitCode: 0, returned });
    expect(await runWasi(libraryProgram, { calls: [] })).toMatchObject({ returned: [] });
  });

  test("keeps the return values from before it exited by itself", async () => {
    const result = await runWasi(libraryProgram, {
      calls: [...calls.slice(0, 2), { name: "end" }],
    });
    expect(result).toMatchObject({ exitCode: 4, returned: [8, -3] });
  });

  test("is recorded and replayed", async () => {
    const { recording, ...result } = await recordWasi(libraryProgram, { calls });
    const again = JSON.parse(JSON.stringify(recording)) as typeof recording;
    expect(await replayWasi(libraryProgram, again)).toStrictEqual(result);
    const other = { ...again, ending: { exitCode: 0, returned: [8, -4] } };
    const replaying = replayWasi(libraryProgram, other);
    await expect(replaying).rejects.toSatisfy(WasiReplayMismatchError.is);
  });

  test.each<[string, WasiCall]>([
    ["BigInt", { name: "next", parameters: [1] }],
    ["number", { name: "add", parameters: [1n, 2n] }],
  ])("says so when a parameter is no %s", async (message, call) => {
    const running = runWasi(libraryProgram, { calls: [call] });
    await expect(running).rejects.toSatisfy(WasiTrapError.is);
    await expect(running).rejects.toThrow(message);
  });

  test.each<[string, readonly WasiCall[]]>([
    ["no function `sub`. Those it has: _initialize, add", [{ name: "sub" }]],
    ["no function `memory`", [{ name: "memory" }]],
    ["expected a list", "add" as unknown as []],
    ["name of a function", [{}] as unknown as []],
    ["numbers and bigints", [{ name: "add", parameters: ["1"] }] as unknown as []],
  ])("is refused with %s", async (message, wrong) => {
    const running = runWasi(libraryProgram, { calls: wrong });
    await expect(running).rejects.toMatchObject({ code: "FLAWLESS_INVALID_OPTION" });
    await expect(running).rejects.toThrow(message);
  });

  test("isn't one if there is a `_start`, and isn't a program without calls", async () => {
    const program = runWasi(wasiFixture("c_commands"), { calls: [{ name: "_start" }] });
    await expect(program).rejects.toMatchObject({ option: "calls" });
    await expect(runWasi(libraryProgram)).rejects.toThrow("the option `calls`");
  });
});
