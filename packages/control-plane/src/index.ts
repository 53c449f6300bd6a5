import "@flawless-ts/wasm-module/internal/needs-node-24";
export { startControlPlane } from "./control-plane.ts";
export type { ControlPlaneServerOptions } from "./control-plane-options.ts";
export type { ControlPlaneServer } from "./running-node.ts";
export type { ControlPlaneLimits } from "./api/api-options.ts";
export { ControlPlaneError, type ControlPlaneErrorCode } from "./errors.ts";
export type { QueueRules } from "./queue/queue.ts";
export {
  type CloseOptions,
  ListenError,
  type ListenErrorCode,
  type TlsFiles,
  TlsIdentity,
  TokenList,
} from "@flawless-ts/http-service/program";
export type { PostgresOptions } from "./store/postgres/open-postgres.ts";
export { InvalidOptionError } from "@flawless-ts/wasm-module";
