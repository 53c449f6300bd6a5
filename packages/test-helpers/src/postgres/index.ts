export { PostgresServer, type PostgresServerOptions } from "@flawless-ts/testkit/internal";
export { missingForPostgres } from "./missing-for-postgres.ts";
export { PostgresProxy } from "./postgres-proxy.ts";
export { sharedPostgres, testSchema, type TestSchema } from "./shared-postgres.ts";
