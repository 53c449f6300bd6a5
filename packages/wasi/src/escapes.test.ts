import { describe, expect, test } from "vitest";
import { runHere } from "./testing/run-here.ts";

const files = { a: "A", "folder/b": "B", "folder/deep/c": "C" };
const notPermitted = "63";

/** The result of each command: an errno's number, 0 for success. */
async function answers(commands: string): Promise<string[]> {
  const { stdout, exitCode } = await runHere("c_raw_calls", commands, { files });
  expect(exitCode).toBe(0);
  return stdout.trimEnd().split("\n");
}

const ways = ["..", "../", "../a", "./../a", "folder/../../a", "/", "/a", "/etc/passwd", "//a"];
const calls = [
  "open",
  "open-new",
  "open-link",
  "open-folder",
  "stat",
  "mkdir",
  "rmdir",
  "unlink",
  "readlink",
  "utime",
];

describe("a path that leads out of the folder", () => {
  test.each(calls)("is refused by %s", async (call) => {
    const commands = ways.map((way) => `${call} 3 ${way}`).join(" -- ");
    expect(await answers(commands)).toEqual(ways.map(() => notPermitted));
  });

  test.each(["rename", "link"])("is refused by %s on both sides", async (call) => {
    const commands = ways
      .flatMap((way) => [`${call} 3 ${way} new`, `${call} 3 a ${way}`])
      .join(" -- ");
    expect(await answers(commands)).toEqual(ways.flatMap(() => [notPermitted, notPermitted]));
  });

  test("is refused to a symbolic link", async () => {
    const commands = ways.map((way) => `symlink 3 ${way} a`).join(" -- ");
    expect(await answers(commands)).toEqual(ways.map(() => notPermitted));
  });
});

describe("an open folder within the folder", () => {
  test("is all that can be reached through it", async () => {
    const got = await answers(
      "open-folder 3 folder -- open 4 b -- open 4 ../a -- open 4 deep/../../a -- open 4 .. -- " +
        "rename 4 b ../stolen -- link 4 ../a stolen -- symlink 4 up ../a -- open 4 up",
    );
    expect(got).toEqual(["0", "0", ...Array(5).fill(notPermitted), "0", notPermitted]);
  });
});

describe("a symbolic link", () => {
  test("that leads out is not followed, and can't be made absolute", async () => {
    const got = await answers(
      "symlink 3 out ../etc/passwd -- open 3 out -- stat 3 out -- open 3 out/x -- open-new 3 out -- " +
        "symlink 3 up .. -- open 3 up/etc/passwd -- symlink 3 folder/two ../.. -- open 3 folder/two/a -- " +
        "symlink 3 absolute /etc/passwd -- symlink 3 root /",
    );
    const [made, ...rest] = got;
    expect(made).toBe("0");
    expect(rest).toEqual([
      ...Array(4).fill(notPermitted),
      "0",
      notPermitted,
      "0",
      notPermitted,
      notPermitted,
      notPermitted,
    ]);
  });

  test("doesn't lead out if something below it is renamed", async () => {
    const got = await answers(
      "symlink 3 folder/deep/up ../../a -- open 3 folder/deep/up -- rename 3 folder/deep moved -- open 3 moved/up",
    );
    expect(got).toEqual(["0", "0", "0", notPermitted]);
  });
});

describe("bad pointers and numbers", () => {
  const fault = "21";

  test.each([
    "write-nowhere 1",
    "read-nowhere 0",
    "pieces-nowhere 1",
    "many-pieces 1",
    "answer-nowhere 2",
    "readdir-nowhere 3",
    "open-nowhere 3",
    "random-nowhere 0",
    "random-endless 0",
    "clock-nowhere 0",
    "poll-nowhere 0",
    "poll-endless 0",
  ])("%s gets an error, and the program continues", async (command) => {
    expect(await answers(`${command} -- clock 0`)).toEqual([fault, "0"]);
  });

  test.each([
    ["poll-nothing 0", "28"],
    ["clock 4", "28"],
    ["write 99", "8"],
    ["write 4294967295", "8"],
    ["seek 1", "70"],
    ["prestat 4", "8"],
    ["renumber 3 99", "8"],
    ["open-all 3 a", "0"],
  ])("%s gets %s", async (command, errno) => {
    expect(await answers(command)).toEqual([errno]);
  });
});

describe("the network and other processes", () => {
  test.each([
    ["send 1", "57"],
    ["receive 3", "57"],
    ["shutdown 0", "57"],
    ["send 99", "8"],
    ["raise 6", "58"],
  ])("are not there: %s gets %s", async (command, errno) => {
    expect(await answers(command)).toEqual([errno]);
  });
});
