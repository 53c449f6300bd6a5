import { encodeHostAnswer, millisecondsToDuration } from "@flawless-ts/wasm-module";
import type { LocalCallContext } from "./local-call.ts";

export function timeNow(context: LocalCallContext): string {
  return encodeHostAnswer({
    kind: "Time",
    sinceEpoch: millisecondsToDuration(Math.max(0, context.now())),
  });
}
