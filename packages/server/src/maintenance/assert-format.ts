import type { DatabaseSync } from "node:sqlite";
import { missingLog, ReadOnlyDatabase } from "@flawless-ts/sqlite-thread";
import { EngineError } from "../errors.ts";
import { adviceFor, halfMoved, isMovingFrom5 } from "../store/sqlite/move-from-5.ts";
import { journalFormat } from "../store/sqlite/sqlite-schema.ts";

/** @throws EngineError `DIRECTORY_UNUSABLE` for another program's file, and one that is not (wholly) of this format */
export function assertFormat(database: DatabaseSync, file: string): void {
  const read = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  const application = read("application_id");
  const version = read("user_version");
  // In a damaged header SQLite finds faults as well, so this is a sound file of another program or version.
  if (application !== journalFormat.applicationId || version !== journalFormat.schemaVersion) {
    throw new EngineError(
      "DIRECTORY_UNUSABLE",
      `${file} is no journal of this version: it has the mark ${application} and format ${version}, expected were ${journalFormat.applicationId} and ${journalFormat.schemaVersion}.${adviceFor(version)}`,
    );
  }
  if (isMovingFrom5(database)) {
    throw new EngineError("DIRECTORY_UNUSABLE", `${file} ${halfMoved}`);
  }
}

/**
 * Refuses a file of another format, which would be rewritten when it is opened for writing. Anything else that is wrong
 * with the file is found then.
 *
 * @throws EngineError as {@link assertFormat}
 */
export function refuseOtherFormat(file: string): void {
  if (missingLog(file) !== undefined) {
    return;
  }
  try {
    using readable = new ReadOnlyDatabase(file);
    assertFormat(readable.database, file);
  } catch (error) {
    if (error instanceof EngineError) {
      throw error;
    }
  }
}
