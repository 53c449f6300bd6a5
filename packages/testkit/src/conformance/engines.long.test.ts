import { type FlawlessServer, startServer } from "@flawless-ts/server";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectedOf, playOnServer } from "./play-on-server.ts";
import { secrets, serverMemoryBytes } from "./scenario.ts";
import { serverScenarios } from "./scenarios.ts";
import { LoopbackWorld } from "./world.ts";

const count = 3;

describe("three engines of a server on a directory", () => {
  const directory = new TemporaryDirectory();
  let server: FlawlessServer;
  let world: LoopbackWorld;

  beforeAll(async () => {
    const retry = { attempts: 5, initialDelayMs: 1, maxDelayMs: 1 };
    server = await startServer({
      directory: directory.path,
      engines: count,
      port: 0,
      secrets,
      limits: { retry, memoryBytes: serverMemoryBytes },
    });
    world = await LoopbackWorld.open();
  }, 60_000);

  afterAll(async () => {
    await server?.close({ graceMs: 0 });
    await world?.[Symbol.asyncDispose]();
    directory[Symbol.dispose]();
  }, 60_000);

  // Each connection reaches a random engine.
  test.for(
    serverScenarios.flatMap((scenario) =>
      Array.from({ length: count }, (_, time) => [scenario.name, time + 1, scenario] as const),
    ),
  )("%s, time %i", async ([, , scenario]) => {
    expect(await playOnServer(scenario, { url: server.url }, world)).toEqual(expectedOf(scenario));
  });
});
