export {
  endWithThisProcess,
  type EndWithThisProcessOptions,
} from "./processes/end-with-this-process.ts";
export { findPostgres } from "./postgres/postgres-binaries.ts";
export { PostgresServer, type PostgresServerOptions } from "./postgres/postgres-server.ts";
