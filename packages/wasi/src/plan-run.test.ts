import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { planLimits, planRun, planWatch } from "./plan-run.ts";
import type { WasiOptions } from "./wasi-options.ts";

describe("planRun", () => {
  test("without options everything is empty and deterministic", () => {
    expect(planRun({})).toEqual({
      limits: { timeoutMs: 4000, memoryLimitBytes: 268_435_456 },
      args: [],
      programName: undefined,
      env: {},
      host: {
        clock: { start: 946_684_800_000_000_000n, step: 1000n },
        seed: 0,
        stdin: new Uint8Array(0),
        folders: [{ name: "/", prefix: "", files: [], readOnly: false }],
        storageLimit: 268_435_456,
      },
    });
  });

  test.each<[WasiOptions["clock"], bigint, bigint]>([
    [1_700_000_000_123, 1_700_000_000_123_000_000n, 1000n],
    [1.5, 1_500_000n, 1000n],
    [new Date(5000), 5_000_000_000n, 1000n],
    [{ startTime: new Date(5000), stepMs: 0 }, 5_000_000_000n, 0n],
    [{ startTime: 5000, stepMs: 0.000001 }, 5_000_000_000n, 1n],
    [{ stepMs: 86_400_000 }, 946_684_800_000_000_000n, 86_400_000_000_000n],
  ])("the clock %j is understood", (clock, start, step) => {
    expect(planRun({ clock }).host.clock).toEqual({ start, step });
  });

  test("undefined options have their defaults", () => {
    const names = ["args", "env", "stdin", "files", "clock", "seed", "timeoutMs", "folder"];
    const options = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(planRun(options)).toEqual(planRun({}));
  });

  test("later changes to the options have no effect", () => {
    const bytes = new Uint8Array([1]);
    const options = { args: ["a"], env: { A: "1" }, stdin: bytes, files: { file: bytes } };
    const plan = planRun(options);
    options.args.push("b");
    options.env.A = "2";
    bytes.fill(9);
    expect([plan.args, plan.env]).toEqual([["a"], { A: "1" }]);
    expect(plan.host).toMatchObject({
      stdin: new Uint8Array([1]),
      folders: [{ files: [["file", new Uint8Array([1])]] }],
    });
  });

  test.each<[string, object]>([
    ["args", { args: "text" }],
    ["args[1]", { args: ["a", 1] }],
    ["args[0]", { args: ["a\0"] }],
    ["programName", { programName: 1 }],
    ["env.A", { env: { A: 1 } }],
    ["env.A", { env: { A: "\0" } }],
    ["env", { env: { "A=B": "1" } }],
    ["env", { env: { "": "1" } }],
    ["stdin", { stdin: 1 }],
    ["files", { files: { "../a": "" } }],
    ["folder", { folder: "" }],
    ["folder", { folder: 1 }],
    ["clock", { clock: Number.NaN }],
    ["clock", { clock: -1 }],
    ["clock", { clock: new Date("no date") }],
    ["clock.startTime", { clock: { startTime: 2e13 } }],
    ["clock.stepMs", { clock: { stepMs: -1 } }],
    ["clock.start", { clock: { start: 1 } }],
    ["seed", { seed: Number.POSITIVE_INFINITY }],
    ["seed", { seed: "1" }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["timeoutMs", { timeoutMs: 2 ** 31 }],
    ["memoryLimitBytes", { memoryLimitBytes: 65_535 }],
    ["memoryLimitBytes", { memoryLimitBytes: 2 ** 32 + 1 }],
    ["storageLimitBytes", { storageLimitBytes: -1 }],
    ["storageLimitBytes", { storageLimitBytes: 2 ** 31 }],
    ["timeout", { timeout: 1 }],
  ])("names %s if it is invalid: %j", (option, options) => {
    expect(() => planRun(options)).toThrow(expect.objectContaining({ option }));
    expect(() => planRun(options)).toThrow(InvalidOptionError);
  });
});

describe("planLimits", () => {
  test("accepts no other options", () => {
    expect(planLimits({ timeoutMs: 1 })).toEqual({ timeoutMs: 1, memoryLimitBytes: 268_435_456 });
    const options: WasiOptions = { args: [] };
    expect(() => planLimits(options)).toThrow(InvalidOptionError);
  });
});

describe("planWatch", () => {
  test("accepts only a signal and listeners", () => {
    const { signal } = new AbortController();
    const onStdout = (): void => {};
    expect(planWatch({ signal, onStdout })).toEqual({ signal, listeners: { stdout: onStdout } });
    const wrong = { signal: "stop", onStdout: 1, onStderr: {} };
    for (const [option, value] of Object.entries(wrong)) {
      const options = { [option]: value } as WasiOptions;
      expect(() => planWatch(options)).toThrow(expect.objectContaining({ option }));
    }
  });
});
