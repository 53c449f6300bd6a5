import { setTimeout as sleep } from "node:timers/promises";
import { ControlPlane, Worker } from "@flawless-ts/sdk";
import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { expect, onTestFailed, test } from "vitest";
import { RestartedNode } from "./testing/restarted-node.ts";
import { Record } from "./testing/job-record.ts";

const nodeCount = 3;
const kills = 12;
const pauseMs = 400;
const leaseSeconds = 3;
const publishers = 3;
const claimers = 6;
/** So many jobs wait at most: what comes to an end is what is tested. */
const maxOpen = 60;
/** For so many minutes it goes on, for `npm run soak:cluster`. */
const soakMs = Number(process.env["FLAWLESS_SOAK_MINUTES"] ?? 0) * 60_000;
const roundMs = 120_000;

async function startNodes(databaseUrl: string): Promise<readonly RestartedNode[]> {
  return await Promise.all(
    Array.from({ length: nodeCount }, async (_, index) =>
      RestartedNode.start(
        [
          ...["--store", databaseUrl, "--no-flawless", "--log-level", "warn"],
          ...["--worker-timeout", String(leaseSeconds), "--max-retries", "1000"],
        ],
        `node-${index + 1}`,
      ),
    ),
  );
}

/** Publishes and claims at changing nodes until it is told to stop, and keeps what was acknowledged. */
async function load(urls: readonly string[], record: Record, stop: AbortSignal): Promise<void> {
  await using clients = new AsyncDisposableStack();
  const at = urls.map((url) =>
    clients.use(new ControlPlane({ url, form: "second", retry: false })),
  );
  const any = (): ControlPlane => at[Math.floor(Math.random() * at.length)] as ControlPlane;
  const publish = async (name: number): Promise<void> => {
    for (let number = 0; !stop.aborted; number += 1) {
      const id = `${name}-${number}`;
      if (record.open >= maxOpen) await sleep(5);
      else await record.published(id, () => any().publish({ id, payload: { id } }));
    }
  };
  const claim = async (): Promise<void> => {
    while (!stop.aborted) {
      const id = await record.claimed(() => any().claim());
      if (id === null) await sleep(5);
      else await record.completed(id, () => any().setStatus(id, "Completed"));
    }
  };
  await Promise.all([
    ...Array.from({ length: publishers }, (_, index) => publish(index)),
    ...Array.from({ length: claimers }, claim),
  ]);
}

describeUnless(missingForPostgres(), "control planes on one PostgreSQL", () => {
  test(
    `lose no job and give none twice within its lease: ${kills} kills of nodes, one of the database`,
    async () => {
      await using database = await PostgresServer.start({ durable: true });
      const nodes = await startNodes(database.url);
      await using all = new AsyncDisposableStack();
      for (const node of nodes) all.use(node);
      onTestFailed(() => console.error(nodes.map(({ log }) => log).join("\n---\n")));
      const urls = nodes.map(({ url }) => url);
      const record = new Record(leaseSeconds * 1_000);
      const stop = new AbortController();
      const loading = load(urls, record, stop.signal);
      const ownDone: string[] = [];
      // It turns to another node where its own is gone.
      await using worker = new Worker({
        controlPlane: new ControlPlane({ url: urls }),
        closeClients: true,
        id: "worker",
        concurrency: 4,
        heartbeatIntervalMs: 500,
        idleDelayMs: 5,
        errorDelayMs: 20,
        run: async (job) => {
          ownDone.push(job.id);
          record.doneElsewhere(job.id);
        },
      });
      const working = worker.run();

      const until = performance.now() + soakMs;
      do {
        for (let kill = 0; kill < kills; kill += 1) {
          const acknowledged = record.acknowledged;
          await nodes[kill % nodes.length]?.killAndStart();
          if (kill === Math.floor(kills / 2)) {
            await database.kill();
            await sleep(pauseMs);
            await database.start();
          }
          // Work goes on between the kills.
          await expect
            .poll(() => record.acknowledged, { timeout: 30_000 })
            .toBeGreaterThan(acknowledged + 30);
        }
      } while (performance.now() < until);
      stop.abort();
      await loading;

      await using client = new ControlPlane({ url: urls });
      // Claims that were answered to nobody come back after their lease, and the worker does them.
      await expect
        .poll(
          async () => {
            const { pending, claimed, inProgress } = await client.stats();
            return { pending, claimed, inProgress };
          },
          { timeout: 60_000, interval: 200 },
        )
        .toEqual({ pending: 0, claimed: 0, inProgress: 0 });
      await worker.close();
      await working;
      const jobs = await client.list();
      const completed = new Set(
        jobs.filter(({ status }) => status === "Completed").map(({ id }) => id),
      );
      expect(completed.size).toBe(jobs.length);
      expect(record.acknowledgedIds.filter((id) => !completed.has(id))).toEqual([]);
      expect(record.givenTwiceWithinLease).toEqual([]);
      expect(record.givenAfterEnd).toEqual([]);
      // Both the plain claimers and the worker had their share.
      expect(record.acknowledgedIds.length).toBeGreaterThan(kills * 10);
      expect(ownDone.length).toBeGreaterThan(0);
    },
    soakMs + roundMs,
  );
});
