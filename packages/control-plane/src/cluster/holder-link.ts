import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCodeHeader } from "@flawless-ts/http-service";
import type { Logger } from "pino";
import { ControlPlaneError } from "../errors.ts";
import { askedNodeHeader } from "./asked-node.ts";
import { holderReason } from "./holder-failure.ts";
import type { NodeEntry } from "./node-registry.ts";
import type { RegistrationBody } from "./registration-routes.ts";

/** How the node that holds the queue is, as one that joined it sees it. */
export interface HolderState {
  readonly url: string;
  /** `refused`: it can be reached, but does not let this node join. */
  readonly status: "joined" | "unreachable" | "refused";
  /** What is wrong, in words; null while nothing is. */
  readonly reason: string | null;
  /** The holder's name, once it was told. */
  readonly node_id: string | null;
}

/** Options of {@link HolderLink}. */
export interface HolderLinkOptions {
  readonly holderUrl: string;
  /** What the holder wants as a token. */
  readonly token?: string | undefined;
  /** What to tell the holder; asked for each time. */
  readonly self: () => NodeEntry;
  readonly logger: Logger;
  /** How long to pause between two signs of life, in milliseconds. */
  readonly everyMs: number;
}

/** Short: whoever asks for the health does not wait for long. */
const registerTimeoutMs = 2_000;
const leaveTimeoutMs = 1_000;
const maxAnswerBytes = 64 * 1024;

/** Registers a node with the one that holds the queue, again and again. Disposing of it ends that, and says so. */
export class HolderLink implements AsyncDisposable {
  readonly #options: HolderLinkOptions;
  readonly #instance = randomUUID();
  readonly #stopped = new AbortController();
  #state: HolderState;
  #asking: Promise<HolderState> | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: HolderLinkOptions) {
    this.#options = options;
    const url = options.holderUrl;
    this.#state = { url, status: "unreachable", reason: "It was not asked yet.", node_id: null };
  }

  /**
   * Registers for the first time, and from then on again and again. A holder that is not there yet is waited for meanwhile.
   *
   * @throws ControlPlaneError `JOIN_REFUSED` where waiting can not help
   */
  async begin(): Promise<void> {
    const { url, status, reason } = await this.ask();
    if (status === "refused") {
      throw new ControlPlaneError("JOIN_REFUSED", `This node can't join ${url}: ${reason ?? ""}`);
    }
    this.#work = this.#goOn();
  }

  /** Asks the holder now; several who want to know share one question. */
  ask(): Promise<HolderState> {
    this.#asking ??= this.#register().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#work;
    await this.#asking;
    if (this.#state.status === "joined") {
      await this.#leave();
    }
  }

  async #goOn(): Promise<void> {
    const { everyMs } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) {
        await this.ask();
      }
    }
  }

  async #register(): Promise<HolderState> {
    const { id, url, flawlessUrl } = this.#options.self();
    const body: RegistrationBody = {
      node_id: id,
      instance: this.#instance,
      url,
      flawless_url: flawlessUrl,
    };
    try {
      const reply = await this.#post("register", body, registerTimeoutMs);
      this.#set(await stateOf(reply, this.#state));
    } catch (error) {
      this.#set({ ...this.#state, status: "unreachable", reason: holderReason(error) });
    }
    return this.#state;
  }

  async #leave(): Promise<void> {
    const { logger, self } = this.#options;
    try {
      const path = `${encodeURIComponent(self().id)}/leave`;
      const reply = await this.#post(path, { instance: this.#instance }, leaveTimeoutMs);
      await reply.body?.cancel();
    } catch (error) {
      logger.debug({ err: error }, "the holder was not told that this node stops");
    }
  }

  #post(path: string, body: object, timeoutMs: number): Promise<Response> {
    const { holderUrl, token, self } = this.#options;
    return fetch(`${holderUrl.replace(/\/+$/, "")}/api/nodes/${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        // By it a node that holds no queue itself sees what is asked of it.
        [askedNodeHeader]: self().id,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  /** Logs what changes, not each try. */
  #set(state: HolderState): void {
    const { logger } = this.#options;
    const { status, url, reason } = state;
    const before = this.#state;
    this.#state = state;
    if (status === "joined") {
      if (before.status !== "joined") {
        logger.info({ url, holder: state.node_id }, `joined ${url}`);
      }
    } else if (before.status !== status || before.reason === "It was not asked yet.") {
      logger.warn({ url, reason }, `the node that holds the queue, ${url}, is ${status}`);
    }
  }
}

async function stateOf(reply: Response, before: HolderState): Promise<HolderState> {
  const { url } = before;
  const text = await textOf(reply);
  const answer = objectOf(text);
  if (reply.status === 200 && typeof answer["holder_id"] === "string") {
    return { url, status: "joined", reason: null, node_id: answer["holder_id"] };
  }
  const said = typeof answer["error"] === "string" ? answer["error"] : text.slice(0, 200);
  const code = reply.headers.get(errorCodeHeader);
  const told = { url, reason: said, node_id: before.node_id };
  if (code === "NODE_HOLDS_NO_QUEUE") {
    return { ...told, status: "refused" };
  }
  if (reply.status >= 500 || reply.status === 429) {
    const reason = `It answers with status ${reply.status}: ${said || "no reason given"}`;
    return { ...told, status: "unreachable", reason };
  }
  if (reply.status === 401) {
    return { ...told, status: "refused", reason: `${said} (CONTROL_PLANE_JOIN_TOKEN)` };
  }
  if (code === null || reply.status === 404 || reply.status === 405) {
    const reason = `What answers there (status ${reply.status}) is no control plane that nodes can join. Is the URL right?`;
    return { ...told, status: "refused", reason };
  }
  return { ...told, status: "refused" };
}

/** Its beginning: nobody knows what answers there. */
async function textOf(reply: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) {
      break;
    }
  }
  return Buffer.concat(chunks).toString();
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
