import type { HeardCancellation } from "@flawless-ts/wasm-module/internal";
import type { ModuleErrorCode } from "@flawless-ts/wasm-module";
import type { EngineLimits } from "../engine/limits.ts";
import type { GuestModule } from "../executor/guest-module.ts";

/** The limits that an inspection needs. */
export type InspectionLimits = Pick<
  EngineLimits,
  "moduleBytes" | "memoryBytes" | "tableElements" | "compileMs" | "compileBytes"
>;

/** To the thread that inspects modules. */
export interface ToInspector {
  readonly request: number;
  readonly bytes: Uint8Array;
  readonly limits: InspectionLimits;
  readonly isKnown: boolean;
}

/** From the thread that inspects modules. */
export type FromInspector =
  | {
      readonly type: "inspected";
      readonly request: number;
      readonly name: string;
      readonly version: string;
      readonly hash: string;
      readonly sizeBytes: number;
      readonly workflows: readonly string[];
      readonly functionTypes: number;
      readonly cancellation: HeardCancellation;
      readonly codeBytes: number;
      readonly guest: GuestModule;
    }
  | {
      readonly type: "refused";
      readonly request: number;
      /** Undefined if the module is not the cause. */
      readonly code: ModuleErrorCode | "LIMIT_REACHED" | undefined;
      readonly text: string;
    };
