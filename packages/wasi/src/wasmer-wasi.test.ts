import { init, MemFS } from "@wasmer/wasi";
import { describe, expect, test } from "vitest";
import { runBare, type BareOptions, type RanBare } from "./testing/run-bare.ts";
import { type RanHere, runHere } from "./testing/run-here.ts";
import type { WasiFixtureName } from "./testing/wasi-fixtures.ts";

// What @wasmer/wasi 1.2.2 does by itself, and what a program gets from this package instead, as in docs/wasi.md. If a
// fact no longer holds, a new version of the library has fixed it, and its replacement here can be removed.

const files = { a: "hello", "folder/b": "B" };

/** What a program gets there and here; `breaks off` if the library panics, which also ends the program. */
interface Fact {
  readonly fact: string;
  readonly fixture?: WasiFixtureName;
  readonly commands: string;
  readonly there: string;
  readonly here: string;
  readonly stdin?: string;
}

const facts: readonly Fact[] = [
  {
    fact: "writing within a file pushes its rest back instead of overwriting it",
    commands: "patch a 1 EX -- cat a",
    there: "hEXello",
    here: "hEXlo",
  },
  {
    fact: "the same, from Rust",
    fixture: "rust_commands",
    commands: "files",
    there: "O--LD TEXT, 10 bytes",
    here: "O-- TEXT, 8 bytes",
  },
  {
    fact: "closing one descriptor of a file closes all others",
    commands: "both new text -- cat new",
    there: "write after close: Invalid argument",
    here: "text!",
  },
  {
    fact: "the uppermost folder can't be closed",
    commands: "list /",
    there: "a\nfolder/\n/: Invalid argument",
    here: "a\nfolder/\n",
  },
  {
    fact: "files have no time of their last change",
    commands: "stat a",
    there: "file 5 1 0\n",
    here: "file 5 1 946684800\n",
  },
  {
    fact: "the time of a file's last change can't be set",
    commands: "touch a 1234 -- stat a",
    there: "breaks off",
    here: "file 5 1 1234\n",
  },
  {
    fact: "a symbolic link can be made, but not followed",
    commands: "symlink a link -- cat link",
    there: "breaks off",
    here: "hello",
  },
  { fact: "sleeping is not possible", commands: "sleep 1", there: "breaks off", here: "1\n" },
  {
    fact: "polling is not possible",
    commands: "poll",
    there: "breaks off",
    here: "2 1 1\n",
    stdin: "x",
  },
  {
    fact: "stdin, stdout and stderr pretend to be a terminal",
    commands: "terminal",
    there: "1 1 1\n",
    here: "0 0 0\n",
  },
  {
    fact: "a clock that there is not",
    fixture: "c_raw_calls",
    commands: "clock 4",
    there: "breaks off",
    here: "28\n",
  },
  {
    fact: "a signal",
    fixture: "c_raw_calls",
    commands: "raise 6",
    there: "breaks off",
    here: "58\n",
  },
  {
    fact: "more random bytes than there is memory",
    fixture: "c_raw_calls",
    commands: "random-endless 0",
    there: "breaks off",
    here: "21\n",
  },
  {
    fact: "seeking in stdout",
    fixture: "c_raw_calls",
    commands: "seek 1",
    there: "2\n",
    here: "70\n",
  },
  {
    fact: "giving a descriptor the number of one that is not open",
    fixture: "c_raw_calls",
    commands: "renumber 0 99",
    there: "0\n",
    here: "8\n",
  },
  {
    fact: "the programs for wasi_unstable find no files",
    fixture: "c_unstable",
    commands: "",
    there: "exit code 2",
    here: "exit code 0",
  },
];

const told = ({
  stdout,
  stderr,
  exitCode,
}: Pick<RanBare, "stdout" | "stderr" | "exitCode">): string =>
  `${stdout}${stderr}exit code ${exitCode}`;

describe("@wasmer/wasi by itself, and this package", () => {
  test.each(facts)(
    "$fact",
    async ({ fixture = "c_commands", commands, there, here, stdin = "" }) => {
      const all = { ...files, "data.txt": "twelve bytes", "work/old.txt": "old text" };
      const used = Object.entries(all).filter(([path]) =>
        fixture === "c_commands" ? path in files : !(path in files),
      );
      const options = { files: Object.fromEntries(used), stdin };
      const bare = await runBare(fixture, commands, options);
      expect(bare.error === undefined ? told(bare) : `breaks off: ${bare.error}`).toContain(there);
      expect(told(await runHere(fixture, commands, options))).toContain(here);
    },
  );

  test("its clock and its random numbers are the machine's", async () => {
    const before = Date.now();
    const [time = ""] = (await runBare("c_commands", "clock 1")).stdout.split("\n");
    expect(Number(time) / 1e6).toBeGreaterThanOrEqual(before);
    const random = (): Promise<RanBare> => runBare("c_commands", "random 16");
    expect((await random()).stdout).not.toBe((await random()).stdout);
  });

  test("it escapes an open folder, and accepts absolute paths", async () => {
    // The folder is its descriptor 4, after a root of its own.
    const options: BareOptions = { files };
    const bare = await runBare(
      "c_raw_calls",
      "open-folder 4 folder -- open 5 ../a -- open 4 /a",
      options,
    );
    expect(bare.stdout).toBe("0\n0\n0\n");
    const here = await runHere(
      "c_raw_calls",
      "open-folder 3 folder -- open 4 ../a -- open 3 /a",
      options,
    );
    expect(here.stdout).toBe("0\n63\n63\n");
  });

  test("a folder can be created again with the same name", async () => {
    await init();
    const fs = new MemFS();
    fs.createDir("/folder");
    fs.createDir("/folder");
    expect(fs.readDir("/")).toHaveLength(2);
  });

  test("a trap's stack is only text for it", async () => {
    const bare = await runBare("c_commands", "abort");
    expect(bare.error).toMatch(/^Error while running start function: RuntimeError: JsValue\(/u);
    const here: RanHere = await runHere("c_commands", "abort");
    expect(here.cause).toMatchObject({ message: "unreachable" });
  });

  test("correct calls are left to it", async () => {
    const args = await runHere("c_commands", "args", { args: ["one", "two words"] });
    expect(args.stdout).toBe("one\ntwo words\n");
    expect((await runHere("c_commands", "env", { env: { A: "1" } })).stdout).toBe("A=1\n");
  });
});
