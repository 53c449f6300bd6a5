import { dirname } from "node:path";
import { makeSecretsKey } from "./make-secrets-key.ts";
import type { OnMove } from "./sqlite/move-from-5.ts";
import { SqliteStore } from "./sqlite/sqlite-store.ts";

/** What is in a working directory: the journal's tables and the key for secrets. */
export class DirectoryStore extends SqliteStore {
  readonly #directory: string;

  constructor(file: string, onMove?: OnMove) {
    super(file, onMove);
    this.#directory = dirname(file);
  }

  /** @throws Error from the file system */
  makeSecretsKey(): Uint8Array {
    return makeSecretsKey(this.#directory);
  }
}
