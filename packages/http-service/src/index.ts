export { ApiError, type ApiErrorCode } from "./api-error.ts";
export { createAuthentication, unauthorized, type Authentication } from "./authentication.ts";
export { callerSignal } from "./caller-signal.ts";
export { type Bind, isLoopback, parseBind } from "./cli/bind.ts";
export { CliError, messageOf } from "./cli/cli-error.ts";
export { type Console, processConsole } from "./cli/console.ts";
export { createLogger, logFormats, type LogFormat } from "./cli/logger.ts";
export { type ProgramDescription, runProcess, runProgram } from "./cli/run-program.ts";
export {
  loggerOf,
  readAccess,
  type ServiceCommandOptions,
  type ServiceAccess,
  warnIfOpen,
  withAccessOptions,
  withLogOptions,
} from "./cli/service-options.ts";
export { StopSignals } from "./cli/stop-signals.ts";
export { formatTable, printable, shorten } from "./cli/table.ts";
export { readLimits } from "./cli/limit-option.ts";
export { readCertificates } from "./cli/tls-files.ts";
export { warnIfReadableByOthers } from "./cli/private-file.ts";
export { readTokenFile } from "./cli/token-file.ts";
export { WatchedFiles } from "./cli/watched-files.ts";
export { closeApi, type CloseOptions, defaultGraceMs, stayingAlive } from "./closing.ts";
export { createService, type Service, type ServiceOptions } from "./create-service.ts";
export {
  errorCodeHeader,
  errorReply,
  type ErrorReply,
  type ExplainError,
  retrySoon,
  toErrorReply,
} from "./error-reply.ts";
export { errorResponse, errorResponses, errorSchema } from "./error-schema.ts";
export { acceptJsonBodies, bodyTextOf } from "./json-body.ts";
export { assertAddressFree, listen, ListenError, type ListenErrorCode } from "./listen.ts";
export { observeRequests, type RequestObserver } from "./observe-requests.ts";
export {
  describeService,
  type JsonSchema,
  type ServiceDescription,
  tokenSecurity,
} from "./openapi.ts";
export { type MethodsByPath, refuseOtherMethods } from "./other-methods.ts";
export { numberInQuery, querySchema } from "./query.ts";
export {
  defaultServiceLimits,
  resolveLimits,
  type ResolvedServiceLimits,
  type ServiceLimits,
} from "./service-limits.ts";
export {
  healthSchema,
  type ServiceHealth,
  serviceRoutes,
  type ServiceRoutesOptions,
} from "./service-routes.ts";
export { ServiceOptionError } from "./service-option-error.ts";
export { type TlsFiles, TlsIdentity } from "./tls-identity.ts";
export { TokenList } from "./token-list.ts";
