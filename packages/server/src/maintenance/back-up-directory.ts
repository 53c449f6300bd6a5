import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRegularFile } from "@flawless-ts/wasm-module/internal/files";
import { directoriesOf, readDivision } from "../engines/engine-directories.ts";
import { EngineError } from "../errors.ts";
import { secretsKeyFileName } from "../store/make-secrets-key.ts";
import { journalFileName, SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { refuseOtherFormat } from "./assert-format.ts";
import { writeRestorable } from "./restorable-file.ts";

const maxKeyFileBytes = 1_024;

/**
 * Copies the journals and the secrets key of a directory that no server runs on.
 *
 * @param source a server's working directory
 * @param target created if missing; it must not hold a journal yet
 * @returns the first engine's journal
 * @throws EngineError `DIRECTORY_IN_USE`, `DIRECTORY_UNUSABLE` (also if its format is an older one), `JOURNAL_DAMAGED`
 */
export async function backUpDirectory(source: string, target: string): Promise<string> {
  await stat(join(source, journalFileName)).catch((error: unknown) => {
    throw new EngineError("DIRECTORY_UNUSABLE", `There is no journal in ${source}.`, {
      cause: error,
    });
  });
  const division = readDivision(source) ?? { engines: 1, copied: false };
  const stores: SqliteWorkflowStore[] = [];
  try {
    // All at once, so that no server changes one of them during the copy.
    for (const directory of directoriesOf(source, division)) {
      refuseOtherFormat(join(directory, journalFileName));
      stores.push(await SqliteWorkflowStore.open(directory));
    }
    const file = await writeRestorable(target, async (namesFor) => {
      for (const [index, name] of namesFor(division).entries()) {
        await stores[index]?.backup(name);
      }
    });
    await copyKey(join(source, secretsKeyFileName), join(target, secretsKeyFileName));
    return file;
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

async function copyKey(from: string, to: string): Promise<void> {
  try {
    await writeFile(to, await readRegularFile(from, maxKeyFileBytes), { mode: 0o600 });
    await chmod(to, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw error;
    }
  }
}
