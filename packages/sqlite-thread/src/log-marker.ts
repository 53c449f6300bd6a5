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
 * While a database is open there is a file beside it that says so, `NAME-open`. A process that is killed leaves it, with the
 * write-ahead log, which holds what was written last. SQLite itself takes a log that somebody removed for an empty one.
 */
export function markerOf(file: string): string {
  return `${file}-open`;
}

/**
 * What is wrong where the process that used a database last did not end in order, and its write-ahead log is gone.
 *
 * @returns undefined where nothing is
 */
export function missingLog(file: string): string | undefined {
  const marker = markerOf(file);
  const database = statSync(file, { throwIfNoEntry: false });
  if (
    !statSync(marker, { throwIfNoEntry: false })?.isFile() ||
    statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined ||
    // Another file was put in its place, such as a backup.
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

/** To be called when the log is there. */
export function mark(file: string): void {
  writeFileSync(markerOf(file), `${statSync(file).ino}\n`, { mode: 0o600 });
  syncFolder(file);
}

/** To be called when everything is in the database itself, before its log is removed. */
export function unmark(file: string): void {
  if (existsSync(markerOf(file))) {
    rmSync(markerOf(file), { force: true });
    syncFolder(file);
  }
}

/** Else a power cut could leave the one change without the other. */
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
