import type { MessagePort } from "node:worker_threads";
import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import type { MetricsJson } from "../metrics/scraped-metrics.ts";
import type { CrossingGate } from "./crossing-gate.ts";
import type { RemoteCall, RemoteMethod } from "./remote-engine.ts";

/** What one engine of a server asks another one for. */
export interface LinkedEngine {
  /** Does an errand; see `PartitionElsewhere.run`. */
  errand(body: string): Promise<string>;
  metrics(): Promise<MetricsJson>;
  /** Asks for what is about one of its workflows. @throws EngineError as the method does */
  readonly call: RemoteCall;
}

/** How an engine is, as it told last. */
export interface OtherHealth {
  /** Why it can't do its part; null while it can. */
  readonly problem: string | null;
  /** How many of its workflows have not ended. */
  readonly running: number;
}

type Question =
  | { readonly kind: "errand"; readonly body: string }
  | { readonly kind: "metrics" }
  | {
      readonly kind: "call";
      readonly method: RemoteMethod;
      readonly parameters: readonly unknown[];
      /** Which ties its options have. */
      readonly ties: { readonly signal: boolean; readonly onStarted: boolean } | null;
    };

type Letter =
  | { readonly number: number; readonly question: Question }
  /** Nobody waits for the answer any more. */
  | { readonly number: number; readonly left: true }
  /** A workflow of this id was started, before it is durable. */
  | { readonly number: number; readonly started: string }
  | { readonly number: number; readonly answer: unknown }
  | { readonly number: number; readonly refusal: Refusal }
  | { readonly health: OtherHealth };

interface Refusal {
  /** Undefined: it is no error of the engine. */
  readonly code: EngineErrorCode | undefined;
  readonly message: string;
  readonly workflowId: string | undefined;
}

interface Waiting extends PromiseWithResolvers<unknown> {
  readonly onStarted: ((id: string) => void) | undefined;
}

/** The way between two engines of a server, which are in different threads. */
export class EngineLink implements LinkedEngine {
  readonly #port: MessagePort;
  readonly #gate: CrossingGate;
  readonly #waiting = new ShortLivedMap<number, Waiting>();
  /** The other one's calls that are under way here. */
  readonly #callers = new ShortLivedMap<number, AbortController>();
  #last = 0;
  /** How the other one is. */
  health: OtherHealth = { problem: null, running: 0 };

  /**
   * @param engine answers the other one's questions
   * @param gate errands, and what came of them, wait for it
   */
  constructor(port: MessagePort, engine: LinkedEngine, gate: CrossingGate) {
    this.#port = port;
    this.#gate = gate;
    port.on("message", (letter: Letter) => {
      if ("health" in letter) {
        this.health = letter.health;
      } else if ("question" in letter) {
        void this.#answer(letter.number, letter.question, engine);
      } else if ("left" in letter) {
        this.#callers.get(letter.number)?.abort();
      } else if ("started" in letter) {
        this.#waiting.get(letter.number)?.onStarted?.(letter.started);
      } else if ("refusal" in letter) {
        this.#take(letter.number)?.reject(toError(letter.refusal));
      } else {
        this.#take(letter.number)?.resolve(letter.answer);
      }
    });
    port.on("close", () => this.#breakOff());
    port.unref();
  }

  /** @throws Error where the other engine can't tell now what came of it */
  async errand(body: string): Promise<string> {
    await this.#gate.opened();
    return (await this.#ask({ kind: "errand", body })) as string;
  }

  async metrics(): Promise<MetricsJson> {
    return (await this.#ask({ kind: "metrics" })) as MetricsJson;
  }

  /** Tells the other one how this one is. */
  tell(health: OtherHealth): void {
    this.#port.postMessage({ health } satisfies Letter);
  }

  close(): void {
    this.#port.close();
    this.#breakOff();
  }

  readonly call: RemoteCall = async (method, parameters, ties) => {
    const { signal, onStarted } = ties ?? {};
    signal?.throwIfAborted();
    const told =
      ties === undefined
        ? null
        : { signal: signal !== undefined, onStarted: onStarted !== undefined };
    const number = this.#last + 1;
    const answer = this.#ask({ kind: "call", method, parameters, ties: told }, onStarted);
    if (signal === undefined) {
      return answer;
    }
    const leave = (): void => {
      this.#port.postMessage({ number, left: true } satisfies Letter);
      this.#take(number)?.reject(signal.reason as Error);
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await answer;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  };

  #ask(question: Question, onStarted?: (id: string) => void): Promise<unknown> {
    // It may be that it can't be copied: then nobody waits.
    this.#port.postMessage({ number: this.#last + 1, question } satisfies Letter);
    this.#last += 1;
    const waiting = { ...Promise.withResolvers<unknown>(), onStarted };
    this.#waiting.set(this.#last, waiting);
    return waiting.promise;
  }

  #take(number: number): Waiting | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }

  async #answer(number: number, question: Question, engine: LinkedEngine): Promise<void> {
    try {
      const answer = await this.#do(number, question, engine);
      if (question.kind === "errand") {
        await this.#gate.opened();
      }
      this.#port.postMessage({ number, answer } satisfies Letter);
    } catch (error) {
      this.#port.postMessage({ number, refusal: refusalOf(error) } satisfies Letter);
    } finally {
      this.#callers.delete(number);
    }
  }

  #do(number: number, question: Question, engine: LinkedEngine): Promise<unknown> {
    switch (question.kind) {
      case "errand":
        return engine.errand(question.body);
      case "metrics":
        return engine.metrics();
      case "call": {
        const { method, parameters, ties } = question;
        if (ties === null) {
          return engine.call(method, parameters);
        }
        const caller = new AbortController();
        this.#callers.set(number, caller);
        const onStarted = (started: string): void =>
          this.#port.postMessage({ number, started } satisfies Letter);
        return engine.call(method, parameters, {
          ...(ties.signal ? { signal: caller.signal } : {}),
          ...(ties.onStarted ? { onStarted } : {}),
        });
      }
    }
  }

  #breakOff(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new Error("The other engine is gone."));
    }
    this.#waiting.clear();
    for (const caller of this.#callers.values()) {
      caller.abort();
    }
  }
}

function refusalOf(error: unknown): Refusal {
  const { message } = error as Error;
  return error instanceof EngineError
    ? { code: error.code, message, workflowId: error.workflowId }
    : { code: undefined, message, workflowId: undefined };
}

function toError({ code, message, workflowId }: Refusal): Error {
  return code === undefined
    ? new Error(message)
    : new EngineError(code, message, workflowId === undefined ? {} : { workflowId });
}
