import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, onTestFailed, test } from "vitest";
import { OutsideWorld } from "../outside-world.ts";
import { SeededRandom } from "../random.ts";
import { ClusterLoad } from "./cluster-load.ts";
import {
  ClusterProcesses,
  type ClusterProcessesOptions,
  type NodeProcess,
} from "./cluster-processes.ts";
import { disturbances } from "./disturbances.ts";

/** How long further disturbances follow, in random order, for `npm run soak:cluster`. */
const soakMs = Number(process.env["FLAWLESS_SOAK_MINUTES"] ?? 0) * 60_000;
/** How often all nodes are restarted. */
const rollingRounds = soakMs > 0 ? 20 : 2;
const seed = Number(process.env["FLAWLESS_SOAK_SEED"] ?? 20_261_129);

/** @returns the load, whose accepted starts have all ended correctly */
async function underLoad(
  work: (parts: {
    readonly cluster: ClusterProcesses;
    readonly database: PostgresServer;
    readonly load: ClusterLoad;
  }) => Promise<void>,
  options: Pick<ClusterProcessesOptions, "launcher" | "leaseMs"> = {},
): Promise<ClusterLoad> {
  await using database = await PostgresServer.start({ durable: true });
  await using world = await OutsideWorld.open();
  await using cluster = await ClusterProcesses.start({ url: database.url, ...options });
  onTestFailed(() => console.error(`the nodes wrote:\n${cluster.output}`));
  const load = await ClusterLoad.begin(cluster, world);
  await load.more(20);
  await work({ cluster, database, load });
  await load.more(20);
  await cluster.healthy();
  await load.check();
  return load;
}

describeUnless(missingForPostgres(), "three nodes under load", () => {
  test.each(Object.entries(disturbances))(
    "every accepted start ends, and nothing is repeated: %s",
    async (_name, disturb) => {
      const { accepted } = await underLoad(async ({ cluster, database, load }) => {
        const [other, victim, another] = cluster.nodes as [NodeProcess, NodeProcess, NodeProcess];
        await disturb({ cluster, database, load, victim, others: [other, another] });
      });
      expect(accepted).toBeGreaterThan(40);
    },
  );

  test(
    "are restarted one after the other, and fail and interrupt no request, repeatable or not",
    async () => {
      const { interrupted } = await underLoad(
        async ({ cluster, load }) => {
          for (let round = 0; round < rollingRounds; round += 1) {
            for (const node of cluster.nodes) {
              node.server.terminate();
              expect(await node.server.end).toEqual({ code: 0, signal: null });
              await node.server.restart();
              await load.more(10);
            }
            expect(load.failures).toEqual([]);
          }
        },
        // No lease is lost on a busy machine: another test is about that.
        { leaseMs: 15_000 },
      );
      expect(interrupted).toBe(0);
    },
    120_000 + rollingRounds * 30_000,
  );

  test("work with clocks that are an hour apart", async () => {
    const shift = (hours: number): readonly string[] => [
      "env",
      `NODE_OPTIONS=--import=data:text/javascript,const{now}=Date;Date.now=()=>now()+${hours * 3_600_000}`,
    ];
    await underLoad(
      async ({ cluster, load }) => {
        const [first, second, third] = cluster.nodes as [NodeProcess, NodeProcess, NodeProcess];
        const client = cluster.client();
        const module = await client.deploy(fixtureBytes("conformance"));
        // They wake up on a node whose clock is an hour behind or ahead.
        const input = { count: 4, ms: 1_000 } as never;
        const sleepers = await Promise.all(
          Array.from({ length: 24 }, () => module.start("sleep_steps", input)),
        );
        second.server.kill();
        await cluster.balanced([first, third]);
        await load.more(10);
        await second.server.restart();
        const ended = await Promise.all(sleepers.map(({ id }) => client.workflow(id).completion()));
        expect(ended.map(({ status }) => status)).toEqual(sleepers.map(() => "completed"));
      },
      { launcher: (node) => shift(node - 1) },
    );
  });

  test(
    `go on through random disturbances, from seed ${seed} on`,
    async () => {
      const random = new SeededRandom(seed);
      const until = performance.now() + soakMs;
      let rounds = 0;
      do {
        rounds += 1;
        const { accepted } = await underLoad(async ({ cluster, database, load }) => {
          for (let number = 1; number <= (soakMs > 0 ? 10 : 2); number += 1) {
            const all = Object.entries(disturbances);
            const [name, disturb] = all[random.between(0, all.length - 1)] as (typeof all)[number];
            const victim = cluster.nodes[random.between(0, 2)] as NodeProcess;
            const others = cluster.nodes.filter((node) => node !== victim);
            if (soakMs > 0) {
              console.info(
                `${rounds}.${number}: ${name} (${victim.id}); ${load.accepted} accepted`,
              );
            }
            await disturb({ cluster, database, load, victim, others });
            await cluster.healthy();
            await cluster.balanced();
          }
        });
        expect(accepted).toBeGreaterThan(40);
      } while (performance.now() < until);
    },
    soakMs + 600_000,
  );
});
