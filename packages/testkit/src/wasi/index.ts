export type { WasiProgram } from "./load-program.ts";
export type { RecordedBytes, RecordedValue } from "./recording/recorded-value.ts";
export type { WasiReturned } from "./recording/returned-value.ts";
export type { WasiEnding, WasiRecording, WasiStep } from "./recording/recording.ts";
export { replayWasi } from "./replay-wasi.ts";
export { recordWasi, runWasi } from "./run-wasi.ts";
export * from "./wasi-errors.ts";
export type * from "./wasi-options.ts";
export type * from "./wasi-result.ts";
