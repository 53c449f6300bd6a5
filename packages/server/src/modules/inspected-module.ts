import type { GuestModule } from "../executor/guest-module.ts";
import type { ModuleInspection } from "../store/workflow-store.ts";

/** A module that was looked through and compiled. */
export interface InspectedModule {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly inspection: ModuleInspection;
  /** Bytes of machine code that it may become at most. */
  readonly codeBytes: number;
  readonly guest: GuestModule;
}
