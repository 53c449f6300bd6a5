import { EngineError } from "../errors.ts";
import {
  assertConditions,
  type CancelFilter,
  type CancelledWorkflows,
  type EndManner,
  search,
  toRequestedPage,
} from "../engine/index.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import type { PartitionNode } from "./partition-node.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import { isClosed, noOwner } from "./no-owner.ts";
import type { Peers } from "./peers.ts";

const pageSize = 1_000;
/** The max number of concurrent requests. */
const atOnce = 16;

/** Cancels or terminates many workflows at once, each on its node. */
export class ClusterCancellations {
  readonly #node: PartitionNode;
  readonly #reader: ClusterReader;
  readonly #peers: Peers;

  constructor(node: PartitionNode, reader: ClusterReader, peers: Peers) {
    this.#node = node;
    this.#reader = reader;
    this.#peers = peers;
  }

  /** @throws EngineError like `Engine.endMatching`; `NO_OWNER`: some may have been cancelled; a retry is harmless */
  async matching(
    { dryRun = false, ...conditions }: CancelFilter,
    manner: EndManner,
  ): Promise<CancelledWorkflows> {
    assertConditions(conditions);
    const wanted = toRequestedPage({ limit: pageSize, ...conditions, status: "running" });
    await Promise.allSettled(this.#node.open.map(({ engine }) => engine.save()));
    const { found, below } = await search(this.#reader, wanted, (stored) =>
      this.#reader.ids(stored),
    );
    const page = found.slice(0, wanted.limit);
    const count = dryRun ? page.length : await this.#end(page, manner);
    const next = found.length > page.length ? (page.at(-1) ?? null) : below;
    return { count, cursor: next === null ? null : toPublicId(next) };
  }

  /** @returns how many of them were still running */
  async #end(ids: readonly number[], manner: EndManner): Promise<number> {
    const left = [...ids];
    let ended = 0;
    const work = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const isEnded = await this.#endOne(id, manner);
        ended += isEnded ? 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return ended;
  }

  async #endOne(number: number, manner: EndManner): Promise<boolean> {
    const id = toPublicId(number);
    const partition = number % this.#node.partitions;
    const here = this.#node.partition(partition);
    if (here !== undefined) {
      try {
        await here.engine.end(id, manner, { tree: false });
        return true;
      } catch (error) {
        if (error instanceof EngineError && error.code === "WORKFLOW_ENDED") {
          return false;
        }
        throw isClosed(error) ? noOwner(partition, error) : error;
      }
    }
    const owner = this.#node.otherOwnerOf(partition);
    const answer =
      owner === undefined
        ? undefined
        : await this.#peers.ask(owner, { method: "POST", path: `/api/workflows/${id}/${manner}` });
    if (answer === undefined || (answer.status !== 200 && answer.status !== 409)) {
      throw noOwner(partition);
    }
    return answer.status === 200;
  }
}
