export { makeDirectory } from "./make-directory.ts";
export { nodeSqlite } from "./node-sqlite.ts";
export { missingLog } from "./log-marker.ts";
export { closeDatabase, openDatabase, type DatabaseFormat } from "./open-database.ts";
export { serveSqlite, type SqliteStore } from "./serve-sqlite.ts";
export { SqliteFailure, SqliteOpenError, type SqliteOpenReason } from "./sqlite-errors.ts";
export { SqliteThread, type SqliteThreadOptions } from "./sqlite-thread.ts";
export { startThread } from "./start-thread.ts";
export { Statements } from "./statements.ts";
