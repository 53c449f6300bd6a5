import type { GuestLog } from "../messages.ts";

/** What a host call that is answered in the guest's own thread can reach. */
export interface LocalCallContext {
  readonly input: string;
  readonly workflowId: number;
  /** Which call of the workflow this is, counted from 1. */
  readonly step: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly seed: number | null;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  log(entry: GuestLog): void;
}
