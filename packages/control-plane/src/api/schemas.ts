import { errorSchema, healthSchema, type JsonSchema } from "@flawless-ts/http-service";
import { jobStatuses, workerTypes } from "../queue/types.ts";

const text = { type: "string" } as const;
const nullableText = { type: ["string", "null"] } as const;
const time = { type: "integer", description: "Unix seconds." } as const;
const nullableTime = { type: ["integer", "null"], description: "Unix seconds." } as const;
const nullableNumber = { type: ["number", "null"], minimum: 0 } as const;

/** The states of a job. */
export const statusSchema: JsonSchema = { type: "string", enum: jobStatuses };

/** The types of workers. */
export const workerTypeSchema: JsonSchema = { type: "string", enum: workerTypes };

/** A job id chosen by the publisher. */
export const jobIdSchema: JsonSchema = {
  type: "string",
  // Control characters and unpaired surrogates as code points: not every reader of the document supports `\p{...}`.
  pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]{1,255}$",
  description: "1 to 255 characters, none of them a control character.",
  examples: ["job-1"],
};

/** The max length of a URL to crawl, in characters. */
export const maxUrlLength = 8192;

/** A URL to crawl. */
export const urlSchema: JsonSchema = { type: "string", minLength: 1, maxLength: maxUrlLength };

/** A worker's resources; both are optional. */
export const capacityProperties: Readonly<Record<string, JsonSchema>> = {
  cpu_cores: nullableNumber,
  memory_mb: nullableNumber,
};

const jobProperties = {
  id: text,
  job_id: { ...text, description: "The same as id." },
  status: statusSchema,
  claimed_by: { ...nullableText, description: "The worker, or the node." },
  completed_by: nullableText,
  created_at: time,
  updated_at: time,
  payload: { description: "What was published." },
  assigned_worker_id: nullableText,
  started_at: nullableTime,
  error_message: nullableText,
  retry_count: { type: "integer" },
  compatible_worker_types: {
    type: "array",
    items: workerTypeSchema,
    description: "If empty, workers of any type.",
  },
  request_id: { ...text, description: "The id of the request that published it." },
  progress: {
    description: "The workflow's latest report.",
    oneOf: [
      { type: "null" },
      {
        type: "object",
        required: ["status", "url", "urls_left", "reports", "updated_at"],
        properties: {
          status: text,
          url: text,
          urls_left: { type: "integer" },
          reports: { type: "integer" },
          updated_at: time,
        },
      },
    ],
  },
} as const;

const jobSchema: JsonSchema = {
  $id: "Job",
  type: "object",
  required: Object.keys(jobProperties),
  properties: jobProperties,
};

const workerProperties = {
  id: text,
  worker_type: workerTypeSchema,
  status: { type: "string", enum: ["online", "draining", "offline"] },
  endpoint_id: text,
  registered_at: time,
  last_heartbeat: time,
  cpu_cores: nullableNumber,
  memory_mb: nullableNumber,
  active_jobs: { type: "integer" },
  total_jobs_completed: { type: "integer" },
  metadata: {},
} as const;

const workerSchema: JsonSchema = {
  $id: "Worker",
  type: "object",
  required: Object.keys(workerProperties),
  properties: workerProperties,
};

const health = healthSchema({
  node_id: text,
  store: { type: "object", additionalProperties: true },
  flawless: { type: ["object", "null"], additionalProperties: true },
});

/** The schemas that routes reference as `NAME#`. */
export const sharedSchemas: readonly JsonSchema[] = [errorSchema, jobSchema, workerSchema, health];

/** The parameter of routes for one object with an id. */
export const idParameter: JsonSchema = {
  type: "object",
  required: ["id"],
  properties: { id: { ...text, minLength: 1 } },
};

/** A query string that may have other names, which are ignored. */
export function openQuery(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties };
}

/** The response of a route that returns mvm-ci's text, or JSON on request. */
export function textOrJson(description: string, text: string, json: JsonSchema): JsonSchema {
  return {
    description: `${description} JSON where the Accept header names it.`,
    content: {
      "text/plain": { schema: { type: "string", examples: [text] } },
      "application/json": { schema: json },
    },
  };
}

/** The response of a route that returns numbers by these names. */
export function numbers(description: string, names: readonly string[]): JsonSchema {
  return {
    description,
    type: "object",
    required: names,
    properties: Object.fromEntries(names.map((name) => [name, { type: "integer" }])),
  };
}
