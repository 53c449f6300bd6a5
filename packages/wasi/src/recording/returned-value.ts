import { type RecordedValue, readValue, recordValue } from "./recorded-value.ts";

/** What an exported function gives back: nothing, a number, or, where it gives several, a list of them. */
export type WasiReturned = undefined | number | bigint | readonly (number | bigint)[];

/** Writes what a function gave back as JSON, which knows neither NaN nor the infinities. */
export function recordReturned(value: WasiReturned): RecordedValue {
  if (value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : { float: String(value) };
  return Array.isArray(value) ? value.map(recordReturned) : recordValue(value);
}

/** Reads what {@link recordReturned} wrote. */
export function readReturned(value: RecordedValue): WasiReturned {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(readReturned) as (number | bigint)[];
  if (typeof value === "object" && "float" in value) return Number(value.float);
  return readValue(value) as number | bigint;
}
