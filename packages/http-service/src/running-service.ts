import { type CloseOptions, defaultGraceMs, stayingAlive } from "./closing.ts";

/** A service that listens, in this process. */
export abstract class RunningService implements AsyncDisposable {
  /** Where a client on this machine reaches it. */
  readonly url: string;
  #closed: Promise<void> | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Ends it in order. Closing twice is the same as once. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closed ??= stayingAlive(() => this.end(options.graceMs ?? defaultGraceMs));
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @param graceMs for how long what is under way may go on */
  protected abstract end(graceMs: number): Promise<void>;
}
