import { readFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { recordWasi, runWasi } from "./run-wasi.ts";
import { moduleBytes } from "./testing/module-bytes.ts";
import { throwingProgram } from "./testing/throwing-program.ts";
import { wasiFixture, words } from "./testing/wasi-fixtures.ts";
import { WasiTimeoutError, WasiTrapError } from "./wasi-errors.ts";
import type { WasiOptions } from "./wasi-options.ts";
import type { WasiResult } from "./wasi-result.ts";
import { webAssembly } from "./webassembly.ts";

const c = wasiFixture("c_commands");
const run = (commands: string, options: WasiOptions = {}): Promise<WasiResult> =>
  runWasi(c, { args: words(commands), ...options });

async function errorOf<Expected>(
  running: Promise<unknown>,
  is: (value: unknown) => value is Expected,
): Promise<Expected> {
  const error: unknown = await running.then(
    () => new Error("it ended by itself"),
    (reason: unknown) => reason,
  );
  if (!is(error)) throw error;
  return error;
}

describe("runWasi", () => {
  test("returns a program's whole result", async () => {
    const result = await run(
      "input -- write new.txt text -- write a A -- remove b -- mkdir made -- exit 3",
      {
        stdin: "héllo",
        files: { a: "a", b: "b", c: "c" },
      },
    );
    expect(result).toStrictEqual({
      exitCode: 3,
      stdout: "héllo",
      stdoutBytes: new Uint8Array(Buffer.from("héllo")),
      stderr: "6 bytes\n",
      stderrBytes: new Uint8Array(Buffer.from("6 bytes\n")),
      files: { a: "A", "made/": "", "new.txt": "text" },
      fileBytes: {
        a: new Uint8Array(Buffer.from("A")),
        "made/": new Uint8Array(),
        "new.txt": new Uint8Array(Buffer.from("text")),
      },
      deletedFiles: ["b"],
      elapsedMs: 0,
    });
  });

  test("passes bytes on unchanged", async () => {
    const bytes = new Uint8Array([0, 255, 195, 10]);
    const result = await run("cat a -- input", { stdin: bytes, files: { a: bytes } });
    expect(result.stdoutBytes).toEqual(new Uint8Array([...bytes, ...bytes]));
    expect(result.stdout).toContain("\u{fffd}");
  });

  test("transfers large files completely", async () => {
    const big = new Uint8Array(3_000_001).fill(98);
    const { files, fileBytes } = await run(
      "write-pieces new 3000001 4096 -- rename big moved -- patch untouched 0 x",
      { files: { big, untouched: big, other: big } },
    );
    expect(Object.keys(files)).toEqual(["moved", "new", "untouched"]);
    expect(fileBytes["moved"]).toEqual(big);
    expect(fileBytes["new"]).toEqual(new Uint8Array(3_000_001).fill(120));
    expect(files["untouched"]).toBe(`x${"b".repeat(3_000_000)}`);
    expect(big[0]).toBe(98);
  });

  test("exposes nothing of this process to the program", async () => {
    vi.stubEnv("SECRET", "secret");
    const result = await run("env -- input -- list /");
    vi.unstubAllEnvs();
    expect(result).toMatchObject({ stdout: "", stderr: "0 bytes\n" });
    const outside = await run(`cat ${c}`);
    expect(outside).toMatchObject({ exitCode: 1, stdout: "" });
  });

  test("is the same each time, unless the test says otherwise", async () => {
    const commands = "clock 1 -- random 8 -- sleep 60 -- clock 1";
    const [first, second] = await Promise.all([run(commands), run(commands)]);
    expect(first).toEqual(second);
    expect(first.elapsedMs).toBe(60_000.006);
    const other = await run(commands, { seed: 1, clock: new Date("2026-01-02T03:04:05Z") });
    expect(other.stdout).toContain("1767323045000000000");
    expect(other.stdout).not.toContain("c93e54cdcf70b198");
  });

  test("names the program after its file, or as given", async () => {
    const nameOf = async (
      program: string | Uint8Array,
      options: WasiOptions = {},
    ): Promise<string> => (await recordWasi(program, options)).recording.args[0] ?? "";
    expect(await nameOf(c)).toBe("c_commands.wasm");
    expect(await nameOf(await readFile(c))).toBe("program.wasm");
    expect(await nameOf(c, { programName: "tool" })).toBe("tool");
  });

  test("accepts a program without imports", async () => {
    const result = await runWasi(moduleBytes({ exports: ["_start"], pages: 1 }));
    expect(result).toMatchObject({ exitCode: 0, stdout: "", files: {} });
  });

  test("accepts a program that uses both versions of WASI", async () => {
    const functions = [
      "wasi_snapshot_preview1.args_get",
      "wasi_unstable.args_get",
      "wasi_unstable.fd_read",
    ];
    const result = await runWasi(moduleBytes({ functions, exports: ["_start"], pages: 1 }));
    expect(result.exitCode).toBe(0);
  });

  test("accepts a program in Rust", async () => {
    const result = await runWasi(wasiFixture("rust_commands"), {
      args: ["echo", "one"],
      env: { A: "1" },
      stdin: "input",
    });
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: "argument one\nvariable A=1\ninput",
      stderr: "done\n",
    });
  });
});

describe("a compiled module", () => {
  const start = { exports: ["_start"], pages: 2 };

  test("is used unchanged", async () => {
    const module = new webAssembly.Module(new Uint8Array(await readFile(c)));
    const result = await runWasi(module, { args: ["args", "hello"] });
    expect(result).toMatchObject({ exitCode: 0, stdout: "hello\n" });
  });

  test("is stopped if it has more memory than it may", async () => {
    const small = new webAssembly.Module(moduleBytes(start));
    const error = await errorOf(runWasi(small, { memoryLimitBytes: 65_536 }), WasiTrapError.is);
    expect(error.message).toContain("may have memoryLimitBytes of 65536");
    expect((await runWasi(small, { memoryLimitBytes: 131_072 })).exitCode).toBe(0);
  });

  test("must be a program, too", async () => {
    const module = new webAssembly.Module(moduleBytes({ exports: ["other"], pages: 1 }));
    await expect(runWasi(module)).rejects.toMatchObject({ code: "FLAWLESS_WASI_NO_START" });
  });
});

describe("a run that is watched", () => {
  test("streams what the program writes while it still runs, and is stopped by a signal", async () => {
    const stop = new AbortController();
    let heard = "";
    const spinning = run("output-pieces 30 7 -- spin", {
      timeoutMs: 60_000,
      signal: stop.signal,
      onStdout: (bytes) => {
        heard += Buffer.from(bytes).toString();
        if (heard.endsWith("spinning\n")) stop.abort(new Error("heard enough"));
      },
    });
    await expect(spinning).rejects.toThrow("heard enough");
    expect(heard).toBe(`${"x".repeat(30)}spinning\n`);
  });

  test("streams everything, each output to its own listener", async () => {
    const heard = { stdout: "", stderr: "" };
    const result = await run("output-pieces 100000 100 -- input", {
      stdin: "input",
      onStdout: (bytes) => (heard.stdout += Buffer.from(bytes).toString()),
      onStderr: (bytes) => (heard.stderr += Buffer.from(bytes).toString()),
    });
    expect(heard).toEqual({ stdout: result.stdout, stderr: "5 bytes\n" });
    expect(result.stdout).toHaveLength(100_005);
  });

  test("ends with a listener's error", async () => {
    const onStdout = (): void => {
      throw new Error("no more");
    };
    await expect(run("output-pieces 3 1 -- spin", { onStdout })).rejects.toThrow("no more");
    await expect(run("output-pieces 3 1", { onStdout })).rejects.toThrow("no more");
  });

  test("doesn't start if the signal was already aborted", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(run("args", { signal })).rejects.toThrow("too late");
  });
});

describe("a program that traps", () => {
  test("with an uncaught exception keeps what it had written", async () => {
    const error = await errorOf(runWasi(throwingProgram), WasiTrapError.is);
    expect(error.message).toContain("an exception that nobody caught");
    expect(error.stdout).toBe("before\n");
  });

  test("rejects with what it had written, and with its stack", async () => {
    const error = await errorOf(run("abort"), WasiTrapError.is);
    expect(error).toMatchObject({
      code: "FLAWLESS_WASI_TRAP",
      stdout: "before\n",
      stderr: "aborting\n",
      recording: undefined,
    });
    expect(error.message).toContain("unreachable");
    expect(error.message).toContain("stderr: aborting");
    expect((error.cause as Error).stack).toContain("wasm-function");
    expect(error.functions[0]).toMatch(/^function \d+$/u);
    expect(error.message).toContain(`in \`${error.functions[0]}\`, called by`);
  });

  test("the error leads to the call in the test", async () => {
    const error = await errorOf(run("abort"), WasiTrapError.is);
    expect(error.stack).toContain("run-wasi.test.ts");
  });
});

describe("a program that never ends", () => {
  test("is stopped, and what it had written is reported", async () => {
    const error = await errorOf(run("spin", { timeoutMs: 300 }), WasiTimeoutError.is);
    expect(error).toMatchObject({
      code: "FLAWLESS_WASI_TIMEOUT",
      timeoutMs: 300,
      stdout: "spinning\n",
      stderr: "round and round\n",
    });
    expect(error.stack).toContain("run-wasi.test.ts");
  });

  test("can't fill the memory of this process with its output", async () => {
    const options = { timeoutMs: 300, storageLimitBytes: 10_000 };
    const { stdout } = await errorOf(run("flood", options), WasiTimeoutError.is);
    expect(stdout.length).toBeGreaterThan(5000);
    expect(stdout.length).toBeLessThanOrEqual(10_000);
  });

  test("doesn't prevent others from ending", async () => {
    const spinning = errorOf(run("spin", { timeoutMs: 500 }), WasiTimeoutError.is);
    expect((await run("args hello")).stdout).toBe("hello\n");
    expect((await spinning).stdout).toBe("spinning\n");
  });
});

test("bad options are refused before anything runs", async () => {
  await expect(run("args", { timeoutMs: -1 })).rejects.toMatchObject({ option: "timeoutMs" });
  await expect(runWasi("none.wasm", { seed: Number.NaN })).rejects.toMatchObject({
    option: "seed",
  });
});
