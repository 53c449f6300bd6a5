// What a program needs before or without its service. Nothing in here may load Fastify.
export { type Bind, isLoopback, parseBind } from "./cli/bind.ts";
export { CliError, messageOf } from "./cli/cli-error.ts";
export { collect } from "./cli/collect.ts";
export { type Console, processConsole } from "./cli/console.ts";
export { createLogger, logFormats, type LogFormat } from "./cli/logger.ts";
export { type ProgramDescription, runProcess, runProgram, warnOf } from "./cli/run-program.ts";
export {
  loggerOf,
  readAccess,
  type ServiceCommandOptions,
  type ServiceAccess,
  warnIfOpen,
  withAccessOptions,
  withLogOptions,
  withParentOption,
} from "./cli/service-options.ts";
export { StopSignals, type StopSignalsOptions } from "./cli/stop-signals.ts";
export { formatTable, printable, shorten } from "./cli/table.ts";
export { limitNamesOf, readLimits } from "./cli/limit-option.ts";
export { readCertificates, readTokenFile, warnIfReadableByOthers } from "./cli/secret-files.ts";
export { WatchedFiles } from "./cli/watched-files.ts";
export { wholeNumber } from "./cli/whole-number.ts";
export { closeApi, type CloseOptions, defaultGraceMs, stayingAlive } from "./closing.ts";
export { type ConnectionLimits, fitConnections } from "./descriptors.ts";
export { assertAddressFree, listen, ListenError, type ListenErrorCode } from "./listen.ts";
export { loadOnce } from "./load-once.ts";
export { RunningService } from "./running-service.ts";
export {
  defaultServiceLimits,
  resolveLimits,
  type ResolvedServiceLimits,
  type ServiceLimits,
} from "./service-limits.ts";
export { type TlsFiles, TlsIdentity } from "./tls-identity.ts";
export { TokenList } from "./token-list.ts";
export {
  type IrohCommandOptions,
  irohOptionsOf,
  withIrohOptions,
} from "./tickets/iroh-command-options.ts";
export { checkIrohOptions, type IrohOptions } from "./tickets/iroh-options.ts";
export { type ServedTicket, type SocketTaker } from "./tickets/iroh-package.ts";
export { openTicket, type Passage, type TicketedService } from "./tickets/open-ticket.ts";
