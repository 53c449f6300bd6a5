import { parseDuration } from "@flawless-ts/wasm-module/internal/guest";
import { shared } from "../shared.ts";

/** Durations as strings. */
export interface DurationsPart {
  readonly parseDuration: typeof parseDuration;
}

shared.publish("durations", { parseDuration });
