import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { EngineHealth } from "../api/engine-api.ts";
import type { Engine } from "../engine/index.ts";
import {
  type ClaimedPartition,
  type NodeRow,
  type PartitionRow,
  PartitionTable,
  type PostgresDatabase,
} from "../store/postgres/index.ts";
import type { Timers } from "../time/timers.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { DatabaseMember } from "./database-member.ts";
import { isAlive } from "./fair-share.ts";
import type { Lease } from "./lease.ts";
import type { OwnedPartition } from "./owned-partition.ts";
import { StartTurns } from "./start-turns.ts";

/** Options of {@link ClusterNode}. */
export interface ClusterNodeOptions {
  readonly id: string;
  /** Connections only for leases, which must not wait for anything else; one for each database, in order. */
  readonly databases: readonly PostgresDatabase[];
  /** The number of partitions of the cluster. */
  readonly partitions: number;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly timers: Timers;
  /** Follows the first database. */
  readonly clock: DatabaseClock;
  open(claimed: ClaimedPartition, lease: Lease): Promise<Engine>;
  /** Notifies other nodes of a change in a database. @param database its index */
  say(database: number): void;
  onError(error: unknown): void;
}

/** The health of a node, without its workflows. */
export type NodeHealth = Pick<EngineHealth, "status" | "reason">;

/** This node in its cluster: which partitions it runs, and which nodes run the others. */
export class ClusterNode {
  readonly id: string;
  readonly partitions: number;
  readonly leaseMs: number;
  /** Whether partitions never move, and engines reach each other without HTTP requests. */
  readonly isFixed: boolean = false;
  readonly #options: ClusterNodeOptions;
  #members: readonly DatabaseMember<Engine>[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #turns: StartTurns;
  #isLeaving = false;

  constructor(options: ClusterNodeOptions) {
    this.id = options.id;
    this.partitions = options.partitions;
    this.leaseMs = options.leaseMs;
    this.#options = options;
    this.#turns = new StartTurns(options.timers);
  }

  /**
   * Joins the cluster. Resolves once the first partitions run here, or all have other owners.
   *
   * @param url the URL at which other nodes reach this one
   * @throws InvalidOptionError if another node has the same id
   * @throws Error of a database
   */
  async begin(url: string): Promise<void> {
    const { id, databases, leaseMs, graceMs, timers, clock, open, say, onError } = this.#options;
    const tables = databases.map((database) => new PartitionTable(database));
    for (const table of tables) {
      const same = (await table.nodes()).find((node) => node.id === id);
      if (same !== undefined && same.url !== url && isAlive(same, leaseMs)) {
        throw new InvalidOptionError(
          "journal.postgres.nodeId",
          `another node, at ${same.url}, has the id ${JSON.stringify(id)}. Give each node an id of its own.`,
        );
      }
    }
    await clock.synchronise(() => (tables[0] as PartitionTable).now());
    this.#members = tables.map(
      (table, index) =>
        new DatabaseMember({
          table,
          node: { id, url },
          leaseMs,
          graceMs,
          timers,
          clock: index === 0 ? clock : undefined,
          open,
          say: () => say(index),
          onChange: () => this.#changed(),
          onError,
        }),
    );
    await Promise.all(this.#members.map((member) => member.begin()));
    await Promise.all(this.#members.map((member) => member.handedOver()));
  }

  /** The partitions that run on this node. */
  get open(): readonly OwnedPartition[] {
    return this.#members.flatMap((member) => member.open);
  }

  /** Whether a partition runs here. */
  get takesStarts(): boolean {
    return this.#members.some(({ all }) => all.some(({ isOpen }) => isOpen));
  }

  /** The partition for the next start: see `StartTurns`. */
  nextForStart(): OwnedPartition | undefined {
    const [first, ...others] = this.#members;
    const all =
      others.length === 0 ? (first?.all ?? []) : this.#members.flatMap((each) => each.all);
    const turn = this.#turns.next();
    for (let index = 0; index < all.length; index += 1) {
      const partition = all[(turn + index) % all.length];
      if (partition?.isOpen === true) {
        return partition;
      }
    }
    return undefined;
  }

  /** The partition, if it runs here. */
  partition(number: number): OwnedPartition | undefined {
    return this.#memberOf(number)?.partition(number);
  }

  /** A partition of this epoch turned out to belong to another node. */
  lose(claimed: ClaimedPartition): void {
    this.#memberOf(claimed.partition)?.lose(claimed);
  }

  /** The other node that runs a partition, as last seen. */
  otherOwnerOf(number: number): NodeRow | undefined {
    const owner = this.#memberOf(number)?.ownerOf(number);
    return owner?.id === this.id ? undefined : owner;
  }

  /** The epoch of a partition, as last seen. */
  epochOf(number: number): number {
    const row = this.#memberOf(number)?.sight.partitions.find(
      ({ partition }) => partition === number,
    );
    return row?.epoch ?? 0;
  }

  /** The other live nodes, as last seen. */
  get others(): readonly NodeRow[] {
    const { leaseMs } = this.#options;
    const all = this.#members.flatMap((member) =>
      member.sight.nodes.filter((node) =>
        isAlive({ silentMs: node.silentMs + member.lagMs }, leaseMs),
      ),
    );
    return [...new Map(all.map((node) => [node.id, node])).values()].filter(
      ({ id }) => id !== this.id,
    );
  }

  /** The partitions whose engines are open here, including those that are being handed over. */
  get all(): readonly OwnedPartition[] {
    return this.#members.flatMap((member) => member.all);
  }

  /** While some of the databases are away, the node can still serve what is in the others. */
  health(): NodeHealth {
    const problem = this.#problem();
    const problems = this.#members.map(problemOf);
    const away = problems.filter((each) => each !== null);
    const isAway = away.length > 0 && away.length === problems.length;
    const some = `Nothing can be done in ${away.length} of ${problems.length} databases: `;
    const reasons = `${isAway ? "" : some}${[...new Set(away)].join("; ")}`;
    return {
      status: problem !== null || isAway ? "degraded" : "ok",
      reason: problem ?? (away.length === 0 ? null : reasons),
    };
  }

  /** For each database, its nodes and partitions as last seen, and how long ago that was, in milliseconds. */
  get sights(): readonly {
    readonly nodes: readonly NodeRow[];
    readonly partitions: readonly PartitionRow[];
    readonly lagMs: number;
    readonly failure: string | null;
  }[] {
    return this.#members.map(({ sight, lagMs, failure }) => ({ ...sight, lagMs, failure }));
  }

  /** Another node has announced a change in a database. */
  hear(database: number): void {
    this.#members[database]?.hear();
  }

  /** Resolves on a change of partition owners, or after the timeout (milliseconds). */
  async changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const { timers } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = timers.setTimeout(resolve, timeoutMs);
    signal?.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    timers.clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  /** Calls back at each such change; returns a function that stops it. */
  onChange(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  /** Hands over all partitions gracefully. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#members.map((member) => member.leave()));
  }

  /** Call it after `leave`, when the owners of partitions are not needed any more. */
  async end(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()));
    this.#changed();
  }

  /** Stops immediately, like a crash. */
  async kill(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#members.map((member) => member.kill()));
    this.#changed();
  }

  /** Why this node can't serve anything; null if it can. */
  #problem(): string | null {
    if (this.#isLeaving) {
      return "The node is shutting down.";
    }
    return this.open.length === 0 && this.others.length === 0
      ? "No partition runs here, and no other node is known."
      : null;
  }

  #memberOf(partition: number): DatabaseMember<Engine> | undefined {
    return this.#members[partition % this.#members.length];
  }

  #changed(): void {
    for (const callback of [...this.#waiting]) {
      callback();
    }
  }
}

/** Why nothing can be done in a database; null if it can. */
function problemOf({ all, failure }: DatabaseMember<Engine>): string | null {
  if (failure !== null) {
    return `Leases can't be renewed: ${failure}`;
  }
  const reasons = all.map(({ engine }) => engine.health().reason);
  return reasons.find((reason) => reason !== null) ?? null;
}
