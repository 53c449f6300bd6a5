import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildModule } from "@flawless-ts/module-builder";
import type { FlawlessOptions } from "@flawless-ts/sdk";
import { CliProcess, describeUnless, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inRust, twinScenarios } from "../typescript/twin-scenarios.ts";
import { expectedOf, playOnServer } from "./play-on-server.ts";
import { secrets, serverMemoryBytes } from "./scenario.ts";
import { serverScenarios } from "./scenarios.ts";
import { LoopbackWorld } from "./world.ts";

const require = createRequire(import.meta.url);
const command = join(
  dirname(require.resolve("@flawless-ts/server/package.json")),
  "bin/flawless.js",
);
const nodes = ["a", "b", "c"];

// Everything as a user of three machines has it: real processes, which know each other only by the database, with the
// default retries and limits, except for the memory of a workflow. What is left out needs a test environment, not a server
// (see `serverScenarios`). The server's `reliability` shows the same of processes: crashes before and after each host call
// in `kill-at-each-boundary.long.test.ts`, and of nodes under load in `cluster/cluster-faults.long.test.ts`.
describeUnless(missingForPostgres(), "three `flawless up` on one PostgreSQL", () => {
  const directory = new TemporaryDirectory();
  const processes: CliProcess[] = [];
  const urls: string[] = [];
  let world: LoopbackWorld;
  let bytes: Uint8Array;

  beforeAll(async () => {
    const { url, schema } = await testSchema();
    const key = directory.join("secrets.key");
    writeFileSync(key, "07".repeat(32), { mode: 0o600 });
    const env = Object.fromEntries(
      Object.entries(secrets).map(([name, value]) => [`FLAWLESS_SECRET_${name}`, value]),
    );
    for (const node of nodes) {
      const options = {
        "--journal": url,
        "--journal-schema": schema,
        "--node-id": node,
        "--secrets-key-file": key,
        "--bind": "127.0.0.1:0",
        "--limit": `memoryBytes=${serverMemoryBytes}`,
      };
      const args = ["up", "--json", ...Object.entries(options).flat()];
      processes.push(new CliProcess(command, args, { env, cwd: directory.path }));
    }
    for (const process of processes) {
      urls.push((JSON.parse(await process.firstLine) as { readonly url: string }).url);
    }
    world = await LoopbackWorld.open();
    const entry = new URL("../typescript/conformance-twin.ts", import.meta.url);
    bytes = (await buildModule({ entry, types: false })).wasm;
  }, 120_000);

  afterAll(async () => {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
    await world?.[Symbol.asyncDispose]();
    directory.remove();
  }, 60_000);

  /** Like a load balancer that gives each request to the next node. */
  const inTurn = (): FlawlessOptions => {
    let requests = 0;
    return {
      url: urls[0] ?? "",
      fetch: (url, init) => {
        requests += 1;
        return fetch(String(url).replace(urls[0] ?? "", urls[requests % nodes.length] ?? ""), init);
      },
    };
  };

  describe.for([
    ...nodes.map((node, index) => [node, () => ({ url: urls[index] ?? "" })] as const),
    ["each of them in turn", inTurn] as const,
  ])("through %s", ([, server]) => {
    test.for(serverScenarios.map((scenario) => [scenario.name, scenario] as const))(
      "%s",
      async ([, scenario]) => {
        expect(await playOnServer(scenario, server(), world)).toEqual(expectedOf(scenario));
      },
    );

    describe("a module from TypeScript", () => {
      test.for(
        twinScenarios(serverScenarios).map((scenario) => [scenario.name, scenario] as const),
      )("%s", async ([, scenario]) => {
        const observed = await playOnServer(scenario, server(), world, { bytes, inRust });
        expect(observed).toEqual(expectedOf(scenario));
      });
    });
  });
});
