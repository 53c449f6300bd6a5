import { hash } from "node:crypto";
import { EngineError } from "../errors.ts";

/**
 * V8 numbers all function types that a process has ever seen, keeps the numbers forever, and ends the process if there
 * are more than 2,000,000 ("too many canonicalized types", V8 14.6). Deployed modules have at most
 * `maxDeployedTypes` and must always be accepted; this many may be new. 100,000 types take 60 MB.
 */
const maxNewTypes = 300_000;

/** The max number of function types of all deployed modules together. */
export const maxDeployedTypes = 1_000_000;

/** The function types that this process has seen. */
export class FunctionTypes {
  readonly #most: number;
  readonly #seen = new Set<string>();

  /** @param most for tests */
  constructor(most: number = maxNewTypes) {
    this.#most = most;
  }

  /**
   * Call this before V8 sees a module.
   *
   * @param isKnown whether the module is already deployed: then it must be accepted
   * @throws EngineError `LIMIT_REACHED`
   */
  add(types: readonly Uint8Array[], { isKnown }: { readonly isKnown: boolean }): void {
    const names = types.map(nameOf);
    const news = new Set(names.filter((name) => !this.#seen.has(name)));
    if (!isKnown && this.#seen.size + news.size > this.#most) {
      throw new EngineError(
        "LIMIT_REACHED",
        `This process has seen ${this.#seen.size} different function types, and can't take ${news.size} more. Restart ` +
          "the server to deploy modules that have new ones.",
      );
    }
    for (const name of news) {
      this.#seen.add(name);
    }
  }
}

/** The type's bytes, or their hash if there are many. */
function nameOf(type: Uint8Array): string {
  return type.length <= 20 ? Buffer.from(type).toString("latin1") : hash("sha1", type, "base64");
}
