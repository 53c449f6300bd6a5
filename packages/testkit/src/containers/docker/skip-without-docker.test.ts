import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DockerAvailability } from "./engine.ts";
import { skipSaidVariable, skipWithoutDocker } from "./skip-without-docker.ts";

const found = vi.hoisted(() => ({ docker: { available: true, version: "20.10" } as unknown }));
vi.mock("./engine.ts", () => ({ dockerAvailable: async () => found.docker }));

const none: DockerAvailability = { available: false, reason: "No Docker engine answers." };
const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);

beforeEach(() => {
  vi.stubEnv("CI", "");
  vi.stubEnv(skipSaidVariable, "");
  found.docker = none;
});

afterEach(() => {
  vi.unstubAllEnvs();
  warn.mockClear();
});

test("without Docker they are skipped, and one line says which and why", async () => {
  expect(await skipWithoutDocker("shared-flawless")).toBe(true);
  expect(warn.mock.calls).toEqual([
    ["Skipped without Docker: shared-flawless. No Docker engine answers."],
  ]);
});

test("what the run has said is not said again", async () => {
  vi.stubEnv(skipSaidVariable, "1");
  expect(await skipWithoutDocker("shared-flawless")).toBe(true);
  expect(warn).not.toHaveBeenCalled();
});

test("with CI set nothing is skipped", async () => {
  vi.stubEnv("CI", "true");
  expect(await skipWithoutDocker("shared-flawless")).toBe(false);
});

test("with Docker nothing is skipped", async () => {
  found.docker = { available: true, version: "20.10" };
  expect(await skipWithoutDocker("shared-flawless")).toBe(false);
  expect(warn).not.toHaveBeenCalled();
});
