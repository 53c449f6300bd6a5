import { setTimeout as sleep } from "node:timers/promises";
import type { Flawless, ModuleSource } from "@flawless-ts/sdk";
import { FlawlessError } from "@flawless-ts/wasm-module";
import type { Logger } from "pino";

/** What the link needs from a Flawless client. */
export type FlawlessClient = Pick<Flawless, "url" | "health" | "version" | "deploy">;

/** The state of Flawless, as the control plane sees it. */
export interface FlawlessState {
  readonly url: string;
  /** `waiting`: not reached yet. `deploying`. `ready`. `unreachable`: it was reached before. `refused`: it refused a module. */
  readonly status: "waiting" | "deploying" | "ready" | "unreachable" | "refused";
  /** What is wrong; null if nothing is. */
  readonly reason: string | null;
  /** The deployed modules, as `name:version`. */
  readonly modules: readonly string[];
}

/** Options of {@link FlawlessLink}. */
export interface FlawlessLinkOptions {
  readonly client: FlawlessClient;
  /** The modules to deploy once Flawless can be reached. */
  readonly modules: readonly ModuleSource[];
  readonly logger: Logger;
  /** The max pause before a retry, in milliseconds; the first pauses are shorter. Default 1,000. */
  readonly retryMs?: number | undefined;
}

const healthTimeoutMs = 2_000;
/** Servers that start together with this one are ready soon. */
const firstPauseMs = 25;

/** Waits for a Flawless server, deploys modules to it, and reports its state. Disposing of it stops the waiting. */
export class FlawlessLink implements AsyncDisposable {
  readonly #client: FlawlessClient;
  readonly #modules: readonly ModuleSource[];
  readonly #logger: Logger;
  readonly #retryMs: number;
  readonly #stopped = new AbortController();
  readonly #work: Promise<void>;
  #state: FlawlessState;
  #asking: Promise<FlawlessState> | undefined;

  constructor({ client, modules, logger, retryMs = 1_000 }: FlawlessLinkOptions) {
    this.#client = client;
    this.#modules = modules;
    this.#logger = logger;
    this.#retryMs = retryMs;
    this.#state = { url: client.url, status: "waiting", reason: "not asked yet", modules: [] };
    this.#work = this.#prepare();
  }

  get url(): string {
    return this.#client.url;
  }

  /** Settles once all modules are deployed, or can't be. */
  get prepared(): Promise<void> {
    return this.#work;
  }

  /** The current state. Once Flawless was ready, this sends it a request; concurrent callers share one. */
  ask(): Promise<FlawlessState> {
    if (this.#state.status !== "ready" && this.#state.status !== "unreachable") {
      return Promise.resolve(this.#state);
    }
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#work;
  }

  async #prepare(): Promise<void> {
    const { signal } = this.#stopped;
    let told = false;
    let pauseMs = Math.min(firstPauseMs, this.#retryMs);
    while (!signal.aborted) {
      try {
        await this.#reach(signal);
        await this.#deploy(signal);
        this.#set("ready", null);
        this.#logger.info({ url: this.url, modules: this.#state.modules }, "Flawless is ready");
        return;
      } catch (error) {
        if (signal.aborted) {
          return;
        }
        const reason = error instanceof Error ? error.message : String(error);
        if (isRefusal(error)) {
          this.#set("refused", reason);
          this.#logger.error({ url: this.url, err: error }, "Flawless refuses a module");
          return;
        }
        this.#set("waiting", reason);
        if (!told) {
          this.#logger.warn({ url: this.url, reason }, `waiting for Flawless at ${this.url}`);
          told = true;
        }
      }
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, this.#retryMs);
    }
  }

  async #deploy(signal: AbortSignal): Promise<void> {
    this.#set("deploying", "modules are being deployed");
    const deployed: string[] = [];
    for (const module of this.#modules) {
      const { name, version } = await this.#client.deploy(module, { signal });
      deployed.push(`${name}:${version}`);
    }
    this.#state = { ...this.#state, modules: deployed };
  }

  async #ask(): Promise<FlawlessState> {
    try {
      await this.#reach(this.#stopped.signal);
      this.#set("ready", null);
    } catch (error) {
      this.#set("unreachable", error instanceof Error ? error.message : String(error));
    }
    return this.#state;
  }

  /** The original server reports its version, but not its health. */
  async #reach(signal: AbortSignal): Promise<void> {
    const options = { timeoutMs: healthTimeoutMs, signal };
    try {
      const { status, reason } = await this.#client.health(options);
      if (status !== "ok") {
        throw new Error(
          `Flawless reports that it is ${status}: ${reason ?? "it gives no reason"}.`,
        );
      }
    } catch (error) {
      if (!FlawlessError.is(error) || error.code !== "FLAWLESS_NOT_SUPPORTED_BY_SERVER") {
        throw error;
      }
      await this.#client.version(options);
    }
  }

  #set(status: FlawlessState["status"], reason: string | null): void {
    this.#state = { ...this.#state, status, reason };
  }
}

/** Failures that a retry can't fix. */
const refusals: readonly string[] = [
  "FLAWLESS_MODULE_REFUSED",
  "FLAWLESS_CONFLICT",
  "FLAWLESS_MODULE_FILE",
  "FLAWLESS_INVALID_REQUEST",
  "FLAWLESS_UNAUTHORIZED",
];

function isRefusal(error: unknown): boolean {
  return FlawlessError.is(error) && refusals.includes(error.code);
}
