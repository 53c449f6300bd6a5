export {
  codeOf,
  type Failure,
  failureOf,
  isLost,
  NotConnectedError,
  reasonOf,
} from "./postgres-errors.ts";
export { type PostgresClientConfig, PostgresHosts, refuseStandby } from "./postgres-hosts.ts";
export {
  isPostgresUrl,
  parsePostgresUrl,
  type PostgresHost,
  type PostgresUrlContext,
  withoutPassword,
} from "./postgres-url.ts";
