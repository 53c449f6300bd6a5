import { encodeHostAnswer } from "@flawless-ts/wasm-module";
import type { LocalCallContext } from "./local-call.ts";

/** The JSON text that the workflow was started with. */
export function getInput(context: LocalCallContext): string {
  return encodeHostAnswer({ kind: "String", value: context.input });
}
