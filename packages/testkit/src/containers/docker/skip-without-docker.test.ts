import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as engine from "./engine.ts";
import { skipSaidVariable, skipWithoutDocker } from "./skip-without-docker.ts";

const none: engine.DockerAvailability = { available: false, reason: "No Docker engine answers." };

beforeEach(() => {
  vi.stubEnv("CI", "");
  vi.stubEnv(skipSaidVariable, "");
  vi.spyOn(engine, "dockerAvailable").mockResolvedValue(none);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("container tests are skipped without Docker, and one line says which ones and why", async () => {
  expect(await skipWithoutDocker("shared-flawless")).toBe(true);
  expect(vi.mocked(console.warn).mock.calls).toEqual([
    ["Skipped without Docker: shared-flawless. No Docker engine answers."],
  ]);
});

test("what the run has reported is not repeated", async () => {
  vi.stubEnv(skipSaidVariable, "1");
  expect(await skipWithoutDocker("shared-flawless")).toBe(true);
  expect(console.warn).not.toHaveBeenCalled();
});

test("container tests are not skipped if CI is set", async () => {
  vi.stubEnv("CI", "true");
  expect(await skipWithoutDocker("shared-flawless")).toBe(false);
});

test("container tests are not skipped with Docker", async () => {
  vi.mocked(engine.dockerAvailable).mockResolvedValue({ available: true, version: "20.10" });
  expect(await skipWithoutDocker("shared-flawless")).toBe(false);
  expect(console.warn).not.toHaveBeenCalled();
});
