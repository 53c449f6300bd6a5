import { hostCalls } from "../calls/all-calls.ts";
import { isErrno } from "../host/errno.ts";
import { WasiRecordingError } from "../wasi-errors.ts";
import { readBytes } from "./recorded-value.ts";
import type { WasiRecording } from "./recording.ts";

/**
 * Checks that a value, such as one from a file, is a recording.
 *
 * @throws WasiRecordingError that says where it is not
 */
export function checkRecording(value: unknown): WasiRecording {
  if (!isRecord(value)) throw refused("", "an object", value);
  if (value["version"] !== 1) throw refused("version", "1", value["version"]);
  const { args, env, calls, steps, ending, files, links = {}, deletedFiles, elapsedMs } = value;
  if (!isTexts(args) || args.length === 0) throw refused("args", "a list of texts", args);
  if (!isRecord(env) || !isTexts(Object.values(env))) throw refused("env", "texts by name", env);
  if (calls !== undefined && !isCalls(calls)) throw refused("calls", "a list of calls", calls);
  if (!Array.isArray(steps)) throw refused("steps", "a list", steps);
  steps.forEach((step: unknown, index) => checkStep(step, index));
  if (!isEnding(ending)) throw refused("ending", "an exit code or a trap", ending);
  if (!isRecord(files) || !Object.values(files).every((each) => readBytes(each) !== undefined)) {
    throw refused("files", "contents as text or base64 by path", files);
  }
  if (!isRecord(links) || !isTexts(Object.values(links))) {
    throw refused("links", "texts by path", links);
  }
  if (!isTexts(deletedFiles)) throw refused("deletedFiles", "a list of texts", deletedFiles);
  if (typeof elapsedMs !== "number") throw refused("elapsedMs", "a number", elapsedMs);
  return value as unknown as WasiRecording;
}

function checkStep(step: unknown, index: number): void {
  const path = `steps[${index}]`;
  if (!isRecord(step)) throw refused(path, "an object", step);
  const { call, asked, answer, errno } = step;
  if (typeof call !== "string" || !hostCalls.has(call)) {
    throw refused(`${path}.call`, "the name of a call", call);
  }
  if (!isRecord(asked)) throw refused(`${path}.asked`, "an object", asked);
  if (errno === undefined && !isRecord(answer))
    throw refused(`${path}.answer`, "an object", answer);
  if (errno !== undefined && !isErrno(errno))
    throw refused(`${path}.errno`, "an error's name", errno);
}

function isCalls(value: unknown): boolean {
  const isCall = (call: unknown): boolean =>
    isRecord(call) && typeof call["name"] === "string" && Array.isArray(call["parameters"]);
  return Array.isArray(value) && value.every(isCall);
}

function isEnding(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return typeof value["exitCode"] === "number" || typeof value["trap"] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function refused(path: string, expected: string, came: unknown): WasiRecordingError {
  const shown =
    came === undefined ? "nothing" : (JSON.stringify(came) ?? typeof came).slice(0, 200);
  return new WasiRecordingError(
    `Expected a recording from recordWasi${path === "" ? "" : `, with ${expected} as \`${path}\``}, but got ${shown}. ` +
      "Record the program anew.",
  );
}
