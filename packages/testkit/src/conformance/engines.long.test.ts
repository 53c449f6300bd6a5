import { Flawless } from "@flawless-ts/sdk";
import { type FlawlessServer, startServer } from "@flawless-ts/server";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secrets } from "./scenario.ts";
import { portableScenarios } from "./scenarios.ts";
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
      limits: { retry },
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
    portableScenarios.flatMap((scenario) =>
      Array.from({ length: count }, (_, time) => [scenario.name, time + 1, scenario] as const),
    ),
  )("%s, time %i", async ([, , { fixture = "conformance", play, expected, requests = [] }]) => {
    world.reset();
    await using flawless = new Flawless({ url: server.url });
    const module = await flawless.deploy(fixtureBytes(fixture));
    const arrived = (number: number): Promise<void> => world.arrived(number);
    expect(await play({ module, world: world.url, arrived })).toEqual(expected);
    expect(world.requests.toSorted()).toEqual(requests);
  });
});
