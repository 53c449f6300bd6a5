import type { Engine } from "../engine/index.ts";
import type { NodeHealth } from "../cluster/cluster-node.ts";
import { Lease } from "../cluster/lease.ts";
import { OwnedPartition } from "../cluster/owned-partition.ts";
import type { PartitionNode } from "../cluster/partition-node.ts";
import type { NodeRow } from "../store/postgres/index.ts";
import { globalTimers } from "../time/timers.ts";

/** For so long a request waits for an engine that does not answer, in thirds; see `PartitionNode.leaseMs`. */
const waitMs = 5_000;

/** Another engine of the server. */
export interface OtherEngine {
  readonly partition: number;
  /** Where this one reaches it. */
  readonly url: string;
  /** Why it can't do its part; null while it can. */
  readonly problem: string | null;
}

/** One engine of a server on one directory: it has one partition for good, and the others have theirs. No leases are needed. */
export class FixedNode implements PartitionNode {
  readonly id: string;
  readonly partitions: number;
  readonly leaseMs: number = waitMs;
  readonly isFixed: boolean = true;
  readonly #own: OwnedPartition;
  readonly #others: readonly OtherEngine[];
  readonly #rows: ReadonlyMap<number, NodeRow>;

  constructor(partition: number, engine: Engine, others: readonly OtherEngine[]) {
    this.id = idOf(partition);
    this.partitions = others.length + 1;
    const lease = new Lease(globalTimers, Infinity, 0);
    this.#own = new OwnedPartition({ partition, epoch: 1 }, lease, engine);
    this.#others = others;
    const startedAt = Date.now();
    this.#rows = new Map(
      others.map(({ partition: other, url }) => [
        other,
        { id: idOf(other), url, startedAt, silentMs: 0 },
      ]),
    );
  }

  get open(): readonly OwnedPartition[] {
    return [this.#own];
  }

  partition(number: number): OwnedPartition | undefined {
    return number === this.#own.claimed.partition ? this.#own : undefined;
  }

  otherOwnerOf(number: number): NodeRow | undefined {
    return this.#rows.get(number);
  }

  epochOf(): number {
    return 1;
  }

  get others(): readonly NodeRow[] {
    return [...this.#rows.values()];
  }

  get all(): readonly OwnedPartition[] {
    return [this.#own];
  }

  get takesStarts(): boolean {
    return true;
  }

  nextForStart(): OwnedPartition {
    return this.#own;
  }

  /** Degraded as soon as one engine is: callers can't choose which of them their starts reach. */
  health(): NodeHealth {
    const all = [this.#own.engine.health().reason, ...this.#others.map(({ problem }) => problem)];
    const problems = all.filter((problem) => problem !== null);
    const some = `${problems.length} of ${all.length} engines can't work: `;
    const reasons = `${problems.length === all.length ? "" : some}${[...new Set(problems)].join("; ")}`;
    return problems.length === 0
      ? { status: "ok", reason: null }
      : { status: "degraded", reason: reasons };
  }

  /** Nothing ever changes: it only takes the time (milliseconds). */
  async changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }

  onChange(): () => void {
    return () => undefined;
  }
}

function idOf(partition: number): string {
  return `engine-${partition}`;
}
