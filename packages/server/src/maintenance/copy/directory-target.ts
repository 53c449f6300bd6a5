import { existsSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { join } from "node:path";
import { partitionOfSchedule } from "../../cluster/partition-of.ts";
import { directoriesOf, writeDivision } from "../../engines/engine-directories.ts";
import { EngineError } from "../../errors.ts";
import { secretsKeyFileName } from "../../store/make-secrets-key.ts";
import { SqliteWorkflowStore } from "../../store/sqlite/sqlite-workflow-store.ts";
import type { WholeStore, WholeWorkflow } from "../../store/whole-store.ts";
import type { StoredSchedule, StoreWrite } from "../../store/workflow-store.ts";
import { type CopyTarget, writesOf } from "./copy-target.ts";
import { WholeDirectory } from "./whole-directory.ts";

/** A working directory that gets its name only when it is complete. */
export class DirectoryTarget implements CopyTarget {
  readonly #directory: string;
  readonly #partial: string;
  /** One for each engine, in order. */
  readonly #stores: readonly SqliteWorkflowStore[];
  #written: WholeDirectory | undefined;

  /**
   * @param engines the number of engines that the workflows are divided among
   * @throws EngineError `DIRECTORY_UNUSABLE` if the directory is not empty
   */
  static async open(directory: string, engines: number = 1): Promise<DirectoryTarget> {
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new EngineError(
        "DIRECTORY_UNUSABLE",
        `${directory} is not empty. Copy into a directory that is not there yet.`,
      );
    }
    const partial = `${resolve(directory)}.copying`;
    // From an incomplete copy.
    rmSync(partial, { recursive: true, force: true });
    const division = { engines, copied: true };
    if (engines > 1) {
      await writeDivision(partial, division);
    }
    const stores: SqliteWorkflowStore[] = [];
    for (const each of directoriesOf(partial, division)) {
      stores.push(await SqliteWorkflowStore.open(each));
    }
    return new DirectoryTarget(directory, partial, stores);
  }

  private constructor(directory: string, partial: string, stores: readonly SqliteWorkflowStore[]) {
    this.#directory = directory;
    this.#partial = partial;
    this.#stores = stores;
  }

  async has(): Promise<ReadonlySet<number>> {
    return new Set();
  }

  async write(workflows: readonly WholeWorkflow[]): Promise<void> {
    const engines = this.#stores.length;
    await this.#commitToEach((engine) =>
      workflows.filter(({ workflow }) => workflow.id % engines === engine).flatMap(writesOf),
    );
  }

  async writeSchedules(schedules: readonly StoredSchedule[]): Promise<void> {
    const engines = this.#stores.length;
    await this.#commitToEach((engine) =>
      schedules
        .filter(({ name }) => partitionOfSchedule(name, engines) === engine)
        .map((schedule) => ({ kind: "schedule", schedule })),
    );
  }

  async writeModules(writes: readonly StoreWrite[]): Promise<void> {
    for (const write of writes) {
      await this.#commitToEach(() => [write]);
    }
  }

  async #commitToEach(writesFor: (engine: number) => readonly StoreWrite[]): Promise<void> {
    await Promise.all(this.#stores.map((store, engine) => store.commit(writesFor(engine))));
  }

  async written(): Promise<WholeStore> {
    await this.#close();
    this.#written = new WholeDirectory(this.#partial);
    return this.#written;
  }

  /** Gives the directory its name, after its content was checked. */
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

  /** Deletes what was written. */
  async giveUp(): Promise<void> {
    this.#written?.[Symbol.dispose]();
    await this.#close();
    rmSync(this.#partial, { recursive: true, force: true });
  }

  async #close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }
}
