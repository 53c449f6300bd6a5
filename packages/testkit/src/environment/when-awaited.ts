/**
 * Asks only when somebody waits: at the first `await`, `then`, `catch` or `finally`. A test that keeps the promise,
 * does other things and awaits it later has not been waiting, so time doesn't skip, and there is no unhandled
 * rejection.
 */
export function whenAwaited<Value>(ask: () => Promise<Value>): Promise<Value> {
  return new AwaitedPromise(ask);
}

class AwaitedPromise<Value> extends Promise<Value> {
  /** What `then` gives is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  readonly #ask: () => Promise<Value>;
  #asked: Promise<Value> | undefined;

  constructor(ask: () => Promise<Value>) {
    super(() => undefined);
    this.#ask = ask;
  }

  // oxlint-disable-next-line unicorn/no-thenable
  override then<Result = Value, Failure = never>(
    onResolved?: ((value: Value) => Result | PromiseLike<Result>) | null,
    onRejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    this.#asked ??= this.#ask();
    return this.#asked.then(onResolved, onRejected);
  }
}
