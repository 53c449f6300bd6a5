import { EngineError } from "../errors.ts";
import {
  isOfOne,
  MassRestarts,
  type RestartedWorkflows,
  type RestartFilter,
  type RestartRequest,
} from "../engine/index.ts";
import { toWorkflowNumber } from "../engine/requests.ts";
import type { PartitionNode } from "./partition-node.ts";
import type { ClusterReader } from "./cluster-reader.ts";
import { isClosed, noOwner } from "./no-owner.ts";
import type { Peers } from "./peers.ts";

/** Restarts many workflows at once, each by the owner of its partition. */
export class ClusterRestarts {
  readonly #node: PartitionNode;
  readonly #peers: Peers;
  readonly #restarts: MassRestarts;

  constructor(node: PartitionNode, reader: ClusterReader, peers: Peers) {
    this.#node = node;
    this.#peers = peers;
    this.#restarts = new MassRestarts({
      store: reader,
      save: () => Promise.allSettled(node.open.map(({ engine }) => engine.save())),
      restart: (id, request) => this.#restart(id, request),
    });
  }

  /** @throws EngineError like `Engine.restartMatching`; `NO_OWNER`: some may have been restarted; retry with the key */
  matching(filter: RestartFilter): Promise<RestartedWorkflows> {
    return this.#restarts.matching(filter);
  }

  async #restart(id: string, request: RestartRequest): Promise<void> {
    const partition = toWorkflowNumber(id) % this.#node.partitions;
    const here = this.#node.partition(partition);
    if (here !== undefined) {
      try {
        await here.engine.restart(id, request);
        return;
      } catch (error) {
        throw isClosed(error) ? noOwner(partition, error) : error;
      }
    }
    const owner = this.#node.otherOwnerOf(partition);
    const answer =
      owner === undefined
        ? undefined
        : await this.#peers.ask(owner, {
            method: "POST",
            path: `/api/workflows/${id}/restart`,
            headers: headersOf(request),
          });
    if (answer?.status === 200) {
      return;
    }
    if (isOfOne(answer?.code)) {
      throw new EngineError(answer.code, messageOf(answer.text));
    }
    throw noOwner(partition);
  }
}

function headersOf({ idempotencyKey, origin }: RestartRequest): Readonly<Record<string, string>> {
  const headers = {
    "idempotency-key": idempotencyKey,
    "x-request-id": origin?.requestId,
    traceparent: origin?.trace?.traceparent,
    tracestate: origin?.trace?.tracestate,
  };
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => header[1] != null),
  );
}

function messageOf(body: string): string {
  const { error } = JSON.parse(body) as { readonly error: string };
  return error;
}
