import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";

/** Callers that wait for something to happen, by default to a workflow. */
export class Waiters<Value, Key = number> {
  readonly #waiting = new ShortLivedMap<Key, Set<PromiseWithResolvers<Value>>>();

  has(id: Key): boolean {
    return this.#waiting.has(id);
  }

  /**
   * @param signal ends this wait; its reason is thrown
   * @param onLeave called when the last waiter for this workflow has left that way
   */
  wait(id: Key, signal: AbortSignal | undefined, onLeave: () => void): Promise<Value> {
    if (signal?.aborted) {
      onLeave();
      return Promise.reject(signal.reason as Error);
    }
    const waiter = Promise.withResolvers<Value>();
    const all = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, all.add(waiter));
    const leave = (): void => {
      if (all.delete(waiter)) {
        if (all.size === 0) {
          this.#waiting.delete(id);
          onLeave();
        }
        waiter.reject(signal?.reason);
      }
    };
    signal?.addEventListener("abort", leave, { once: true });
    return waiter.promise.finally(() => signal?.removeEventListener("abort", leave));
  }

  resolve(id: Key, value: Value): void {
    for (const waiter of this.#take(id)) {
      waiter.resolve(value);
    }
  }

  reject(id: Key, error: Error): void {
    for (const waiter of this.#take(id)) {
      waiter.reject(error);
    }
  }

  rejectAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) {
      this.reject(id, error);
    }
  }

  #take(id: Key): readonly PromiseWithResolvers<Value>[] {
    const all = this.#waiting.get(id);
    this.#waiting.delete(id);
    const waiters = [...(all ?? [])];
    all?.clear();
    return waiters;
  }
}
