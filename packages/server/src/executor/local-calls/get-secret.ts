import { encodeHostAnswer, type HostCallOf } from "@flawless-ts/wasm-module";
import type { LocalCallContext } from "./local-call.ts";

export function getSecret(call: HostCallOf<"GetSecret">, context: LocalCallContext): string {
  const value = Object.hasOwn(context.secrets, call.name) ? context.secrets[call.name] : undefined;
  return encodeHostAnswer({ kind: "Secret", value: value ?? null });
}
