import { randomUUID } from "node:crypto";
import { open, readdir, rm, statfs, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { EngineError } from "../errors.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";

const prefix = "backup-";
const suffix = ".partial";

/** A copy of the journal, to be read once. */
export interface Backup {
  readonly bytes: number;
  readonly content: Readable;
}

/** Copies the journal of a running server, one caller at a time. */
export class Backups {
  readonly #directory: string;
  readonly #copy: (file: string) => Promise<void>;
  #underWay = false;

  /**
   * @param directory the server's: the copy is in it, without a name, while it is read
   * @param copy copies the journal to a file that is not there yet
   */
  constructor(directory: string, copy: (file: string) => Promise<void>) {
    this.#directory = directory;
    this.#copy = copy;
  }

  /**
   * Makes a copy that holds all that was acknowledged before.
   * @throws EngineError `LIMIT_REACHED` while another one is made or read; `JOURNAL_UNAVAILABLE` where there is no room
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
    const file = join(this.#directory, `${prefix}${randomUUID()}${suffix}`);
    try {
      await this.#copy(file);
    } catch (error) {
      throw new EngineError("JOURNAL_UNAVAILABLE", (error as Error).message, { cause: error });
    }
    const handle = await open(file);
    // It lives on until it is read, and leaves nothing behind whatever happens then.
    await rm(file);
    const { size } = await handle.stat();
    const content = handle.createReadStream();
    content.once("close", () => {
      this.#underWay = false;
    });
    return { bytes: size, content };
  }

  /** A server that was killed may have left some. */
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
    const { size } = await stat(join(this.#directory, journalFileName));
    const needed = 1.5 * size;
    if (bavail * bsize < needed) {
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `A backup needs ${Math.ceil(needed)} bytes of room beside the journal for a while, but only ${bavail * bsize} are free.`,
      );
    }
  }
}
