import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ApiError } from "./api-error.ts";

/**
 * Counts the requests under way on each connection. Node passes on all that have arrived before it stops reading: more than a
 * thousand small ones at a time, whether or not their responses are ever read.
 */
export class Pipelines {
  readonly #max: number;
  readonly #underWay = new WeakMap<Socket, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws ApiError `LIMIT_REACHED` where the connection has too many requests under way */
  enter(socket: Socket, response: ServerResponse): void {
    const count = (this.#underWay.get(socket) ?? 0) + 1;
    this.#underWay.set(socket, count);
    response.once("close", () => {
      this.#underWay.set(socket, (this.#underWay.get(socket) ?? 1) - 1);
    });
    if (count > this.#max) {
      throw new ApiError(
        "LIMIT_REACHED",
        `This connection already has ${this.#max} requests under way. Wait for their responses, or use more connections.`,
      );
    }
  }
}
