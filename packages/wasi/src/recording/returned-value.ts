import { type RecordedValue, readValue, recordValue } from "./recorded-value.ts";

/** The return value of an exported function: nothing, a number, or a list of several. */
export type WasiReturned = undefined | number | bigint | readonly (number | bigint)[];

/** Converts a function's return value to JSON, which has neither NaN nor the infinities. */
export function recordReturned(value: WasiReturned): RecordedValue {
  if (value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : { float: String(value) };
  return Array.isArray(value) ? value.map(recordReturned) : recordValue(value);
}

/** The reverse of {@link recordReturned}. */
export function readReturned(value: RecordedValue): WasiReturned {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(readReturned) as (number | bigint)[];
  if (typeof value === "object" && "float" in value) return Number(value.float);
  return readValue(value) as number | bigint;
}
