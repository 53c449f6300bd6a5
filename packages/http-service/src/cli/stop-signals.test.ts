import { expect, test } from "vitest";
import { StopSignals } from "./stop-signals.ts";

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s stops the command", async (signal) => {
  using signals = new StopSignals();
  process.emit(signal, signal);
  expect(await signals.first).toBe(signal);
});

test("SIGHUP doesn't stop a command that reloads files on it", async () => {
  using signals = new StopSignals({ hangUpReloads: true });
  process.emit("SIGHUP", "SIGHUP");
  process.emit("SIGHUP", "SIGHUP");
  process.emit("SIGTERM", "SIGTERM");
  expect(await signals.first).toBe("SIGTERM");
});
