import { describe, expect, test } from "vitest";
import { WasiRecordingError } from "../wasi-errors.ts";
import { checkRecording } from "./check-recording.ts";
import type { WasiRecording } from "./recording.ts";

const recording: WasiRecording = {
  version: 1,
  args: ["program"],
  env: { A: "1" },
  steps: [
    { call: "clock_time_get", asked: { clock: "realtime" }, answer: { time: { integer: "1" } } },
    { call: "path_open", asked: { path: "x" }, errno: "noent" },
  ],
  ending: { exitCode: 0 },
  files: { "a.txt": { text: "a" }, "b.bin": { base64: "/w==" } },
  deletedFiles: ["c.txt"],
  elapsedMs: 1,
};

const step = (changes: object): object => ({
  steps: [{ ...recording.steps[0], ...changes }],
});

describe("checkRecording", () => {
  test("accepts a recording, also of a trap", () => {
    expect(checkRecording(recording)).toBe(recording);
    const trapped = { ...recording, ending: { trap: "unreachable" } };
    expect(checkRecording(trapped)).toBe(trapped);
  });

  test.each([
    ["version", { version: 2 }],
    ["args", { args: [] }],
    ["args", { args: [1] }],
    ["env", { env: { A: 1 } }],
    ["steps", { steps: {} }],
    ["steps[0]", { steps: [null] }],
    ["steps[0].call", step({ call: "args_get" })],
    ["steps[0].asked", step({ asked: "x" })],
    ["steps[0].answer", step({ answer: undefined })],
    ["steps[0].errno", step({ errno: "no such error" })],
    ["ending", { ending: {} }],
    ["files", { files: { a: "text" } }],
    ["deletedFiles", { deletedFiles: undefined }],
    ["elapsedMs", { elapsedMs: "1" }],
  ])("names %s if it is not as expected: %j", (name, changes) => {
    const check = (): unknown => checkRecording({ ...recording, ...changes });
    expect(check).toThrow(WasiRecordingError);
    expect(check).toThrow(`\`${name}\``);
  });

  test.each([undefined, null, 1, "text", []])("%j is no recording", (value) => {
    expect(() => checkRecording(value)).toThrow(WasiRecordingError);
  });
});
