import type { ClaimedPartition, NodeRow, PartitionTable } from "../store/postgres/index.ts";
import type { Timers } from "../time/timers.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { planOf, type Sight } from "./fair-share.ts";
import { Lease } from "./lease.ts";
import { OwnedPartition, type PartitionEngine } from "./owned-partition.ts";

/** What a {@link DatabaseMember} is made of. */
export interface DatabaseMemberOptions<PartEngine extends PartitionEngine> {
  readonly table: Pick<
    PartitionTable,
    "now" | "heartbeat" | "removeNode" | "nodes" | "partitions" | "claim" | "renew" | "release"
  >;
  readonly node: Pick<NodeRow, "id" | "url">;
  /** How long a claim lasts without a renewal, in milliseconds. */
  readonly leaseMs: number;
  readonly timers: Timers;
  /** Where it follows this database: it does after each renewal. */
  readonly clock?: Pick<DatabaseClock, "synchronise"> | undefined;
  /** How long requests of workflows may go on when a partition is given back, in milliseconds. */
  readonly graceMs: number;
  /** Opens the engine of a partition that was claimed. */
  open(claimed: ClaimedPartition, lease: Lease): Promise<PartEngine>;
  /** Tells other nodes that there is something to see: partitions to claim, or a new node. Default: they see it when they look. */
  readonly say?: () => void;
  /** Called when it was seen or made that partitions have other owners. */
  onChange(): void;
  onError(error: unknown): void;
}

interface Held<PartEngine extends PartitionEngine> {
  readonly claimed: ClaimedPartition;
  readonly lease: Lease;
  /** Undefined while its engine opens. */
  partition: OwnedPartition<PartEngine> | undefined;
}

/** Nodes that were silent for so many leases are forgotten. */
const forgottenAfterLeases = 20;

/**
 * A node's part in one database: it renews its leases, claims what is free up to its share, and gives back what is beyond.
 * What it can't renew it stops before the lease is over.
 */
export class DatabaseMember<PartEngine extends PartitionEngine> {
  readonly #options: DatabaseMemberOptions<PartEngine>;
  readonly #held = new Map<number, Held<PartEngine>>();
  #all: readonly OwnedPartition<PartEngine>[] | undefined;
  /** Partitions whose engines could not be opened, and when to try again. */
  readonly #resting = new Map<number, number>();
  readonly #handingOver = new Set<Promise<void>>();
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
  }

  /** What the database was last seen to say. */
  get sight(): Sight {
    return this.#sight;
  }

  /** Why the database can't be asked at the moment; null while it can. */
  get failure(): string | null {
    return this.#failure;
  }

  /** How long ago it was last seen, in milliseconds. */
  get lagMs(): number {
    return this.#options.timers.monotonicNow() - this.#seenAt;
  }

  /** The partitions whose engines were opened here, though some may be closing. The same list as long as those are the same. */
  get all(): readonly OwnedPartition<PartEngine>[] {
    this.#all ??= [...this.#held.values()].flatMap(({ partition }) => partition ?? []);
    return this.#all;
  }

  /** The partitions that run here. */
  get open(): readonly OwnedPartition<PartEngine>[] {
    return this.all.filter(({ isOpen }) => isOpen);
  }

  /** The partition, where it runs here. */
  partition(number: number): OwnedPartition<PartEngine> | undefined {
    const partition = this.#held.get(number)?.partition;
    return partition?.isOpen === true ? partition : undefined;
  }

  /** The node that runs a partition, by what was last seen; undefined where none is known. */
  ownerOf(number: number): NodeRow | undefined {
    const { nodes, partitions } = this.#sight;
    const row = partitions.find(({ partition }) => partition === number);
    if (row === undefined || (row.leaseMs ?? -1) - this.lagMs < 0) {
      return undefined;
    }
    return nodes.find(({ id }) => id === row.owner);
  }

  /** Begins to take part: again and again until it leaves. */
  async begin(): Promise<void> {
    const { timers, leaseMs } = this.#options;
    this.#watch = timers.setInterval(() => this.check(), leaseMs / 50);
    await this.look();
    this.#options.say?.();
    this.#plan();
  }

  /** Looks what there is, renews, claims and gives back, once. Never fails: see `failure`. */
  look(): Promise<void> {
    this.#round ??= this.#look().finally(() => {
      this.#round = undefined;
      this.#lookAgain();
    });
    return this.#round;
  }

  /** Another node has said that there is something to see: looks now, or once more where it just does. */
  hear(): void {
    this.#again = true;
    this.#lookAgain();
  }

  /** Stops what it may not run any more. */
  check(): void {
    for (const { claimed, lease } of [...this.#held.values()]) {
      if (!lease.isValid) {
        this.lose(claimed);
      }
    }
  }

  /** A partition is another node's by now, or may soon be. */
  lose({ partition, epoch }: ClaimedPartition): void {
    const held = this.#held.get(partition);
    if (held?.claimed.epoch !== epoch) {
      return;
    }
    this.#held.delete(partition);
    this.#all = undefined;
    held.lease.end();
    held.partition?.stop().catch((error: unknown) => this.#options.onError(error));
    this.#options.onChange();
  }

  /** Settled once all that is being given back is. */
  async handedOver(): Promise<void> {
    await Promise.all(this.#handingOver);
  }

  /** Hands over all partitions in order, and claims none any more. Others may take each as soon as it is closed. */
  async leave(): Promise<void> {
    const { table, node, onError } = this.#options;
    if (this.#state !== "in") {
      return;
    }
    this.#state = "leaving";
    await this.#round;
    await table.removeNode(node.id).catch(onError);
    for (const held of this.#held.values()) {
      this.#giveBack(held);
    }
    await this.handedOver();
  }

  /** It no longer looks who runs what, which it does until all requests are answered. */
  async end(): Promise<void> {
    this.#stop();
    await this.#round;
  }

  /** Stops at once, as a crash does. The others take over when the leases are over. */
  async kill(): Promise<void> {
    this.#stop();
    const stopped = [...this.#held.values()].map(({ lease, partition }) => {
      lease.end();
      return partition?.stop();
    });
    this.#held.clear();
    this.#all = undefined;
    await Promise.all(stopped);
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
    const held = [...this.#held.values()];
    const claims = held.map(({ claimed }) => claimed);
    const renewed = new Set(await table.renew(node.id, claims, leaseMs));
    for (const { claimed, lease } of held) {
      if (renewed.has(claimed.partition)) {
        lease.extend(askedAt);
      } else {
        this.lose(claimed);
      }
    }
    this.#renewedAt = askedAt;
    await this.#options.clock?.synchronise(() => table.now());
  }

  async #act(): Promise<void> {
    const { node, leaseMs, timers } = this.#options;
    const { free, claim, giveBack } = planOf(
      this.#sight,
      node.id,
      new Set(this.#held.keys()),
      leaseMs,
    );
    const now = timers.monotonicNow();
    const wanted = free.filter((partition) => (this.#resting.get(partition) ?? now) <= now);
    // Nodes that see the same free partitions do not all begin with the same one.
    const first = Math.floor(Math.random() * wanted.length);
    const inTurn = [...wanted.slice(first), ...wanted.slice(0, first)];
    for (let left = claim; left > 0 && inTurn.length > 0;) {
      const tried = inTurn.splice(0, left);
      const won = await Promise.all(tried.map((partition) => this.#claim(partition)));
      left -= won.filter(Boolean).length;
    }
    const staying = this.all
      .filter(({ isStaying }) => isStaying)
      .toSorted((one, other) => other.claimed.partition - one.claimed.partition);
    const going = this.all.length - staying.length;
    for (const { claimed } of staying.slice(0, Math.max(0, giveBack - going))) {
      this.#giveBack(this.#held.get(claimed.partition));
    }
  }

  async #claim(partition: number): Promise<boolean> {
    const { table, node, leaseMs, timers } = this.#options;
    const askedAt = timers.monotonicNow();
    const claimed = await table.claim(partition, node.id, leaseMs);
    if (claimed === undefined) {
      return false;
    }
    const held = { claimed, lease: new Lease(timers, leaseMs, askedAt), partition: undefined };
    this.#held.set(partition, held);
    const opening = this.#open(held).finally(() => this.#handingOver.delete(opening));
    this.#handingOver.add(opening);
    return true;
  }

  async #open(held: Held<PartEngine>): Promise<void> {
    const { claimed, lease } = held;
    const { open, onChange, onError, timers, leaseMs } = this.#options;
    try {
      const engine = await open(claimed, lease);
      const partition = new OwnedPartition(claimed, lease, engine);
      if (this.#held.get(claimed.partition) !== held || !lease.isValid) {
        await partition.stop();
        return;
      }
      held.partition = partition;
      this.#all = undefined;
      this.#resting.delete(claimed.partition);
      if (this.#state === "leaving") {
        this.#giveBack(held);
      }
      onChange();
    } catch (error) {
      this.#resting.set(claimed.partition, timers.monotonicNow() + leaseMs);
      onError(error);
      await this.#release(held);
    }
  }

  #giveBack(held: Held<PartEngine> | undefined): void {
    if (held?.partition?.isStaying !== true) {
      return;
    }
    const closing = held.partition
      .close(this.#options.graceMs)
      .catch((error: unknown) => this.#options.onError(error))
      .then(() => this.#release(held))
      .finally(() => this.#handingOver.delete(closing));
    this.#handingOver.add(closing);
    this.#options.onChange();
  }

  async #release(held: Held<PartEngine>): Promise<void> {
    const { table, node, onError, onChange, say } = this.#options;
    try {
      await table.release(node.id, [held.claimed]);
      say?.();
    } catch (error) {
      // Then it is free when its lease is over.
      onError(error);
    }
    held.lease.end();
    if (this.#held.get(held.claimed.partition) === held) {
      this.#held.delete(held.claimed.partition);
      this.#all = undefined;
    }
    onChange();
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
