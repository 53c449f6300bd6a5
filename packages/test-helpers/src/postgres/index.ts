export { missingForPostgres } from "./postgres-binaries.ts";
export { PostgresProxy } from "./postgres-proxy.ts";
export { PostgresServer, type PostgresServerOptions } from "./postgres-server.ts";
export { sharedPostgres, testSchema, type TestSchema } from "./shared-postgres.ts";
