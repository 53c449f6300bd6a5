import { expect, test } from "vitest";
import { recordWasi, replayWasi, runWasi } from "@flawless-ts/wasi";
import { programPath } from "./modules.ts";

test("gets arguments, variables and input only from the test", async () => {
  const { exitCode, stdout } = await runWasi(programPath, {
    args: ["echo", "one"],
    env: { SHOP: "tea" },
    stdin: "and the rest",
  });
  expect(exitCode).toBe(0);
  expect(stdout).toBe("argument one\nvariable SHOP=tea\nand the rest");
});

test("works on files that only the test sees", async () => {
  const { files, deletedFiles } = await runWasi(programPath, {
    args: ["files"],
    files: { "work/old.txt": "some text" },
  });
  expect(files).toEqual({ "work/new.txt": "S--E TEXT", "work/log.txt": "one\ntwo\n" });
  expect(deletedFiles).toEqual(["work/old.txt"]);
});

test("sleeps for a day on its own clock", async () => {
  const { stdout } = await runWasi(programPath, {
    args: ["time", "86400"],
    clock: new Date("2030-01-01T00:00:00Z"),
  });
  expect(stdout).toMatch(/^1893456000\d{3}\n86400\n86400\n$/);
});

test("replays what was recorded", async () => {
  const recorded = await recordWasi(programPath, { args: ["random"], seed: 7 });
  const replayed = await replayWasi(programPath, recorded.recording);
  expect(replayed.stdout).toBe(recorded.stdout);
});
