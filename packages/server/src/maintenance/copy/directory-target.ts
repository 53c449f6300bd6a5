import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { join } from "node:path";
import { EngineError } from "../../errors.ts";
import { secretsKeyFileName } from "../../store/make-secrets-key.ts";
import { SqliteWholeStore } from "../../store/sqlite/sqlite-whole-store.ts";
import { SqliteWorkflowStore } from "../../store/sqlite/sqlite-workflow-store.ts";
import type { WholeStore, WholeWorkflow } from "../../store/whole-store.ts";
import type { StoredSchedule, StoreWrite } from "../../store/workflow-store.ts";
import { type CopyTarget, writesOf } from "./copy-target.ts";

/** A working directory, which is there only when it is whole. */
export class DirectoryTarget implements CopyTarget {
  readonly #directory: string;
  readonly #partial: string;
  readonly #store: SqliteWorkflowStore;
  #written: SqliteWholeStore | undefined;

  /** @throws EngineError `DIRECTORY_UNUSABLE` where there is something in it */
  static async open(directory: string): Promise<DirectoryTarget> {
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new EngineError(
        "DIRECTORY_UNUSABLE",
        `${directory} is not empty. Copy into a directory that is not there yet.`,
      );
    }
    const partial = `${resolve(directory)}.copying`;
    // Of a copy that did not end.
    rmSync(partial, { recursive: true, force: true });
    return new DirectoryTarget(directory, partial, await SqliteWorkflowStore.open(partial));
  }

  private constructor(directory: string, partial: string, store: SqliteWorkflowStore) {
    this.#directory = directory;
    this.#partial = partial;
    this.#store = store;
  }

  async has(): Promise<ReadonlySet<number>> {
    return new Set();
  }

  async write(workflows: readonly WholeWorkflow[]): Promise<void> {
    await this.#store.commit(workflows.flatMap(writesOf));
  }

  async writeSchedules(schedules: readonly StoredSchedule[]): Promise<void> {
    await this.#store.commit(schedules.map((schedule) => ({ kind: "schedule", schedule })));
  }

  async writeModules(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      await this.#store.commit([write]);
    }
  }

  async written(): Promise<WholeStore> {
    await this.#store.close();
    this.#written = new SqliteWholeStore(this.#partial);
    return this.#written;
  }

  /** Gives the directory its name, once what is in it was checked. */
  finish(key: Uint8Array | undefined): void {
    this.#written?.[Symbol.dispose]();
    if (key !== undefined) {
      const digits = `${Buffer.from(key).toString("hex")}\n`;
      writeFileSync(join(this.#partial, secretsKeyFileName), digits, { mode: 0o600 });
    }
    if (existsSync(this.#directory)) {
      rmdirSync(this.#directory);
    }
    renameSync(this.#partial, this.#directory);
  }

  /** Leaves nothing behind. */
  async giveUp(): Promise<void> {
    this.#written?.[Symbol.dispose]();
    await this.#store.close();
    rmSync(this.#partial, { recursive: true, force: true });
  }
}
