import { ApiError } from "@flawless-ts/http-service";

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
