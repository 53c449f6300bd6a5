import type { ModuleSource } from "@flawless-ts/sdk";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import type { MemberHandle } from "./member-handle.ts";

/** The settings with which to start a member, in addition to its plan. */
export interface StartOptions {
  /** All its variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The modules to deploy instead of `flawless-ts-crawler` 0.1.8; undefined for that one. */
  readonly modules: readonly ModuleSource[] | undefined;
  /** Whether to return it before it is ready, to check what it can reach. */
  readonly early: boolean;
}

/** Starts members of one kind. They are ready on return, unless `early` is set. A failure leaves nothing behind. */
export type StartMember = (member: MemberPlan, options: StartOptions) => Promise<MemberHandle>;
