/** Those who wait for something to happen to a workflow. */
export class Waiters<Value> {
  readonly #waiting = new Map<number, Set<PromiseWithResolvers<Value>>>();

  has(id: number): boolean {
    return this.#waiting.has(id);
  }

  /**
   * @param signal what makes this one wait no longer; its reason is thrown
   * @param onLeave called when the last one that waits for this workflow has left that way
   */
  wait(id: number, signal: AbortSignal | undefined, onLeave: () => void): Promise<Value> {
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

  resolve(id: number, value: Value): void {
    for (const waiter of this.#take(id)) {
      waiter.resolve(value);
    }
  }

  reject(id: number, error: Error): void {
    for (const waiter of this.#take(id)) {
      waiter.reject(error);
    }
  }

  rejectAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) {
      this.reject(id, error);
    }
  }

  #take(id: number): readonly PromiseWithResolvers<Value>[] {
    const all = this.#waiting.get(id);
    this.#waiting.delete(id);
    const waiters = [...(all ?? [])];
    all?.clear();
    return waiters;
  }
}
