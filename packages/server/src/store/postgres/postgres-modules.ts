import { EngineError } from "../../errors.ts";
import type { StoredModule, StoreWrite } from "../workflow-store.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { replacing } from "./commit-statement.ts";
import { toWriteError } from "./to-write-error.ts";
import { PostgresReader } from "./postgres-reader.ts";
import { toStored } from "./stored-text.ts";

/**
 * The modules of a cluster. All of its databases have them, whichever node they are deployed at. The first database
 * decides which bytes a name and version stand for.
 */
export class PostgresModules {
  readonly #databases: readonly PostgresDatabase[];
  readonly #readers: readonly PostgresReader[];
  readonly #development: boolean;

  /** @param development whether a name and version may get other bytes */
  constructor(databases: readonly PostgresDatabase[], development: boolean) {
    this.#databases = databases;
    this.#readers = databases.map((database) => new PostgresReader(database, [], 1));
    this.#development = development;
  }

  /**
   * Takes only writes of modules. It is safe to call twice.
   *
   * @throws EngineError `MODULE_CONFLICT` if another node deployed other bytes first
   * @throws StoreWriteError
   */
  async commit(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      if (write.kind === "deploy") {
        await this.#deploy(write.module, write.bytes);
      }
    }
  }

  async modules(): Promise<readonly StoredModule[]> {
    return (await this.#readers[0]?.modules()) ?? [];
  }

  /** @throws EngineError `JOURNAL_DAMAGED`, `JOURNAL_UNAVAILABLE` */
  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    for (const reader of this.#readers) {
      const bytes = await reader.moduleBytes(hash);
      if (bytes !== undefined) {
        return bytes;
      }
    }
    return undefined;
  }

  async #deploy(module: StoredModule, bytes: Uint8Array): Promise<void> {
    for (const [index, database] of this.#databases.entries()) {
      const mayReplace = index > 0 || this.#development;
      const hash = await this.#write(database, module, bytes, mayReplace);
      if (hash !== module.hash) {
        throw new EngineError(
          "MODULE_CONFLICT",
          `Module ${module.name} ${module.version} was deployed with other bytes at another node. Give the changed module another version.`,
        );
      }
    }
  }

  /** @returns the hash that the name and version stand for now */
  async #write(
    database: PostgresDatabase,
    { name, version, hash, deployedAt, inspection }: StoredModule,
    bytes: Uint8Array,
    mayReplace: boolean,
  ): Promise<string> {
    const s = database.schema;
    // Another version of the program may have inspected the same bytes again.
    const conflict = mayReplace ? replacing : `${replacing} WHERE modules.hash = excluded.hash`;
    try {
      await database.query(
        `WITH stored AS (INSERT INTO ${s}.module_bytes (hash, bytes) VALUES ($3, $6) ON CONFLICT DO NOTHING)
         INSERT INTO ${s}.modules AS modules (name, version, hash, deployed_at, inspection)
         VALUES ($1, $2, $3, $4, $5) ${conflict}`,
        [
          toStored(name),
          toStored(version),
          hash,
          deployedAt,
          JSON.stringify(inspection),
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        ],
      );
      const [row] = await database.query(
        `SELECT hash FROM ${s}.modules WHERE name = $1 AND version = $2`,
        [toStored(name), toStored(version)],
      );
      return String(row?.["hash"]);
    } catch (error) {
      throw toWriteError(error, `Can't write to ${database.name}`);
    }
  }
}
