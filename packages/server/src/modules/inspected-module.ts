import type { GuestModule } from "../executor/guest-module.ts";
import type { ModuleInspection } from "../store/workflow-store.ts";

/** A module that was inspected and compiled. */
export interface InspectedModule {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly inspection: ModuleInspection;
  /** Max bytes of machine code that it may compile to. */
  readonly codeBytes: number;
  readonly guest: GuestModule;
}
