import type * as sqlite from "node:sqlite";

/** Node's SQLite. On a Node without it, an `import` would fail before anything could say which Node is needed. */
export const nodeSqlite: typeof sqlite = process.getBuiltinModule("node:sqlite");
