import { expect, onTestFinished, test } from "vitest";
import { CliProcess } from "./cli-process.ts";

test("a process ends with its test, even if that disposes of nothing", async () => {
  const processes: CliProcess[] = [];
  // What is registered first is called last.
  onTestFinished(async () => {
    expect(await Promise.all(processes.map(({ end }) => end))).toMatchObject([
      { signal: "SIGKILL" },
    ]);
  });
  const endless = new CliProcess("-e", ["console.log('started'); setTimeout(() => 0, 300_000)"]);
  processes.push(endless);
  expect(await endless.firstLine).toBe("started");
});
