import { setTimeout as sleep } from "node:timers/promises";
import { Flawless } from "@flawless-ts/sdk";
import { PostgresServer } from "@flawless-ts/testkit/internal";
import { deployModule } from "../measure/deploy.ts";
import { fillPartitions } from "./fill-partitions.ts";
import { NodeProcess } from "./node-process.ts";
import { untilShared } from "./start-nodes.ts";

const yearMs = 365 * 24 * 3_600_000;
const askEveryMs = 20;
const maxMs = 60_000;

/** The results for a cluster with many sleeping workflows. */
export interface TakeOver {
  readonly asleep: number;
  /** Milliseconds from the process's start until it is ready, for the first node and for one that joins it. */
  readonly readyMs: readonly [first: number, second: number];
  /** Milliseconds from the `kill -9` of one of the two nodes until the other runs all partitions. */
  readonly takeOverMs: number;
}

/** Kills one of two nodes while very many workflows sleep. */
export async function measureTakeOver(asleep: number, lease: string): Promise<TakeOver> {
  await using database = await PostgresServer.start({ durable: true });
  const { url } = database;
  const filler = await NodeProcess.start("filler", url, lease);
  const template = await startSleeper(filler.url);
  await filler.stop();
  await fillPartitions(url, template, asleep);
  const first = await NodeProcess.start("first", url, lease);
  const partitions = await partitionsOf(first.url);
  const second = await NodeProcess.start("second", url, lease);
  await untilShared([first, second]);
  const killedAt = performance.now();
  await second.kill();
  while ((await partitionsOf(first.url)) < partitions) {
    if (performance.now() > killedAt + maxMs) {
      throw new Error(`the other node's partitions were not taken over in ${maxMs} ms`);
    }
    await sleep(askEveryMs);
  }
  const takeOverMs = performance.now() - killedAt;
  await first.kill();
  return { asleep, readyMs: [first.readyMs, second.readyMs], takeOverMs };
}

/** @returns the id of a workflow that sleeps for a year */
async function startSleeper(url: string): Promise<string> {
  const { name, version } = await deployModule(url);
  await using flawless = new Flawless({ url });
  const { id } = await flawless.module(name, version).start("sleep_ms", { ms: yearMs } as never);
  while ((await flawless.workflow(id).info()).waiting === null) {
    await sleep(askEveryMs);
  }
  return id;
}

/** How many partitions a node runs, that is, whose engines are open. */
async function partitionsOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^flawless_partitions_owned (\d+)/m.exec(metrics)?.[1]);
}
