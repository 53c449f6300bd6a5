import { encodeHostAnswer, type HostCallOf } from "@flawless-ts/wasm-module";
import type { LocalCallContext } from "./local-call.ts";

/** Shown only while replaying, and never recorded: it is not part of what the workflow did. */
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
