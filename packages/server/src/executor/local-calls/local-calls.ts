import {
  encodeHostAnswer,
  type HostCallOf,
  millisecondsToDuration,
} from "@flawless-ts/wasm-module";
import type { GuestLog } from "../messages.ts";

/** What is available to host calls that are answered in the guest's own thread. */
export interface LocalCallContext {
  readonly input: string;
  readonly workflowId: number;
  readonly run: number;
  /** The number of this call in the workflow, counted from 1. */
  readonly step: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly seed: number | null;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  log(entry: GuestLog): void;
}

/** The JSON text that the workflow was started with. */
export function getInput(context: LocalCallContext): string {
  return encodeHostAnswer({ kind: "String", value: context.input });
}

export function getSecret(call: HostCallOf<"GetSecret">, context: LocalCallContext): string {
  const value = Object.hasOwn(context.secrets, call.name) ? context.secrets[call.name] : undefined;
  return encodeHostAnswer({ kind: "Secret", value: value ?? null });
}

export function timeNow(context: LocalCallContext): string {
  return encodeHostAnswer({
    kind: "Time",
    sinceEpoch: millisecondsToDuration(Math.max(0, context.now())),
  });
}

/** Passes a line to the server's log. Not called in a replay, because the line was already shown. */
export function log(call: HostCallOf<"Log">, context: LocalCallContext): string {
  context.log({
    level: call.level.toLowerCase() as GuestLog["level"],
    message: call.message,
    replaying: false,
  });
  return encodeHostAnswer({ kind: "Unit" });
}

/** Shown only in a replay, and never recorded, because it is not part of what the workflow did. */
export function replayDebug(
  call: HostCallOf<"ReplayDebug">,
  context: LocalCallContext,
  replaying: boolean,
): string {
  if (replaying) {
    context.log({ level: "debug", message: call.message, replaying });
  }
  return encodeHostAnswer({ kind: "Unit" });
}
