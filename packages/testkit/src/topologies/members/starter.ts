import type { ModuleSource } from "@flawless-ts/sdk";
import type { MemberPlan } from "../plan/cluster-plan.ts";
import type { MemberHandle } from "./member-handle.ts";

/** What a member is started with, beside its plan. */
export interface StartOptions {
  /** All its variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is deployed in place of `flawless-ts-crawler` 0.1.8; undefined: that. */
  readonly modules: readonly ModuleSource[] | undefined;
  /** Whether it is handed over before it is ready, so that somebody can ask how it sees the network. */
  readonly early: boolean;
}

/** Starts members of one kind. It is ready when the promise resolves, unless `early` is set; nothing is left of one that fails. */
export type StartMember = (member: MemberPlan, options: StartOptions) => Promise<MemberHandle>;
