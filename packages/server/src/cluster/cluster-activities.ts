import type { ActivityQueueSummary } from "@flawless-ts/sdk";
import type {
  ActivityBeat,
  ActivityLeaseTerms,
  ActivityPoll,
  ActivityReport,
  ActivityWorkerRegistration,
  HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import type { ActivityQueues } from "../activities/index.ts";
import type { ActivityApi } from "../api/engine-api.ts";
import type { NodeRow } from "../store/postgres/index.ts";
import type { PartitionNode } from "./partition-node.ts";
import { mergedSummaries } from "./merged-summaries.ts";
import { noOwner } from "./no-owner.ts";
import { partitionOfId } from "./partition-of.ts";
import type { Peers } from "./peers.ts";
import { RemoteQueues } from "./remote-queues.ts";
import { askAll } from "./ask-all.ts";

/** Nodes come and go: after this time, in milliseconds, the nodes to poll are chosen again. */
const maxRoundMs = 5_000;
/** If a worker takes fewer tasks than there are nodes, only some nodes are polled at a time, this many milliseconds. */
const maxTurnMs = 250;

/**
 * The queues of all nodes as one. Tasks wait at the node that runs their workflow. A worker's poll goes to all nodes,
 * and its reports about a task go to the node that runs the workflow now.
 */
export class ClusterActivities implements ActivityApi {
  readonly #queues: ActivityQueues;
  readonly #node: PartitionNode;
  readonly #peers: Peers;
  readonly #remote: RemoteQueues;
  #turn = 0;

  constructor(queues: ActivityQueues, node: PartitionNode, peers: Peers) {
    this.#queues = queues;
    this.#node = node;
    this.#peers = peers;
    this.#remote = new RemoteQueues(peers);
  }

  /** Engines that share a port share their workers: each connection of a worker may reach another engine. */
  async register(
    queue: string,
    registration: ActivityWorkerRegistration,
  ): Promise<ActivityLeaseTerms> {
    const terms = this.#queues.register(queue, registration);
    const { isFixed, others } = this.#node;
    if (isFixed || !this.#peers.isPassedOn) {
      this.#remote.know(queue, registration);
    }
    if (isFixed && !this.#peers.isPassedOn) {
      await Promise.all(others.map((node) => this.#remote.register(node, queue, registration)));
    }
    return terms;
  }

  async poll(
    queue: string,
    poll: ActivityPoll,
    signal?: AbortSignal,
  ): Promise<readonly HandedOutActivity[]> {
    if (this.#peers.isPassedOn || poll.max === 0) {
      return this.#queues.poll(queue, poll, signal);
    }
    const until = performance.now() + (poll.waitMs ?? Infinity);
    for (;;) {
      const asked = this.#inTurn().slice(0, poll.max);
      const isAll = asked.length === this.#node.others.length + 1;
      // Whole milliseconds: no timer takes parts of one.
      const left = Math.ceil(Math.max(0, until - performance.now()));
      const waitMs = Math.min(left, isAll ? maxRoundMs : maxTurnMs);
      const askedAt = performance.now();
      const max = Math.floor(poll.max / asked.length);
      const askers = asked.map((node) =>
        this.#askerOf(node, queue, { ...poll, max, waitMs }, signal),
      );
      const tasks = await askAll(askers, signal);
      // A poll that ended early was taken back: the worker polls again, or leaves.
      const isOver = left <= waitMs || performance.now() - askedAt < waitMs - 1;
      if (tasks.length > 0 || isOver) {
        return tasks;
      }
    }
  }

  async report(
    queue: string,
    worker: string,
    reports: readonly ActivityReport[],
  ): Promise<readonly string[]> {
    const { here, there } = this.#byNode(reports);
    const ended = this.#queues.report(queue, worker, here);
    const others = there.map(({ node, items }) =>
      this.#remote.tell(node, queue, "report", { worker, reports: items }),
    );
    return [...ended, ...(await Promise.all(others)).flat()];
  }

  async heartbeat(
    queue: string,
    worker: string,
    beats: readonly ActivityBeat[],
  ): Promise<readonly string[]> {
    const { here, there } = this.#byNode(beats, { mayWait: true });
    const ended = this.#queues.heartbeat(queue, worker, here);
    const others = there.map(({ node, items }) =>
      // The next heartbeat may arrive.
      this.#remote.tell(node, queue, "heartbeat", { worker, beats: items }).catch(() => []),
    );
    return [...ended, ...(await Promise.all(others)).flat()];
  }

  async leave(queue: string, worker: string): Promise<void> {
    this.#queues.leave(queue, worker);
    this.#remote.forget(queue, worker);
    if (!this.#peers.isPassedOn) {
      await Promise.all(this.#node.others.map((node) => this.#remote.leave(node, queue, worker)));
    }
  }

  async summaries(tasks: number): Promise<readonly ActivityQueueSummary[]> {
    const here = this.#queues.summaries(tasks);
    if (this.#peers.isPassedOn) {
      return here;
    }
    const there = await Promise.all(
      this.#node.others.map((node) => this.#remote.summaries(node, tasks)),
    );
    return mergedSummaries([here, ...there], tasks);
  }

  /** All nodes, each time starting with another one; undefined is this node. */
  #inTurn(): readonly (NodeRow | undefined)[] {
    const all = [undefined, ...this.#node.others];
    this.#turn = (this.#turn + 1) % all.length;
    return [...all.slice(this.#turn), ...all.slice(0, this.#turn)];
  }

  #askerOf(
    node: NodeRow | undefined,
    queue: string,
    poll: ActivityPoll,
    signal: AbortSignal | undefined,
  ): Parameters<typeof askAll>[0][number] {
    if (node !== undefined) {
      return this.#remote.asker(node, queue, poll);
    }
    return {
      answer: this.#queues.poll(queue, poll, signal),
      takeBack: async () => {
        await this.#queues.poll(queue, { worker: poll.worker, max: 0, waitMs: 0 });
      },
    };
  }

  /** @throws EngineError `NO_OWNER` if a partition has no owner, unless this may wait */
  #byNode<Item extends { readonly lease: string }>(
    items: readonly Item[],
    { mayWait = false }: { readonly mayWait?: boolean } = {},
  ): {
    readonly here: readonly Item[];
    readonly there: readonly { readonly node: NodeRow; readonly items: readonly Item[] }[];
  } {
    const here: Item[] = [];
    const there = new Map<string, { readonly node: NodeRow; readonly items: Item[] }>();
    for (const item of items) {
      const partition = partitionOfLease(item.lease, this.#node.partitions);
      if (
        this.#peers.isPassedOn ||
        partition === undefined ||
        this.#node.partition(partition) !== undefined
      ) {
        here.push(item);
        continue;
      }
      const owner = this.#node.otherOwnerOf(partition);
      if (owner !== undefined) {
        const group = there.get(owner.id) ?? { node: owner, items: [] };
        there.set(owner.id, group);
        group.items.push(item);
      } else if (!mayWait) {
        throw noOwner(partition);
      }
    }
    return { here, there: [...there.values()] };
  }
}

/** A lease begins with the key of its task, which begins with the id of its workflow. */
function partitionOfLease(lease: string, partitions: number): number | undefined {
  return partitionOfId(lease.split(".", 1)[0] ?? "", partitions);
}
