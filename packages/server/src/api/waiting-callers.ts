import { ApiError } from "@flawless-ts/http-service";

/** The longest that a caller may ask to wait, in milliseconds. */
export const maxWaitMs = 60_000;
/** How long a caller waits that asks for nothing else, in milliseconds. */
export const defaultWaitMs = 30_000;

/** Counts the callers that wait for something that may take long. */
export class WaitingCallers {
  readonly #max: number;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Does something that a caller waits for.
   *
   * @throws ApiError `LIMIT_REACHED` where too many wait already; nothing was begun then
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
