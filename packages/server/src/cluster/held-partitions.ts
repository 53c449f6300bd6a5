import type { ClaimedPartition, NodeRow, PartitionTable } from "../store/postgres/index.ts";
import type { Timers } from "../time/timers.ts";
import { Lease } from "./lease.ts";
import { OwnedPartition, type PartitionEngine } from "./owned-partition.ts";

/** What {@link HeldPartitions} are made of. */
export interface HeldPartitionsOptions<PartEngine extends PartitionEngine> {
  readonly table: Pick<PartitionTable, "claim" | "release">;
  readonly node: Pick<NodeRow, "id">;
  /** How long a claim lasts without a renewal, in milliseconds. */
  readonly leaseMs: number;
  readonly timers: Timers;
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

/** A partition that this node has claimed. */
export interface HeldPartition<PartEngine extends PartitionEngine> {
  readonly claimed: ClaimedPartition;
  readonly lease: Lease;
  /** Undefined while its engine opens. */
  partition: OwnedPartition<PartEngine> | undefined;
}

/** The partitions of one database that this node has claimed, from the claim until they are given back or lost. */
export class HeldPartitions<PartEngine extends PartitionEngine> {
  readonly #options: HeldPartitionsOptions<PartEngine>;
  readonly #held = new Map<number, HeldPartition<PartEngine>>();
  #all: readonly OwnedPartition<PartEngine>[] | undefined;
  /** Partitions whose engines could not be opened, and when to try again. */
  readonly #resting = new Map<number, number>();
  readonly #handingOver = new Set<Promise<void>>();
  #keepsNone = false;

  constructor(options: HeldPartitionsOptions<PartEngine>) {
    this.#options = options;
  }

  /** Those whose engines were opened, though some may be closing. The same list as long as those are the same. */
  get all(): readonly OwnedPartition<PartEngine>[] {
    this.#all ??= [...this.#held.values()].flatMap(({ partition }) => partition ?? []);
    return this.#all;
  }

  /** With those whose engines open. */
  get claims(): readonly HeldPartition<PartEngine>[] {
    return [...this.#held.values()];
  }

  get numbers(): ReadonlySet<number> {
    return new Set(this.#held.keys());
  }

  /** The partition, where its engine was opened. */
  get(number: number): OwnedPartition<PartEngine> | undefined {
    return this.#held.get(number)?.partition;
  }

  /** Whether its engine could not be opened a moment ago. */
  isResting(partition: number): boolean {
    const now = this.#options.timers.monotonicNow();
    return (this.#resting.get(partition) ?? now) > now;
  }

  /** @returns whether it was to be had: its engine opens then */
  async claim(partition: number): Promise<boolean> {
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

  /** Gives so many back, those included that are on their way already. */
  giveBack(count: number): void {
    const staying = this.all
      .filter(({ isStaying }) => isStaying)
      .toSorted((one, other) => other.claimed.partition - one.claimed.partition);
    const going = this.all.length - staying.length;
    for (const { claimed } of staying.slice(0, Math.max(0, count - going))) {
      this.#giveBack(this.#held.get(claimed.partition));
    }
  }

  /** From now on each is given back as soon as its engine was opened. */
  keepNone(): void {
    this.#keepsNone = true;
  }

  /** Gives all back. Settled once they are, and no engine opens any more. */
  async giveBackAll(): Promise<void> {
    for (const held of this.#held.values()) {
      this.#giveBack(held);
    }
    await this.settled();
  }

  /** Settled once no engine opens, and all that is being given back is. */
  async settled(): Promise<void> {
    await Promise.all(this.#handingOver);
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
    this.#forget(partition);
    held.lease.end();
    held.partition?.stop().catch((error: unknown) => this.#options.onError(error));
    this.#options.onChange();
  }

  /** Stops all at once, as a crash does. */
  async stop(): Promise<void> {
    const stopped = [...this.#held.values()].map(({ lease, partition }) => {
      lease.end();
      return partition?.stop();
    });
    this.#held.clear();
    this.#all = undefined;
    await Promise.all(stopped);
  }

  async #open(held: HeldPartition<PartEngine>): Promise<void> {
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
      if (this.#keepsNone) {
        this.#giveBack(held);
      }
      onChange();
    } catch (error) {
      this.#resting.set(claimed.partition, timers.monotonicNow() + leaseMs);
      onError(error);
      await this.#release(held);
    }
  }

  #giveBack(held: HeldPartition<PartEngine> | undefined): void {
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

  async #release(held: HeldPartition<PartEngine>): Promise<void> {
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
      this.#forget(held.claimed.partition);
    }
    onChange();
  }

  #forget(partition: number): void {
    this.#held.delete(partition);
    this.#all = undefined;
  }
}
