import type * as nodeCrypto from "node:crypto";
import { type Contract, writeJson } from "@flawless-ts/wasm-module";
import { nodeBuiltin } from "@flawless-ts/wasm-module/internal";
import { ConflictError, NotFoundError, ServerRefusedError } from "../errors/refusals.ts";
import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";
import type { Job } from "../control-plane/types.ts";
import { hasMember } from "../http/answer-body.ts";
import type { JobModule, JobStart, JobWorkflow } from "./types.ts";

/**
 * The workflow for a crawl: `start` of `crawler` 0.1.8, which mvm-ci deploys.
 *
 * @throws {Error} if the payload has no `url`, or neither it nor the job's id has a number.
 */
export function crawlerStart(job: Job): JobStart {
  const { payload } = job;
  if (!hasMember(payload, "url") || typeof payload.url !== "string") {
    throw new Error(`Expected a payload {"id": number, "url": text}, but got ${show(payload)}.`);
  }
  const number = hasMember(payload, "id") ? payload.id : numberIn(job.id);
  if (!isWholeNumber(number)) {
    throw new Error(
      `Expected a whole number as the payload's \`id\`, or a job named job-N, but got ${show(payload)} and ${job.id}.`,
    );
  }
  const input = { id: number, url: payload.url };
  return { module: "crawler", version: "0.1.8", workflow: "start", input };
}

/**
 * Checks the workflow for jobs.
 *
 * @throws {InvalidOptionError} `toStart` if it has no workflow
 */
export function checkJobWorkflow(given: JobWorkflow): void {
  // JavaScript may pass anything.
  const { module, version, workflow } = (given ?? {}) as Partial<JobWorkflow>;
  const isName = typeof module === "string";
  const name = isName ? module : module?.name;
  const expected = isName ? version : module?.version;
  if (![name, expected, workflow].every((text) => typeof text === "string" && text !== "")) {
    throw new InvalidOptionError(
      "toStart",
      "expected a function, or { module, workflow } with a contract, a deployed module, or a name beside a `version`, " +
        `but got ${show({ module: name, version: expected, workflow })}.`,
    );
  }
  if (version !== undefined && version !== expected) {
    throw new InvalidOptionError(
      "toStart",
      `expected the version ${expected} of the module, or none, but got ${version}.`,
    );
  }
}

/** Whether a module is given by a contract, not only by name. */
export function isContract(module: JobModule): module is Contract {
  return "workflows" in module;
}

/**
 * The same crawl with the module that comes with @flawless-ts/wasm-module, for servers without `crawler`. It has its
 * own name, so that it never blocks the genuine `crawler`.
 */
export function standInStart(start: JobStart): JobStart {
  return { ...start, module: "flawless-ts-crawler", version: "0.1.8" };
}

/** Error texts of servers without codes for a missing module. */
const missingModule =
  /\bmodule\b.*\b(not found|not deployed|does not exist|doesn't exist|unknown)\b|\b(no|unknown|missing)( such)? module\b/i;

/**
 * Whether the workflow may be found under the other of the two names: its module is missing, or its key belongs to a
 * workflow of the other module, which was started before this one was deployed.
 */
export function isUnderOtherName(error: unknown): boolean {
  if (NotFoundError.is(error)) return error.serverCode === "MODULE_NOT_FOUND";
  if (ConflictError.is(error)) return error.serverCode === "IDEMPOTENCY_CONFLICT";
  return (
    ServerRefusedError.is(error) &&
    error.serverCode === null &&
    missingModule.test(error.serverMessage)
  );
}

/** The default of {@link JobStart.idempotencyKey}: stays the same however often the job is assigned. */
export function idempotencyKeyOf(job: Job): string {
  const key = `${encodeURIComponent(job.id.toWellFormed())}@${job.createdAt}`;
  if (key.length <= 255) return key;
  return nodeBuiltin<typeof nodeCrypto>("node:crypto", "A worker's job with a long id").hash(
    "sha256",
    key,
    "hex",
  );
}

/** Correlates all logs about a job: the id of the request that published it, or the job's own. */
export function requestIdOf({ requestId, id }: Job): string {
  if (requestId !== null && /^[\w.:-]{1,128}$/.test(requestId)) return requestId;
  return id.replaceAll(/[^\w.:-]/g, "_").slice(0, 128);
}

function numberIn(id: string): number | null {
  const digits = /^job-(\d+)$/.exec(id)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Numbers past 2^53 are parsed as bigints. */
function isWholeNumber(value: unknown): value is number | bigint {
  return typeof value === "bigint" ? value >= 0 : Number.isSafeInteger(value) && Number(value) >= 0;
}

function show(value: unknown): string {
  return writeJson(value).slice(0, 200);
}
