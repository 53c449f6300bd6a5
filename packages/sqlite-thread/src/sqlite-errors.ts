/** Primary result codes. Source: sqlite.org/rescode.html */
const sqlite = {
  busy: 5,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  notADatabase: 26,
};
const retryableCodes: readonly number[] = [
  sqlite.busy,
  sqlite.noMemory,
  sqlite.readOnly,
  sqlite.ioError,
  sqlite.full,
];

/** A request failed in the thread and had no effect. */
export class SqliteFailure extends Error {
  override readonly name: string = "SqliteFailure";
  /** SQLite's own number; 0 for an error that is not SQLite's. */
  readonly sqliteCode: number;

  constructor(message: string, sqliteCode: number) {
    super(message);
    this.sqliteCode = sqliteCode;
  }

  /** Whether a retry may succeed later, for example after a full disk. */
  get retryable(): boolean {
    return retryableCodes.includes(primaryCode(this.sqliteCode));
  }

  /** Whether the file is not as SQLite left it. */
  get damaged(): boolean {
    const code = primaryCode(this.sqliteCode);
    return code === sqlite.corrupt || code === sqlite.notADatabase;
  }
}

/** Why a file could not be opened. */
export type SqliteOpenReason = "unusable" | "in-use" | "damaged";

/** A directory, or the file in it, could not be opened. */
export class SqliteOpenError extends Error {
  override readonly name: string = "SqliteOpenError";
  readonly reason: SqliteOpenReason;

  constructor(reason: SqliteOpenReason, message: string, cause: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/** @param what a name for the file, such as "journal" */
export function openingError(
  error: SqliteFailure,
  what: string,
  directory: string,
  file: string,
): SqliteOpenError {
  switch (primaryCode(error.sqliteCode)) {
    case sqlite.busy:
      return new SqliteOpenError(
        "in-use",
        `The working directory ${directory} is in use by another server. Stop that one, or use another directory.`,
        error,
      );
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return new SqliteOpenError(
        "damaged",
        `The ${what} ${file} is damaged: ${error.message}`,
        error,
      );
    default:
      return new SqliteOpenError(
        "unusable",
        `The ${what} in ${directory} can't be opened: ${error.message}`,
        error,
      );
  }
}

/** The low byte of an extended code. */
function primaryCode(sqliteCode: number): number {
  return sqliteCode & 0xff;
}
