import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { memoryOf, withChildren } from "./process-tree.ts";

const hasProc = existsSync("/proc/self/smaps_rollup");

describe("processes", () => {
  test("include those that they have started", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
    await once(child, "spawn");
    try {
      const parent = process.pid;
      expect(withChildren(parent).includes(child.pid ?? 0)).toBe(hasProc);
      const both = memoryOf([parent]);
      const one = memoryOf([child.pid ?? 0]);
      expect((both?.resident ?? 0) > (one?.resident ?? 0)).toBe(hasProc);
      expect(both === undefined || both.proportional <= both.resident).toBe(true);
    } finally {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    }
  });

  test("that have ended have unknown memory", () => {
    expect(memoryOf([2 ** 30])).toBeUndefined();
  });
});
