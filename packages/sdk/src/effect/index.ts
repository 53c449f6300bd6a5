export type { EffectCallOptions } from "./attempt.ts";
export type * from "./client-errors.ts";
export type { EffectModule, EffectStartArguments, EffectStartOptions } from "./effect-module.ts";
export type {
  EffectMessageArguments,
  EffectWorkflow,
  StartedEffectWorkflow,
} from "./effect-workflow.ts";
export { FlawlessClient, type FlawlessService } from "./flawless-client.ts";
