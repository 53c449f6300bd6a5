import type { ClaimedPartition, NodeRow, PartitionTable } from "../store/postgres/index.ts";
import type { Timers } from "../time/timers.ts";
import { Lease } from "./lease.ts";
import { OwnedPartition, type PartitionEngine } from "./owned-partition.ts";

/** Options of {@link HeldPartitions}. */
export interface HeldPartitionsOptions<PartEngine extends PartitionEngine> {
  readonly table: Pick<PartitionTable, "claim" | "release">;
  readonly node: Pick<NodeRow, "id">;
  /** How long a claim lasts without a renewal, in milliseconds. */
  readonly leaseMs: number;
  readonly timers: Timers;
  /** How long requests of workflows may continue when a partition is given back, in milliseconds. */
  readonly graceMs: number;
  /** Opens the engine of a claimed partition. */
  open(claimed: ClaimedPartition, lease: Lease): Promise<PartEngine>;
  /** Notifies other nodes of free partitions or a new node. Default: they notice at their next look. */
  readonly say?: () => void;
  /** Called when partitions have other owners, as seen or changed by this node. */
  onChange(): void;
  onError(error: unknown): void;
}

/** A partition that this node has claimed. */
export interface HeldPartition<PartEngine extends PartitionEngine> {
  readonly claimed: ClaimedPartition;
  readonly lease: Lease;
  /** Undefined while its engine is opening. */
  partition: OwnedPartition<PartEngine> | undefined;
}

/** The partitions of one database that this node holds, from the claim until they are given back or lost. */
export class HeldPartitions<PartEngine extends PartitionEngine> {
  readonly #options: HeldPartitionsOptions<PartEngine>;
  readonly #held = new Map<number, HeldPartition<PartEngine>>();
  #all: readonly OwnedPartition<PartEngine>[] | undefined;
  /** Partitions whose engines could not be opened, and when to retry. */
  readonly #resting = new Map<number, number>();
  readonly #handingOver = new Set<Promise<void>>();
  #keepsNone = false;

  constructor(options: HeldPartitionsOptions<PartEngine>) {
    this.#options = options;
  }

  /** The partitions whose engines are open or closing. The same array until they change. */
  get all(): readonly OwnedPartition<PartEngine>[] {
    this.#all ??= [...this.#held.values()].flatMap(({ partition }) => partition ?? []);
    return this.#all;
  }

  /** All held partitions, including those whose engines are opening. */
  get claims(): readonly HeldPartition<PartEngine>[] {
    return [...this.#held.values()];
  }

  get numbers(): ReadonlySet<number> {
    return new Set(this.#held.keys());
  }

  /** The partition, if its engine has been opened. */
  get(number: number): OwnedPartition<PartEngine> | undefined {
    return this.#held.get(number)?.partition;
  }

  /** Whether its engine could not be opened a moment ago. */
  isResting(partition: number): boolean {
    const now = this.#options.timers.monotonicNow();
    return (this.#resting.get(partition) ?? now) > now;
  }

  /** @returns whether it could be claimed; its engine is then opening */
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

  /** Gives back this many, including those that are being given back already. */
  giveBack(count: number): void {
    const staying = this.all
      .filter(({ isOpen }) => isOpen)
      .toSorted((one, other) => other.claimed.partition - one.claimed.partition);
    const going = this.all.length - staying.length;
    for (const { claimed } of staying.slice(0, Math.max(0, count - going))) {
      this.#giveBack(this.#held.get(claimed.partition));
    }
  }

  /** From now on gives back each as soon as its engine has been opened. */
  keepNone(): void {
    this.#keepsNone = true;
  }

  /** Gives back all. Resolves once that is done, and no engine is opening. */
  async giveBackAll(): Promise<void> {
    for (const held of this.#held.values()) {
      this.#giveBack(held);
    }
    await this.settled();
  }

  /** Resolves once no engine is opening, and everything being given back has been. */
  async settled(): Promise<void> {
    await Promise.all(this.#handingOver);
  }

  /** Stops partitions whose lease is over. */
  check(): void {
    for (const { claimed, lease } of [...this.#held.values()]) {
      if (!lease.isValid) {
        this.lose(claimed);
      }
    }
  }

  /** A partition belongs to another node by now, or soon may. */
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

  /** Stops immediately, like a crash. */
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
    if (held?.partition?.isOpen !== true) {
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
      // The partition becomes free when its lease is over.
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
