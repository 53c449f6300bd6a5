import { durationToMilliseconds, type Duration } from "@flawless-ts/wasm-module";

/** The last moment that a JavaScript Date can represent; later deadlines are as good as never. */
const lastMoment = 8.64e15;

/** When a wait that begins now ends, in milliseconds since the Unix epoch. */
export function deadlineAfter(now: number, duration: Duration): number {
  return Math.min(lastMoment, Math.ceil(now) + durationToMilliseconds(duration));
}

/** The time as the API shows it. */
export function toIsoTime(milliseconds: number): string {
  return new Date(Math.min(lastMoment, milliseconds)).toISOString();
}
