import { describe, expect, test } from "vitest";
import { runHere } from "../testing/run-here.ts";

const files = { a: "hello", "folder/b": "", "folder/c": "" };

async function stdout(
  commands: string,
  options: Parameters<typeof runHere>[2] = {},
): Promise<string> {
  const result = await runHere("c_commands", commands, options);
  expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode: 0, stderr: "" });
  return result.stdout;
}

describe("a program in C", () => {
  test("reads its arguments and its environment", async () => {
    expect(await stdout("args", { args: ["one", "two words", "", "drëi"] })).toBe(
      "one\ntwo words\n\ndrëi\n",
    );
    expect(await stdout("env", { env: { B: "2=2", A: "", C: "ü" } })).toBe("B=2=2\nA=\nC=ü\n");
    expect(await stdout("env")).toBe("");
  });

  test("reads the clocks", async () => {
    expect(await stdout("clock 2", { clock: 1_700_000_000_000 })).toBe(
      "1700000000000000000\n1700000000000001000\n2000\n3000\n",
    );
    expect(await stdout("clock 1", { clock: { startTime: 0, stepMs: 0 } })).toBe("0\n0\n");
  });

  test("sleeps for a year in no time", async () => {
    expect(await stdout("sleep 31536000")).toBe("31536000\n");
  });

  test("waits for time to pass by reading the clock", async () => {
    expect(await stdout("wait 2", { clock: { stepMs: 1 } })).toBe("1999\n");
    expect(await stdout("wait 1")).toBe("999999\n");
  });

  test("polls", async () => {
    expect(await stdout("poll", { stdin: "input" })).toBe("2 1 1\n");
  });

  test("has no terminal", async () => {
    expect(await stdout("terminal")).toBe("0 0 0\n");
  });

  test("gets random bytes", async () => {
    expect(await stdout("random 4 -- random 4")).toBe("c93e54cd\ncf70b198\n");
  });

  test("writes, reads and changes files", async () => {
    expect(await stdout("write new text -- append new ++ -- patch new 1 EX -- cat new")).toBe(
      "tEXt++",
    );
    expect(await stdout("resize a 7 -- resize a 3 -- cat a", { files })).toBe("hel");
    expect(await stdout("both new text -- cat new")).toBe("text\ntext!");
  });

  test("lists folders, and empties them meanwhile", async () => {
    expect(await stdout("list . -- list folder", { files })).toBe("a\nfolder/\nb\nc\n");
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`many/${index}`, ""]),
    );
    expect(await stdout("clear many -- list many", { files: many })).toBe("");
  });

  test("renames, links and removes", async () => {
    const commands =
      "rename a b -- link b c -- remove b -- stat c -- mkdir d -- rename c d/e -- list d";
    expect(await stdout(commands, { files: { a: "hello" }, clock: 5000 })).toBe("file 5 1 5\ne\n");
    expect(await stdout("symlink a l -- readlink l -- cat l -- stat l", { files, clock: 0 })).toBe(
      "a\nhellolink 1 1 0\n",
    );
    expect(await stdout("mkdir x -- stat x -- rmdir x -- list .", { clock: 0 })).toBe(
      "folder 0 1 0\n",
    );
  });

  test("sets times", async () => {
    expect(await stdout("touch a 1234 -- stat a", { files })).toBe("file 5 1 1234\n");
  });

  test.each([
    ["cat none", "No such file or directory"],
    ["create a text", "File exists"],
    ["rmdir folder", "Directory not empty"],
    ["remove folder", "Is a directory"],
    ["rename folder folder/x", "Invalid argument"],
    ["cat a/b", "Not a directory"],
    ["cat ../a", "Operation not permitted"],
    ["symlink loop loop -- cat loop", "Symbolic link loop"],
  ])("%s: %s", async (commands, message) => {
    const result = await runHere("c_commands", commands, { files });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(message);
  });

  test("fills the disk, and frees space again", async () => {
    const result = await runHere("c_commands", "fill big", { storageLimitBytes: 200_000 });
    expect(result.stderr).toBe("big: No space left on device\n");
    expect(
      await stdout("write x 123456 -- remove x -- write x 123456 -- remove x", {
        storageLimitBytes: 1100,
      }),
    ).toBe("");
  });

  test("gets no more memory than it may have, and is notified", async () => {
    const mebibytes = async (memoryLimitBytes: number): Promise<number> =>
      Number(await stdout("hog", { memoryLimitBytes }));
    const few = await mebibytes(2 ** 23);
    expect(few).toBeGreaterThan(4);
    expect(few).toBeLessThan(8);
    expect(await mebibytes(2 ** 24)).toBe(few + 8);
  });

  test("finds its folder by its name", async () => {
    const options = { files, folder: "/data" };
    expect(await stdout("cat /data/a -- list /data/folder", options)).toBe("hellob\nc\n");
    const other = await runHere("c_commands", "cat /other/a", options);
    expect(other.stderr).not.toBe("");
  });

  test("traps", async () => {
    const result = await runHere("c_commands", "abort");
    expect(result).toMatchObject({ ending: { trap: "unreachable" }, stdout: "before\n" });
    expect((await runHere("c_commands", "recurse")).ending).toHaveProperty("trap");
  });
});

describe("a program in Rust", () => {
  test("does a bit of everything with files", async () => {
    const result = await runHere("rust_commands", "files", {
      files: { "work/old.txt": "old text" },
    });
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: "O-- TEXT, 8 bytes\ndeep/ log.txt new.txt\nErr(Some(63))\n",
      stderr: "",
      deleted: ["work/old.txt"],
    });
    const changed = result.changed.map(([path, content]) => [
      path,
      Buffer.from(content ?? "").toString(),
    ]);
    expect(changed).toEqual([
      ["work/log.txt", "one\ntwo\n"],
      ["work/new.txt", "O-- TEXT"],
    ]);
  });

  test("has both clocks, and sleeps", async () => {
    const { stdout } = await runHere("rust_commands", "time 86400", { clock: 1_700_000_000_000 });
    expect(stdout).toBe("1700000000000\n86400\n86400\n");
  });

  test("seeds its hash maps from the test's own random numbers", async () => {
    const hash = async (seed: number): Promise<string> =>
      (await runHere("rust_commands", "random", { seed })).stdout;
    expect(await hash(1)).toBe(await hash(1));
    expect(await hash(1)).not.toBe(await hash(2));
  });

  test("ends with a code, with an error, by a panic", async () => {
    expect((await runHere("rust_commands", "exit 9")).exitCode).toBe(9);
    const failed = await runHere("rust_commands", "error");
    expect(failed).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("an error from main"),
    });
    const panicked = await runHere("rust_commands", "panic");
    expect(panicked).toMatchObject({
      ending: { trap: "unreachable" },
      stderr: expect.stringContaining("a panic on purpose"),
    });
  });
});

test("a program for wasi_unstable finds the numbers and layouts of that version", async () => {
  const files = { "data.txt": "twelve bytes" };
  const result = await runHere("c_unstable", "", { files });
  // Any other code is the number of the check that failed.
  expect(result).toMatchObject({ exitCode: 0, stdout: "unstable\n" });
  expect(result.elapsed).toBeGreaterThan(3_600_000_000_000n);
});
