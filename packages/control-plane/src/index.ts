export type { ControlPlaneLimits } from "./api/api-options.ts";
export { type Clock, systemClock } from "./clock.ts";
export { JoinedControlPlane } from "./cluster/joined-control-plane.ts";
export type {
  ControlPlaneServerOptions,
  JoinOptions,
  NodeOptions,
} from "./control-plane-options.ts";
export { ControlPlaneServer, startControlPlane } from "./control-plane.ts";
export { InvalidOptionError } from "@flawless-ts/wasm-module";
export { ControlPlaneError, type ControlPlaneErrorCode } from "./errors.ts";
export type * from "./queue/ledger-requests.ts";
export { Ledger } from "./queue/ledger.ts";
export type { Outcome, RefusalCode } from "./queue/outcome.ts";
export { defaultRules, type NewJob, Queue, type QueueRules } from "./queue/queue.ts";
export type { Tables } from "./queue/tables.ts";
export * from "./queue/types.ts";
export { MemoryStore } from "./store/memory-store.ts";
export { SqliteStore } from "./store/sqlite-store.ts";
export type { ReadMethod, Store, WriteMethod } from "./store/store.ts";
export { controlPlaneVersion } from "./version.ts";
