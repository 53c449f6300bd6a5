import { directoriesOf, readDivision } from "../../engines/engine-directories.ts";
import { SqliteWholeStore } from "../../store/sqlite/sqlite-whole-store.ts";
import type { WholeStore, WholeWorkflow } from "../../store/whole-store.ts";
import type { StoredModule, StoredSchedule } from "../../store/workflow-store.ts";

/** Reads a directory that no server runs on, with any number of engines. */
export class WholeDirectory implements WholeStore, Disposable {
  readonly name: string;
  readonly #journals: readonly [SqliteWholeStore, ...SqliteWholeStore[]];

  /** @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE` */
  constructor(directory: string) {
    this.name = directory;
    const division = readDivision(directory) ?? { engines: 1, copied: false };
    const opened: SqliteWholeStore[] = [];
    try {
      for (const each of directoriesOf(directory, division)) {
        opened.push(new SqliteWholeStore(each));
      }
    } catch (error) {
      opened.forEach((each) => each[Symbol.dispose]());
      throw error;
    }
    this.#journals = opened as [SqliteWholeStore, ...SqliteWholeStore[]];
  }

  async count(): Promise<number> {
    const counts = await Promise.all(this.#journals.map((journal) => journal.count()));
    return counts.reduce((sum, count) => sum + count);
  }

  /** Sorted by id, up to the id that all journals were read to. */
  async workflows(after: number): Promise<readonly WholeWorkflow[]> {
    const batches = await Promise.all(this.#journals.map((journal) => journal.workflows(after)));
    const lasts = batches.flatMap((batch) => batch.at(-1)?.workflow.id ?? []);
    const last = Math.min(...lasts);
    return batches
      .flat()
      .filter(({ workflow }) => workflow.id <= last)
      .toSorted((one, other) => one.workflow.id - other.workflow.id);
  }

  /** Sorted by name, up to the name that all journals were read to. */
  async schedules(after: string): Promise<readonly StoredSchedule[]> {
    const batches = await Promise.all(this.#journals.map((journal) => journal.schedules(after)));
    const lasts = batches.flatMap((batch) => batch.at(-1)?.name ?? []);
    const [last = ""] = lasts.toSorted(byBytes);
    return batches
      .flat()
      .filter(({ name }) => byBytes(name, last) <= 0)
      .toSorted((one, other) => byBytes(one.name, other.name));
  }

  /** The first engine's modules: all engines have the same. */
  modules(): Promise<readonly StoredModule[]> {
    return this.#journals[0].modules();
  }

  async moduleHashes(): Promise<readonly string[]> {
    const all = await Promise.all(this.#journals.map((journal) => journal.moduleHashes()));
    return [...new Set(all.flat())].toSorted();
  }

  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    for (const journal of this.#journals) {
      const bytes = await journal.moduleBytes(hash);
      if (bytes !== undefined) {
        return bytes;
      }
    }
    return undefined;
  }

  [Symbol.dispose](): void {
    this.#journals.forEach((journal) => journal[Symbol.dispose]());
  }
}

/** The order of texts in SQLite. */
function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
