import { setTimeout as sleep } from "node:timers/promises";
import type { ActivityQueueSummary } from "@flawless-ts/sdk";
import type {
  ActivityPoll,
  ActivityWorkerRegistration,
  HandedOutActivity,
} from "@flawless-ts/sdk/internal";
import { EngineError } from "../errors.ts";
import type { NodeRow } from "../store/postgres/index.ts";
import type { Asker } from "./ask-all.ts";
import type { Peers } from "./peers.ts";

type Node = Pick<NodeRow, "url">;
interface OfWorker {
  readonly worker: string;
  readonly [more: string]: unknown;
}

/** The max number of remembered registrations: more than a node accepts workers. */
const maxRegistrations = 100_000;

/** The activity queues at other nodes, for workers of this node. */
export class RemoteQueues {
  readonly #peers: Peers;
  /** The registrations of workers here; other nodes get them when they are first polled for a worker. */
  readonly #registrations = new Map<string, ActivityWorkerRegistration>();

  constructor(peers: Peers) {
    this.#peers = peers;
  }

  know(queue: string, registration: ActivityWorkerRegistration): void {
    const key = keyOf(queue, registration.worker);
    this.#registrations.delete(key);
    this.#registrations.set(key, registration);
    const [oldest] = this.#registrations.keys();
    if (this.#registrations.size > maxRegistrations && oldest !== undefined) {
      this.#registrations.delete(oldest);
    }
  }

  forget(queue: string, worker: string): void {
    this.#registrations.delete(keyOf(queue, worker));
  }

  /** Polls for tasks. A node that can't be reached has none. */
  asker(node: Node, queue: string, { worker, max, waitMs: wait }: ActivityPoll): Asker {
    const over = new AbortController();
    const waitMs = wait ?? 0;
    const ask = async (): Promise<readonly HandedOutActivity[]> => {
      const signal = AbortSignal.timeout(waitMs + 10_000);
      const tasks = await this.#ask<readonly HandedOutActivity[]>(
        node,
        queue,
        "poll",
        { worker, max, waitMs },
        signal,
      );
      if (tasks === undefined) {
        await sleep(waitMs, undefined, { signal: over.signal }).catch(() => undefined);
      }
      return tasks ?? [];
    };
    return {
      answer: ask(),
      takeBack: async () => {
        over.abort();
        await this.#ask(node, queue, "poll", { worker, max: 1, takeBack: true });
      },
    };
  }

  /**
   * Reports about tasks.
   * @returns the leases that were no longer the worker's
   * @throws EngineError `NO_OWNER` if the node can't be reached
   */
  async tell(
    node: Node,
    queue: string,
    what: "report" | "heartbeat",
    body: OfWorker,
  ): Promise<readonly string[]> {
    const answer = await this.#ask<{ readonly ended: readonly string[] }>(node, queue, what, body);
    if (answer === undefined) {
      throw new EngineError(
        "NO_OWNER",
        "The node that runs the activity's workflow can't be reached. Tell it again.",
      );
    }
    return answer.ended;
  }

  /** A node that can't be reached learns of the worker when it is first polled for it. */
  async register(
    node: Node,
    queue: string,
    registration: ActivityWorkerRegistration,
  ): Promise<void> {
    await this.#ask(node, queue, "workers", { ...registration });
  }

  async leave(node: Node, queue: string, worker: string): Promise<void> {
    await this.#ask(node, queue, "leave", { worker });
  }

  async summaries(node: Node, tasks: number): Promise<readonly ActivityQueueSummary[]> {
    const path = `/api/activities?tasks=${tasks}`;
    return (await okOf(await this.#peers.ask(node, { method: "GET", path }))) ?? [];
  }

  /** @returns undefined if there is no response, or not the expected one */
  async #ask<Answer>(
    node: Node,
    queue: string,
    what: string,
    json: OfWorker,
    signal?: AbortSignal,
  ): Promise<Answer | undefined> {
    const path = (last: string): string => `/api/activities/${encodeURIComponent(queue)}/${last}`;
    const post = (last: string, body: unknown): ReturnType<Peers["ask"]> =>
      this.#peers.ask(node, {
        method: "POST",
        path: path(last),
        json: body,
        ...(signal === undefined ? {} : { signal }),
      });
    const answer = await post(what, json);
    const registration = this.#registrations.get(keyOf(queue, json.worker));
    if (answer?.status !== 404 || registration === undefined) {
      return okOf(answer);
    }
    await post("workers", registration);
    return okOf(await post(what, json));
  }
}

function okOf<Answer>(
  answer: { readonly status: number; readonly text: string } | undefined,
): Answer | undefined {
  return answer?.status === 200 ? (JSON.parse(answer.text) as { ok: Answer }).ok : undefined;
}

function keyOf(queue: string, worker: string): string {
  return JSON.stringify([queue, worker]);
}
