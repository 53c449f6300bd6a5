import { open, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeDirectory } from "@flawless-ts/sqlite-thread";
import { EngineError } from "../errors.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";

/**
 * Puts a journal into a directory under the name that `flawless up` looks for; half a one is never there under it.
 *
 * @param directory made if need be; it must not hold a journal yet
 * @param write writes the file that it is given, which is not there yet
 * @returns the journal's file
 * @throws EngineError `DIRECTORY_UNUSABLE`; and what `write` throws
 */
export async function writeRestorable(
  directory: string,
  write: (file: string) => Promise<void>,
): Promise<string> {
  const file = join(directory, journalFileName);
  const partial = `${file}.partial`;
  try {
    makeDirectory(resolve(directory), 0o700);
    // Takes the name, so that nobody else's journal is overwritten.
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
  try {
    await rm(partial, { force: true });
    await write(partial);
    await sync(partial);
    await rename(partial, file);
    await sync(directory);
    return file;
  } catch (error) {
    await rm(partial, { force: true });
    await rm(file, { force: true });
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
