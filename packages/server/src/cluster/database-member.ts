import type { ClaimedPartition, NodeRow, PartitionTable } from "../store/postgres/index.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { planOf, type Sight } from "./fair-share.ts";
import { HeldPartitions, type HeldPartitionsOptions } from "./held-partitions.ts";
import type { OwnedPartition, PartitionEngine } from "./owned-partition.ts";

/** Options of {@link DatabaseMember}. */
export interface DatabaseMemberOptions<
  PartEngine extends PartitionEngine,
> extends HeldPartitionsOptions<PartEngine> {
  readonly table: Pick<
    PartitionTable,
    "now" | "heartbeat" | "removeNode" | "nodes" | "partitions" | "claim" | "renew" | "release"
  >;
  readonly node: Pick<NodeRow, "id" | "url">;
  /** A clock to adjust to this database after each renewal, if any. */
  readonly clock?: Pick<DatabaseClock, "synchronise"> | undefined;
}

/** Nodes that were silent for this many leases are removed. */
const forgottenAfterLeases = 20;

/**
 * A node's part in one database: it renews its leases, claims free partitions up to its share, and gives back the
 * excess. It stops what it can't renew before the lease is over.
 */
export class DatabaseMember<PartEngine extends PartitionEngine> {
  readonly #options: DatabaseMemberOptions<PartEngine>;
  readonly #held: HeldPartitions<PartEngine>;
  #sight: Sight = { nodes: [], partitions: [] };
  #failure: string | null = "It was not asked yet.";
  #seenAt = Number.NEGATIVE_INFINITY;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #round: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #state: "in" | "leaving" | "out" = "in";

  constructor(options: DatabaseMemberOptions<PartEngine>) {
    this.#options = options;
    this.#held = new HeldPartitions(options);
  }

  /** The nodes and partitions in the database, as last seen. */
  get sight(): Sight {
    return this.#sight;
  }

  /** Why the database is unavailable; null if it isn't. */
  get failure(): string | null {
    return this.#failure;
  }

  /** How long ago the database was last read, in milliseconds. */
  get lagMs(): number {
    return this.#options.timers.monotonicNow() - this.#seenAt;
  }

  /** The partitions whose engines are open here, or closing. The same array until they change. */
  get all(): readonly OwnedPartition<PartEngine>[] {
    return this.#held.all;
  }

  /** The partitions that run here. */
  get open(): readonly OwnedPartition<PartEngine>[] {
    return this.all.filter(({ isOpen }) => isOpen);
  }

  /** The partition, if it runs here. */
  partition(number: number): OwnedPartition<PartEngine> | undefined {
    const partition = this.#held.get(number);
    return partition?.isOpen === true ? partition : undefined;
  }

  /** The node that runs a partition, as last seen; undefined if none is known. */
  ownerOf(number: number): NodeRow | undefined {
    const { nodes, partitions } = this.#sight;
    const row = partitions.find(({ partition }) => partition === number);
    if (row === undefined || (row.leaseMs ?? -1) - this.lagMs < 0) {
      return undefined;
    }
    return nodes.find(({ id }) => id === row.owner);
  }

  /** Joins, and looks again and again until it leaves. */
  async begin(): Promise<void> {
    const { timers, leaseMs } = this.#options;
    this.#watch = timers.setInterval(() => this.check(), leaseMs / 50);
    await this.look();
    this.#options.say?.();
    this.#plan();
  }

  /** Runs one round: reads, renews, claims and gives back. Never fails: see `failure`. */
  look(): Promise<void> {
    this.#round ??= this.#look().finally(() => {
      this.#round = undefined;
      this.#lookAgain();
    });
    return this.#round;
  }

  /** Another node has announced a change: looks now, or once more if it is just looking. */
  hear(): void {
    this.#again = true;
    this.#lookAgain();
  }

  /** Stops partitions whose lease is over. */
  check(): void {
    this.#held.check();
  }

  /** A partition belongs to another node by now, or soon may. */
  lose(claimed: ClaimedPartition): void {
    this.#held.lose(claimed);
  }

  /** Resolves once no engine is opening, and everything being given back has been. */
  async handedOver(): Promise<void> {
    await this.#held.settled();
  }

  /** Hands over all partitions gracefully, and claims no more. Others may take each as soon as it is closed. */
  async leave(): Promise<void> {
    const { table, node, onError } = this.#options;
    if (this.#state !== "in") {
      return;
    }
    this.#state = "leaving";
    this.#held.keepNone();
    await this.#round;
    await table.removeNode(node.id).catch(onError);
    await this.#held.giveBackAll();
  }

  /** Stops reading the owners of partitions, which are needed until all requests have responses. */
  async end(): Promise<void> {
    this.#stop();
    await this.#round;
  }

  /** Stops immediately, like a crash. The other nodes take over when the leases are over. */
  async kill(): Promise<void> {
    this.#stop();
    await this.#held.stop();
  }

  #lookAgain(): void {
    if (this.#again && this.#round === undefined && this.#state === "in") {
      this.#again = false;
      void this.look();
    }
  }

  #stop(): void {
    this.#state = "out";
    this.#options.timers.clearTimeout(this.#timer);
    this.#options.timers.clearInterval(this.#watch);
  }

  #plan(): void {
    const { timers, leaseMs, node } = this.#options;
    const ends = this.#sight.partitions
      .filter(({ owner }) => owner !== node.id)
      .map((row) => (row.leaseMs ?? Infinity) + 2)
      .filter((left) => left > 0);
    if (this.#state !== "out") {
      const pause = Math.max(leaseMs / 200, Math.min(leaseMs / 20, ...ends));
      this.#timer = timers.setTimeout(() => void this.look().then(() => this.#plan()), pause);
    }
  }

  async #look(): Promise<void> {
    const { table, leaseMs, timers } = this.#options;
    try {
      if (timers.monotonicNow() - this.#renewedAt >= leaseMs / 5) {
        await this.#renew();
      }
      const askedAt = timers.monotonicNow();
      const [nodes, partitions] = await Promise.all([table.nodes(), table.partitions()]);
      const changed = whoRuns({ nodes, partitions }) !== whoRuns(this.#sight);
      this.#sight = { nodes, partitions };
      this.#seenAt = askedAt;
      this.#failure = null;
      if (changed) {
        this.#options.onChange();
      }
      if (this.#state === "in") {
        await this.#act();
        await this.#forget(
          nodes.filter(({ silentMs }) => silentMs > forgottenAfterLeases * leaseMs),
        );
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    this.check();
  }

  async #renew(): Promise<void> {
    const { table, leaseMs, timers, node } = this.#options;
    const askedAt = timers.monotonicNow();
    if (this.#state === "in") {
      await table.heartbeat(node);
    }
    const held = this.#held.claims;
    const claims = held.map(({ claimed }) => claimed);
    const renewed = new Set(await table.renew(node.id, claims, leaseMs));
    for (const { claimed, lease } of held) {
      if (renewed.has(claimed.partition)) {
        lease.extend(askedAt);
      } else {
        this.#held.lose(claimed);
      }
    }
    this.#renewedAt = askedAt;
    await this.#options.clock?.synchronise(() => table.now());
  }

  async #act(): Promise<void> {
    const { node, leaseMs } = this.#options;
    const { free, claim, giveBack } = planOf(this.#sight, node.id, this.#held.numbers, leaseMs);
    const wanted = free.filter((partition) => !this.#held.isResting(partition));
    // Nodes that see the same free partitions should not all try the same one first.
    const first = Math.floor(Math.random() * wanted.length);
    const inTurn = [...wanted.slice(first), ...wanted.slice(0, first)];
    for (let left = claim; left > 0 && inTurn.length > 0;) {
      const tried = inTurn.splice(0, left);
      const won = await Promise.all(tried.map((partition) => this.#held.claim(partition)));
      left -= won.filter(Boolean).length;
    }
    this.#held.giveBack(giveBack);
  }

  async #forget(silent: readonly NodeRow[]): Promise<void> {
    for (const { id } of silent) {
      await this.#options.table.removeNode(id);
    }
  }
}

function whoRuns({ nodes, partitions }: Sight): string {
  return JSON.stringify([
    nodes.map(({ id, url }) => [id, url]),
    partitions.map(({ owner, epoch }) => [owner, epoch]),
  ]);
}
