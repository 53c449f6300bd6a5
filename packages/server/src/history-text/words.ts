import type { HttpResult } from "@flawless-ts/wasm-module";
import { spanWords } from "./span-words.ts";

/** What a step is about. `small` is what hardly anybody is interested in: the clock, random numbers, the input. */
export type StepKind =
  | "http"
  | "activity"
  | "wait"
  | "message"
  | "workflow"
  | "log"
  | "state"
  | "end"
  | "small"
  | "other";

/** A step of a journal in words. */
export interface StepWords {
  readonly kind: StepKind;
  /** What was done: `POST https://shop.example/`, `Slept 3 days`. */
  readonly what: string;
  /** The outcome: `201`. Empty if the words say it already, and until there is one. */
  readonly outcome: string;
  /** Whether something went wrong. */
  readonly isBad: boolean;
  /** The public id of the workflow that it is about, if any. */
  readonly workflow: string | null;
  /** `Info`, ...; only for log lines. */
  readonly level?: string;
}

/** The words for something that went well. */
export function plain(kind: StepKind, what: string, outcome: string = ""): StepWords {
  return { kind, what, outcome, isBad: false, workflow: null };
}

/** The outcome of a request, in a few words. */
export function httpOutcome(result: HttpResult): Pick<StepWords, "outcome" | "isBad"> {
  if (result.kind === "Transport") {
    const { kind, message } = result.error;
    return { outcome: message === null ? kind : `${kind}: ${message}`, isBad: true };
  }
  const { statusCode } = result.response;
  return { outcome: String(statusCode), isBad: result.kind === "Status" };
}

/** A sleep, which may be over. */
export function sleepText(milliseconds: number, isOver: boolean): string {
  return `${isOver ? "Slept" : "Sleeps"} ${spanWords(milliseconds)}`;
}

/** A wait for messages that has got none. */
export function waitText(
  types: readonly string[],
  limitMs: number | null,
  isOver: boolean,
): string {
  const wanted = types.map(quoted).join(" or ");
  const limit = limitMs === null ? "" : `, ${spanWords(limitMs)} at most`;
  return isOver ? `Waited for ${wanted}${limit}: nothing came` : `Waits for ${wanted}${limit}`;
}

/** A type of message, as it appears in a sentence. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
