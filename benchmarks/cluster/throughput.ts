import { availableParallelism } from "node:os";
import { PostgresServer } from "@flawless-ts/testkit/internal";
import { deployModule } from "../measure/deploy.ts";
import { repeat } from "../measure/repeat.ts";
import { HttpCaller } from "../peers/http-caller.ts";
import { withChildren } from "../peers/process-tree.ts";
import { median } from "../report/statistics.ts";
import { cpuMilliseconds } from "../server/process-facts.ts";
import { startNodes } from "./start-nodes.ts";

const callers = 64;
/** Before that, a node's code is still being compiled; this applies to each node separately. */
const warmUpWorkflows = 20_000;
const maxWarmUpMs = 40_000;
const sliceMs = 2_000;
const rounds = 20;

/** The results for this many nodes. */
export interface Throughput {
  readonly nodes: number;
  /** Workflows that do nothing, for each second: the median of `rates`. */
  readonly perSecond: number;
  /** The same in each stretch of time. All clusters have their stretches at about the same time. */
  readonly rates: readonly number[];
  /** Milliseconds of CPU for each workflow, used by the nodes and by PostgreSQL. */
  readonly cpuMs: { readonly nodes: number; readonly database: number };
}

/** A cluster with some nodes, under load when it is its turn. */
class LoadedCluster {
  readonly nodes: number;
  readonly rates: number[] = [];
  readonly #call: (caller: number) => Promise<unknown>;
  readonly #processes: { readonly nodes: readonly number[]; readonly database: number };
  readonly #cpu = { nodes: 0, database: 0 };
  #done = 0;

  static async start(
    count: number,
    lease: string,
    owned: AsyncDisposableStack,
  ): Promise<LoadedCluster> {
    const database = owned.use(await PostgresServer.start({ durable: true }));
    const threads = Math.max(1, Math.floor(availableParallelism() / count));
    const nodes = await startNodes(database.url, count, lease, ["--limit", `threads=${threads}`]);
    owned.defer(async () => void (await Promise.all(nodes.map((node) => node.kill()))));
    const { name: module, version } = await deployModule(nodes[0]?.url ?? "");
    const body = JSON.stringify({ module, version, workflow: "noop", input: "null" });
    const connections = Math.ceil(callers / count);
    const each = nodes.map(({ url }) => owned.use(new HttpCaller(url, connections)));
    const call = async (caller: number): Promise<unknown> =>
      each[caller % each.length]?.post("/api/workflow/start", body);
    const processes = { nodes: nodes.map(({ pid }) => pid), database: database.pid ?? 0 };
    return new LoadedCluster(count, call, processes);
  }

  private constructor(
    nodes: number,
    call: (caller: number) => Promise<unknown>,
    processes: { readonly nodes: readonly number[]; readonly database: number },
  ) {
    this.nodes = nodes;
    this.#call = call;
    this.#processes = processes;
  }

  async warmUp(): Promise<void> {
    const startedAt = performance.now();
    await repeat(this.nodes * warmUpWorkflows, callers, async (_caller, number) => {
      if (performance.now() < startedAt + maxWarmUpMs) {
        await this.#call(number);
      }
    });
  }

  async run(): Promise<void> {
    const before = this.#cpuMs();
    const startedAt = performance.now();
    let done = 0;
    await repeat(callers, callers, async (caller) => {
      while (performance.now() < startedAt + sliceMs) {
        await this.#call(caller);
        done += 1;
      }
    });
    this.rates.push((done * 1_000) / (performance.now() - startedAt));
    const now = this.#cpuMs();
    this.#cpu.nodes += now.nodes - before.nodes;
    this.#cpu.database += now.database - before.database;
    this.#done += done;
  }

  get result(): Throughput {
    const { nodes, database } = this.#cpu;
    return {
      nodes: this.nodes,
      perSecond: median(this.rates),
      rates: this.rates,
      cpuMs: { nodes: nodes / this.#done, database: database / this.#done },
    };
  }

  #cpuMs(): { readonly nodes: number; readonly database: number } {
    const of = (pids: readonly number[]): number =>
      pids.reduce((sum, pid) => sum + (cpuMilliseconds(pid) ?? 0), 0);
    return {
      nodes: of(this.#processes.nodes),
      database: of(withChildren(this.#processes.database)),
    };
  }
}

/**
 * Runs workflows that do nothing on clusters with these numbers of nodes, in turn, each cluster with its own database.
 */
export async function measureThroughput(
  counts: readonly number[],
  lease: string,
): Promise<readonly Throughput[]> {
  await using owned = new AsyncDisposableStack();
  const clusters: LoadedCluster[] = [];
  for (const count of counts) {
    clusters.push(await LoadedCluster.start(count, lease, owned));
  }
  for (const cluster of clusters) {
    await cluster.warmUp();
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const index of clusters.keys()) {
      await clusters[(index + round) % clusters.length]?.run();
    }
  }
  return clusters.map(({ result }) => result);
}
