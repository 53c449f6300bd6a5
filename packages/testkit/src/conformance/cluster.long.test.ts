import { Flawless } from "@flawless-ts/sdk";
import { type FlawlessServer, startServer } from "@flawless-ts/server";
import { describeUnless } from "@flawless-ts/test-helpers";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secrets } from "./scenario.ts";
import { portableScenarios } from "./scenarios.ts";
import { LoopbackWorld } from "./world.ts";

/** Any 32 bytes: the same for all nodes. */
const secretsKey = new Uint8Array(32).fill(7);
const count = 3;

describeUnless(missingForPostgres(), "three nodes on one PostgreSQL", () => {
  const nodes: FlawlessServer[] = [];
  let world: LoopbackWorld;

  beforeAll(async () => {
    const { url, schema } = await testSchema();
    const retry = { attempts: 5, initialDelayMs: 1, maxDelayMs: 1 };
    for (let node = 0; node < count; node += 1) {
      nodes.push(
        await startServer({
          journal: { postgres: { urls: [url], schema, nodeId: `node-${node}` } },
          port: 0,
          secrets,
          secretsKey,
          limits: { retry },
        }),
      );
    }
    world = await LoopbackWorld.open();
  }, 60_000);

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close({ graceMs: 0 })));
    await world[Symbol.asyncDispose]();
  }, 60_000);

  test.for(
    portableScenarios.flatMap((scenario) =>
      Array.from({ length: count }, (_, node) => [scenario.name, node, scenario] as const),
    ),
  )(
    "%s, by way of node %i",
    async ([, node, { fixture = "conformance", play, expected, requests = [] }]) => {
      world.reset();
      await using flawless = new Flawless({ url: nodes[node]?.url ?? "" });
      const module = await flawless.deploy(fixtureBytes(fixture));
      const arrived = (number: number): Promise<void> => world.arrived(number);
      expect(await play({ module, world: world.url, arrived })).toEqual(expected);
      expect(world.requests.toSorted()).toEqual(requests);
    },
  );
});
