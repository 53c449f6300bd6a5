import { rmSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeDirectory } from "@flawless-ts/sqlite-thread";
import {
  directoriesOf,
  type EngineDivision,
  enginesFileName,
  writeDivision,
} from "../engines/engine-directories.ts";
import { EngineError } from "../errors.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";

/**
 * Puts journals into a directory under the names that `flawless up` looks for. Incomplete ones never have these names.
 *
 * @param directory created if missing; it must not hold a journal yet
 * @param write writes the files whose names it gets, which don't exist yet: one for each engine, in order
 * @returns the first engine's journal
 * @throws EngineError `DIRECTORY_UNUSABLE`; and what `write` throws
 */
export async function writeRestorable(
  directory: string,
  write: (namesFor: (division: EngineDivision) => readonly string[]) => Promise<void>,
): Promise<string> {
  const file = join(directory, journalFileName);
  try {
    makeDirectory(resolve(directory), 0o700);
    // Reserves the name, so that no other journal is overwritten.
    await (await open(file, "wx", 0o600)).close();
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw new EngineError(
      "DIRECTORY_UNUSABLE",
      taken
        ? `There is a journal in ${directory} already. Back up to an empty directory.`
        : `The backup can't be written to ${directory}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  let parts: readonly string[] = [];
  let divided: EngineDivision | undefined;
  try {
    await write((division) => {
      divided = division.engines === 1 ? undefined : division;
      parts = directoriesOf(directory, division);
      for (const part of parts) {
        makeDirectory(resolve(part), 0o700);
        rmSync(partialOf(part), { force: true });
      }
      return parts.map(partialOf);
    });
    // The first engine's journal is the last: if it exists, all do.
    for (const part of parts.toReversed()) {
      await sync(partialOf(part));
      if (part === directory && divided !== undefined) {
        await writeDivision(directory, divided);
      }
      await rename(partialOf(part), join(part, journalFileName));
      await sync(part);
    }
    return file;
  } catch (error) {
    for (const part of parts) {
      await rm(partialOf(part), { force: true });
      if (part !== directory) {
        await rm(part, { recursive: true, force: true });
      }
    }
    await rm(join(directory, enginesFileName), { force: true });
    await rm(file, { force: true });
    throw error;
  }
}

function partialOf(directory: string): string {
  return join(directory, `${journalFileName}.partial`);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
