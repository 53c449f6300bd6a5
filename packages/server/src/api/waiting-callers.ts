import { ApiError } from "@flawless-ts/http-service";

/** The max time that a caller may wait, in milliseconds. */
export const maxWaitMs = 60_000;
/** The default time that a caller waits, in milliseconds. */
export const defaultWaitMs = 30_000;

/** Counts the callers that are waiting for something slow. */
export class WaitingCallers {
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Runs something that a caller waits for.
   *
   * @throws ApiError `LIMIT_REACHED` if too many are waiting; then nothing was started
   */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#count >= this.#max) {
      throw new ApiError(
        "LIMIT_REACHED",
        `${this.#count} callers wait for workflows already, as many as this server takes. Try again later, or start with \`Prefer: respond-async\`.`,
      );
    }
    this.#count += 1;
    try {
      return await work();
    } finally {
      this.#count -= 1;
    }
  }
}
