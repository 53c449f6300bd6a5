export { findPostgres } from "./postgres/postgres-binaries.ts";
export { PostgresServer, type PostgresServerOptions } from "./postgres/postgres-server.ts";
