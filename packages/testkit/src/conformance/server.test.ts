import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Flawless } from "@flawless-ts/sdk";
import { startServer, type FlawlessServer } from "@flawless-ts/server";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { http } from "./http.ts";
import { secrets } from "./scenario.ts";
import { portableScenarios } from "./scenarios.ts";
import { LoopbackWorld } from "./world.ts";

let directory: string;
let server: FlawlessServer;
let world: LoopbackWorld;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "flawless-conformance-"));
  const retry = { attempts: 5, initialDelayMs: 1, maxDelayMs: 1 };
  server = await startServer({ directory, port: 0, secrets, limits: { retry } });
  world = await LoopbackWorld.open();
});

afterAll(async () => {
  await server.close({ graceMs: 0 });
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** Scenarios that depend on the release of the crates that a module was built with. */
const olderCrates = (["conformance_beta1", "conformance_beta2"] as const).flatMap((fixture) =>
  http.map((scenario) => ({ ...scenario, fixture, name: `${fixture}: ${scenario.name}` })),
);

test.for(
  [...portableScenarios, ...olderCrates].map((scenario) => [scenario.name, scenario] as const),
)("on a server: %s", async ([, { fixture = "conformance", play, expected, requests = [] }]) => {
  world.reset();
  await using flawless = new Flawless({ url: server.url });
  const module = await flawless.deploy(fixtureBytes(fixture));
  const arrived = (count: number): Promise<void> => world.arrived(count);
  expect(await play({ module, world: world.url, arrived })).toEqual(expected);
  expect(world.requests.toSorted()).toEqual(requests);
});
