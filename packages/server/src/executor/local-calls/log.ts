import { encodeHostAnswer, type HostCallOf } from "@flawless-ts/wasm-module";
import type { GuestLog } from "../messages.ts";
import type { LocalCallContext } from "./local-call.ts";

/** Hands a line to the server's log. While replaying it is not called: the line was shown before. */
export function log(call: HostCallOf<"Log">, context: LocalCallContext): string {
  context.log({
    level: call.level.toLowerCase() as GuestLog["level"],
    message: call.message,
    replaying: false,
  });
  return encodeHostAnswer({ kind: "Unit" });
}
