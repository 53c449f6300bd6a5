import { parseDuration } from "@flawless-ts/wasm-module/internal/guest";
import { shared } from "../shared.ts";

/** Spans of time as texts. */
export interface DurationsPart {
  readonly parseDuration: typeof parseDuration;
}

shared.publish("durations", { parseDuration });
