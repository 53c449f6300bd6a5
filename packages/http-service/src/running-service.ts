import { type CloseOptions, defaultGraceMs, stayingAlive } from "./closing.ts";

/** A service that listens in this process. */
export abstract class RunningService implements AsyncDisposable {
  /** The URL for clients on this machine. */
  readonly url: string;
  #closed: Promise<void> | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Closes it in order. Closing it again does nothing. */
  close(options: CloseOptions = {}): Promise<void> {
    this.#closed ??= stayingAlive(() => this.end(options.graceMs ?? defaultGraceMs));
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @param graceMs how long requests under way may take, in milliseconds */
  protected abstract end(graceMs: number): Promise<void>;
}
