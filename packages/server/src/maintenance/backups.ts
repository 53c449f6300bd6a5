import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { EngineError } from "../errors.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";

const prefix = "backup-";
const suffix = ".partial";

/** A copy of the journals that can be read once. */
export interface Backup {
  readonly bytes: number;
  /** The size of each journal in bytes, in order. */
  readonly parts: readonly number[];
  /** The journals, one after the other. */
  readonly content: Readable;
}

/** Copies the journals of a running server, one caller at a time. */
export class Backups {
  readonly #directory: string;
  readonly #copy: (...files: string[]) => Promise<void>;
  readonly #journals: readonly string[];
  #underWay = false;

  /**
   * @param directory the server's directory, which contains the copies, as unlinked files, while they are read
   * @param copy copies the journals to files that don't exist yet, in order
   * @param journals the directories of the journals; default: only the directory above
   */
  constructor(
    directory: string,
    copy: (...files: string[]) => Promise<void>,
    journals: readonly string[] = [directory],
  ) {
    this.#directory = directory;
    this.#copy = copy;
    this.#journals = journals;
  }

  /**
   * Makes a copy that contains everything that was acknowledged before.
   * @throws EngineError `LIMIT_REACHED` while another one is made or read; `JOURNAL_UNAVAILABLE` without disk space
   */
  async make(): Promise<Backup> {
    if (this.#underWay) {
      throw new EngineError("LIMIT_REACHED", "Another backup is under way. Try again later.");
    }
    this.#underWay = true;
    try {
      return await this.#make();
    } catch (error) {
      this.#underWay = false;
      throw error;
    }
  }

  async #make(): Promise<Backup> {
    await this.#removeLeftovers();
    await this.#assertRoom();
    const files = this.#journals.map(() =>
      join(this.#directory, `${prefix}${randomUUID()}${suffix}`),
    );
    try {
      await this.#copy(...files);
    } catch (error) {
      await Promise.all(files.map((file) => rm(file, { force: true })));
      throw new EngineError("JOURNAL_UNAVAILABLE", (error as Error).message, { cause: error });
    }
    const handles: FileHandle[] = [];
    const parts: number[] = [];
    for (const file of files) {
      const handle = await open(file);
      // The open handle keeps the content until it is read; whatever happens, no file stays behind.
      await rm(file);
      handles.push(handle);
      parts.push((await handle.stat()).size);
    }
    const content = Readable.from(contentOf(handles), { objectMode: false });
    content.once("close", () => {
      this.#underWay = false;
      // Also if nobody reads it to the end, or at all.
      handles.forEach((handle) => void handle.close());
    });
    return { bytes: parts.reduce((sum, part) => sum + part, 0), parts, content };
  }

  /** A server that was killed may have left copies. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      if (
        name.startsWith(prefix) &&
        (name.endsWith(suffix) || name.endsWith(`${suffix}-journal`))
      ) {
        await rm(join(this.#directory, name), { force: true });
      }
    }
  }

  /** A copy that fills the disk would stop the workflows. */
  async #assertRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.#directory);
    const all = await Promise.all(this.#journals.map((each) => stat(join(each, journalFileName))));
    const needed = 1.5 * all.reduce((sum, { size }) => sum + size, 0);
    if (bavail * bsize < needed) {
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `A backup needs ${Math.ceil(needed)} bytes of room beside the journal for a while, but only ${bavail * bsize} are free.`,
      );
    }
  }
}

async function* contentOf(handles: readonly FileHandle[]): AsyncGenerator<Buffer> {
  for (const handle of handles) {
    yield* handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>;
  }
}
