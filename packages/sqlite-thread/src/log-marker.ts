import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/** SQLite's number for a damaged file. Source: sqlite.org/rescode.html#corrupt */
const corrupt = 11;

/**
 * While a database is open there is a marker file beside it, `NAME-open`. A killed process leaves it behind, along
 * with the write-ahead log, which contains the last writes. SQLite itself treats a removed log like an empty one.
 */
export function markerOf(file: string): string {
  return `${file}-open`;
}

/**
 * Describes the problem if the last process that used a database did not end properly, and its write-ahead log is gone.
 *
 * @returns undefined if there is no problem
 */
export function missingLog(file: string): string | undefined {
  const marker = markerOf(file);
  const database = statSync(file, { throwIfNoEntry: false });
  if (
    !statSync(marker, { throwIfNoEntry: false })?.isFile() ||
    statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined ||
    // The database was replaced by another file, such as a backup.
    readFileSync(marker, "latin1").trim() !== String(database?.ino)
  ) {
    return undefined;
  }
  return `its write-ahead log ${file}-wal is missing, with what was written last before the process was killed. Put it back; or, to go on without, remove ${marker}`;
}

/** @throws Error with SQLite's number for a damaged file in `errcode` */
export function assertLogIsThere(file: string): void {
  const fault = missingLog(file);
  if (fault !== undefined) {
    throw Object.assign(new Error(fault), { errcode: corrupt });
  }
}

/** Call this once the log exists. */
export function mark(file: string): void {
  writeFileSync(markerOf(file), `${statSync(file).ino}\n`, { mode: 0o600 });
  syncFolder(file);
}

/** Call this once everything is in the database itself, before its log is removed. */
export function unmark(file: string): void {
  if (existsSync(markerOf(file))) {
    rmSync(markerOf(file), { force: true });
    syncFolder(file);
  }
}

/** Otherwise a power cut could leave one change without the other. */
function syncFolder(file: string): void {
  if (process.platform === "win32") {
    return;
  }
  const folder = openSync(dirname(file), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
