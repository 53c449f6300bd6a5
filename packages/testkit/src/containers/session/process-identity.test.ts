import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { hasEnded, identityText, parseIdentity, thisProcess } from "./process-identity.ts";

test("a process identity survives a round trip", () => {
  expect(parseIdentity(identityText(thisProcess()))).toEqual(thisProcess());
});

test.each(["", "{}", "[1,2]", '["host","ns","12","1"]'])("%s is not a process identity", (text) => {
  expect(parseIdentity(text)).toBeNull();
});

test("a running process has not ended; if start times are known, one with another start time has", () => {
  expect(hasEnded(thisProcess())).toBe(false);
  const known = thisProcess().started !== "";
  expect(hasEnded({ ...thisProcess(), started: known ? "1" : "" })).toBe(known);
});

test("a process that has ended is known to have", async () => {
  const child = spawn(process.execPath, ["--eval", "0"]);
  await once(child, "exit");
  expect(hasEnded({ ...thisProcess(), pid: child.pid ?? 0 })).toBe(true);
});

test("nothing is known about processes on other hosts", () => {
  expect(hasEnded({ ...thisProcess(), host: "another", started: "1" })).toBe(false);
  expect(hasEnded({ ...thisProcess(), namespace: "another", started: "1" })).toBe(false);
});
