// It exports nothing, and is evaluated first. (For a bare import, bundlers would warn that they omit it.)
export * from "@flawless-ts/wasm-module/internal/needs-node-22";
export { ControlPlaneClient, type ControlPlaneService } from "./control-plane-client.ts";
export type { EffectCallOptions } from "./attempt.ts";
export type * from "./client-errors.ts";
export type { EffectModule, EffectStartArguments, EffectStartOptions } from "./effect-module.ts";
export type { EffectSchedules } from "./effect-schedules.ts";
export type {
  EffectMessageArguments,
  EffectUpdateArguments,
  EffectWorkflow,
} from "./effect-workflow.ts";
export { FlawlessClient, type FlawlessService } from "./flawless-client.ts";
export { runWorker } from "./run-worker.ts";
