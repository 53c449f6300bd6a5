import { listOf } from "../list-of.ts";
import { shared } from "../shared.ts";
import { Event, EventTarget, type ListenerOptions } from "./event-target.ts";

type Wait = ReturnType<typeof shared.waitForTime>;

const key = Symbol("made by the library");
let abort: (signal: AbortSignal, reason: unknown) => void;

/** The standard's `AbortSignal`. `AbortSignal.timeout` is a durable sleep. */
export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown;
  #onabort: ((event: Event) => void) | null = null;
  #wait: Wait | undefined;
  #sources: readonly AbortSignal[] = [];
  readonly #dependents = new Set<AbortSignal>();
  readonly #operations = new Set<() => void>();

  static {
    abort = (signal, reason) => {
      if (signal.#aborted) return;
      const all = [signal, ...signal.#dependents].filter((each) => !each.#aborted);
      for (const each of all) {
        each.#aborted = true;
        each.#reason = reason ?? new DOMException("the operation was aborted", "AbortError");
        if (each.#wait !== undefined) shared.stopWaiting(each.#wait);
      }
      for (const each of all) for (const aborted of [...each.#operations]) aborted();
      for (const each of all) each.dispatchEvent(new Event("abort"));
    };
  }

  /** @internal */
  constructor(made?: symbol) {
    if (made !== key) throw new TypeError("use AbortController, or AbortSignal.timeout");
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(key);
    abort(signal, reason);
    return signal;
  }

  static timeout(milliseconds: number): AbortSignal {
    const delay = Number(milliseconds);
    if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError(`expected a time-out in milliseconds, but got ${String(milliseconds)}`);
    }
    const signal = new AbortSignal(key);
    const time = shared.parseDuration(Math.trunc(delay));
    signal.#wait = shared.waitForTime(time, () => signal.#late(), false);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const result = new AbortSignal(key);
    const given = listOf(signals, "an array of AbortSignals");
    for (const signal of given) {
      if (!(signal instanceof AbortSignal)) throw new TypeError("expected AbortSignals only");
    }
    const aborted = given.find((signal) => signal.aborted);
    if (aborted !== undefined) abort(result, aborted.reason);
    // Only the signals that don't depend on others, so that all dependents of a signal are aborted before any of them
    // is told.
    const sources = new Set(
      given.flatMap((signal) => (signal.#sources.length > 0 ? signal.#sources : [signal])),
    );
    result.#sources = [...sources];
    if (aborted === undefined) for (const source of sources) source.#dependents.add(result);
    return result;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  get onabort(): ((event: Event) => void) | null {
    return this.#onabort;
  }

  set onabort(listener: ((event: Event) => void) | null) {
    if (this.#onabort !== null) this.removeEventListener("abort", this.#onabort);
    this.#onabort = typeof listener === "function" ? listener : null;
    if (this.#onabort !== null) this.addEventListener("abort", this.#onabort);
  }

  override addEventListener(
    type: string,
    callback: Parameters<EventTarget["addEventListener"]>[1],
    options?: boolean | ListenerOptions,
  ): void {
    if (String(type) === "abort") this.#needTime();
    super.addEventListener(type, callback, options);
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  /** @internal */
  "flawless:timeLeft"(): number {
    const own = this.#wait === undefined ? Infinity : shared.part("waiting").timeLeft(this.#wait);
    return Math.min(own, ...this.#sources.map((source) => source["flawless:timeLeft"]()));
  }

  /** @internal */
  "flawless:checkTime"(): void {
    if (this.#wait !== undefined && shared.part("waiting").timeLeft(this.#wait) <= 0) this.#late();
    for (const source of this.#sources) source["flawless:checkTime"]();
  }

  /** @internal */
  "flawless:listen"(aborted: () => void, needsTime: boolean): () => void {
    if (needsTime) this.#needTime();
    this.#operations.add(aborted);
    return () => this.#operations.delete(aborted);
  }

  #needTime(): void {
    for (const each of [this, ...this.#sources]) {
      if (each.#wait !== undefined) shared.makeLoud(each.#wait);
    }
  }

  #late(): void {
    abort(this, new DOMException("the operation took too long", "TimeoutError"));
  }
}

/** The standard's `AbortController`. */
export class AbortController {
  readonly signal: AbortSignal = new AbortSignal(key);

  abort(reason?: unknown): void {
    abort(this.signal, reason);
  }
}

let whenCancelled: AbortSignal | undefined;

/** A signal that is aborted when the workflow is asked to cancel: `context.signal`. */
export function cancelSignal(): AbortSignal {
  if (whenCancelled === undefined) {
    const { signal } = new AbortController();
    whenCancelled = signal;
    const { asked } = shared.cancelling;
    if (asked === undefined) shared.part("waiting").onCancel((error) => abort(signal, error));
    else abort(signal, asked);
  }
  return whenCancelled;
}
