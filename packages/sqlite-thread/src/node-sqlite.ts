import type * as sqlite from "node:sqlite";

/** Node's SQLite. An `import` of it would fail, on a Node without it, before anything could say what Node is needed. */
export const nodeSqlite: typeof sqlite = process.getBuiltinModule("node:sqlite");
