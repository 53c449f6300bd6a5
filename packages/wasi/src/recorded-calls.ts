import type { WasiRecording } from "./recording/recording.ts";
import { readReturned, recordReturned } from "./recording/returned-value.ts";
import type { WasiCall } from "./wasi-options.ts";

type RecordedCalls = NonNullable<WasiRecording["calls"]>;

/** Converts a library's calls for a recording. */
export function recordCalls(calls: readonly WasiCall[]): RecordedCalls {
  return calls.map(({ name, parameters = [] }) => ({
    name,
    parameters: parameters.map(recordReturned),
  }));
}

/** The reverse of {@link recordCalls}. */
export function readCalls(calls: RecordedCalls): readonly WasiCall[] {
  return calls.map(({ name, parameters }) => ({
    name,
    parameters: parameters.map(readReturned) as (number | bigint)[],
  }));
}
