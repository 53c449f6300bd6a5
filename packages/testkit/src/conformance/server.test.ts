import { startServer, type FlawlessServer } from "@flawless-ts/server";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectedOf, playOnServer } from "./play-on-server.ts";
import { secrets, serverMemoryBytes } from "./scenario.ts";
import { serverScenarios } from "./scenarios.ts";
import { LoopbackWorld } from "./world.ts";

const directory = new TemporaryDirectory();
let server: FlawlessServer;
let world: LoopbackWorld;

beforeAll(async () => {
  const retry = { attempts: 5, initialDelayMs: 1, maxDelayMs: 1 };
  server = await startServer({
    directory: directory.path,
    port: 0,
    secrets,
    limits: { retry, memoryBytes: serverMemoryBytes },
  });
  world = await LoopbackWorld.open();
});

afterAll(async () => {
  await server?.close({ graceMs: 0 });
  await world?.[Symbol.asyncDispose]();
  directory.remove();
});

test.for(serverScenarios.map((scenario) => [scenario.name, scenario] as const))(
  "on a server: %s",
  async ([, scenario]) => {
    expect(await playOnServer(scenario, { url: server.url }, world)).toEqual(expectedOf(scenario));
  },
);
