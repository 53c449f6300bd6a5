import { InvalidOptionError } from "@flawless-ts/wasm-module";
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

/** What a {@link ClusterNode} is made of. */
export interface ClusterNodeOptions {
  readonly id: string;
  /** Connections for leases alone, which must not wait for anything else; one for each database, in their order. */
  readonly databases: readonly PostgresDatabase[];
  /** How many partitions the cluster has. */
  readonly partitions: number;
  readonly leaseMs: number;
  readonly graceMs: number;
  readonly timers: Timers;
  /** Follows the first database. */
  readonly clock: DatabaseClock;
  open(claimed: ClaimedPartition, lease: Lease): Promise<Engine>;
  /** Tells other nodes that there is something to see in a database. @param database its index */
  say(database: number): void;
  onError(error: unknown): void;
}

/** This node in its cluster: which partitions it runs, and who runs the others. */
export class ClusterNode {
  readonly id: string;
  readonly partitions: number;
  readonly leaseMs: number;
  /** Whether partitions never move, and engines reach each other without requests. */
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
   * Takes part from now on. Settled once the first partitions run here, or all have other owners.
   *
   * @param url where other nodes reach this one
   * @throws InvalidOptionError where another node has the same id
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

  /** The partitions that run here. */
  get open(): readonly OwnedPartition[] {
    return this.#members.flatMap((member) => member.open);
  }

  /** Whether a partition runs here that is not on its way to another node. */
  get takesStarts(): boolean {
    return this.#members.some(({ all }) => all.some(({ isStaying }) => isStaying));
  }

  /** The partition for the next start: see `StartTurns`. One that is being handed over only where there is no other. */
  nextForStart(): OwnedPartition | undefined {
    const [first, ...others] = this.#members;
    const all =
      others.length === 0 ? (first?.all ?? []) : this.#members.flatMap((each) => each.all);
    const turn = this.#turns.next();
    const inTurn = (is: (partition: OwnedPartition) => boolean): OwnedPartition | undefined => {
      for (let index = 0; index < all.length; index += 1) {
        const partition = all[(turn + index) % all.length];
        if (partition !== undefined && is(partition)) {
          return partition;
        }
      }
      return undefined;
    };
    return inTurn(({ isStaying }) => isStaying) ?? inTurn(({ isOpen }) => isOpen);
  }

  /** The partition, where it runs here. */
  partition(number: number): OwnedPartition | undefined {
    return this.#memberOf(number)?.partition(number);
  }

  /** A partition of this epoch turned out to be another node's. */
  lose(claimed: ClaimedPartition): void {
    this.#memberOf(claimed.partition)?.lose(claimed);
  }

  /** The other node that runs a partition, by what was last seen. */
  otherOwnerOf(number: number): NodeRow | undefined {
    const owner = this.#memberOf(number)?.ownerOf(number);
    return owner?.id === this.id ? undefined : owner;
  }

  /** The epoch of a partition, as it was last seen. */
  epochOf(number: number): number {
    const row = this.#memberOf(number)?.sight.partitions.find(
      ({ partition }) => partition === number,
    );
    return row?.epoch ?? 0;
  }

  /** The other nodes that live, by what was last seen. */
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

  /** The partitions whose engines were opened here, also those that are being handed over. */
  get all(): readonly OwnedPartition[] {
    return this.#members.flatMap((member) => member.all);
  }

  /** Why this node can do nothing; null while it can. */
  get problem(): string | null {
    if (this.#isLeaving) {
      return "The node is shutting down.";
    }
    return this.open.length === 0 && this.others.length === 0
      ? "No partition runs here, and no other node is known."
      : null;
  }

  /** Why nothing can be done in each of the databases; null where it can. */
  get problems(): readonly (string | null)[] {
    return this.#members.map(({ all, failure }) => {
      if (failure !== null) {
        return `Leases can't be renewed: ${failure}`;
      }
      const reasons = all.map(({ engine }) => engine.health().reason);
      return reasons.find((reason) => reason !== null) ?? null;
    });
  }

  /** What is in each database, as it was last seen, and how long ago that was, in milliseconds. */
  get sights(): readonly {
    readonly nodes: readonly NodeRow[];
    readonly partitions: readonly PartitionRow[];
    readonly lagMs: number;
    readonly failure: string | null;
  }[] {
    return this.#members.map(({ sight, lagMs, failure }) => ({ ...sight, lagMs, failure }));
  }

  /** Another node has said that there is something to see in a database. */
  hear(database: number): void {
    this.#members[database]?.hear();
  }

  /** Settled when it was seen that partitions have other owners, or the time (milliseconds) is over. */
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

  /** Calls back at each such change; gives what ends that. */
  onChange(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => this.#waiting.delete(callback);
  }

  /** Hands over all partitions in order. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#members.map((member) => member.leave()));
  }

  /** After `leave`, when nobody asks any more who runs what. */
  async end(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()));
    this.#changed();
  }

  /** Stops all at once, as a crash does. */
  async kill(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#members.map((member) => member.kill()));
    this.#changed();
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
