import { ApiError, type JsonSchema } from "@flawless-ts/http-service";
import type { WorkflowConditions } from "@flawless-ts/sdk";

const text = { type: "string" } as const;
const time = { type: "string", examples: ["2026-01-31T12:00:00Z"] } as const;

/** The conditions of a workflow query. */
export interface FilterQuery {
  readonly module?: string;
  readonly version?: string;
  readonly workflow?: string;
  readonly key?: string;
  readonly label?: string | readonly string[];
  readonly created_from?: string;
  readonly created_before?: string;
  readonly ended_from?: string;
  readonly ended_before?: string;
  readonly id_prefix?: string;
  readonly key_prefix?: string;
  readonly name_prefix?: string;
  readonly input_text?: string;
}

/** The query of an operation on many workflows. */
export interface ManyQuery extends FilterQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly dry_run?: string;
}

/** A boolean in a query string, where everything is text. */
export const flagSchema = { type: "string", enum: ["true", "false"], default: "false" } as const;

/** All given conditions must match. */
export const filterSchemas: Readonly<Record<keyof FilterQuery, JsonSchema>> = {
  module: text,
  version: text,
  workflow: text,
  key: {
    ...text,
    description: "The idempotency key that it was started with, which at most one workflow has.",
  },
  label: {
    anyOf: [text, { type: "array", items: text, maxItems: 16 }],
    description: "A label that it has, as `KEY=VALUE`; may be given again.",
    examples: ["customer=c-7"],
  },
  created_from: { ...time, description: "It began then or later." },
  created_before: { ...time, description: "It began earlier." },
  ended_from: { ...time, description: "It ended then or later." },
  ended_before: { ...time, description: "It ended earlier." },
  id_prefix: { ...text, description: "How its id begins.", examples: ["wkf_1iH"] },
  key_prefix: { ...text, description: "The beginning of its idempotency key." },
  name_prefix: { ...text, description: "The beginning of its workflow's name." },
  input_text: {
    ...text,
    description:
      "A text in its input, which is searched as JSON text; encrypted inputs never match. This is slow: the server searches at most 5,000 workflows and 16 MiB of inputs per page.",
  },
};

/** @throws ApiError `INVALID_REQUEST` for an invalid label */
export function toConditions(query: FilterQuery): WorkflowConditions {
  const { module, version, workflow, key, label } = query;
  const conditions = {
    module,
    version,
    workflow,
    key,
    labels: label === undefined ? undefined : labelsOf([label].flat()),
    createdFrom: query.created_from,
    createdBefore: query.created_before,
    endedFrom: query.ended_from,
    endedBefore: query.ended_before,
    idPrefix: query.id_prefix,
    keyPrefix: query.key_prefix,
    namePrefix: query.name_prefix,
    inputText: query.input_text,
  };
  return Object.fromEntries(
    Object.entries(conditions).filter(([, condition]) => condition !== undefined),
  );
}

function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  const labels = texts.map((label): [string, string] => {
    const at = label.indexOf("=");
    if (at < 1) {
      throw new ApiError(
        "INVALID_REQUEST",
        `Expected a label as KEY=VALUE, but got ${JSON.stringify(label.slice(0, 100))}.`,
      );
    }
    return [label.slice(0, at), label.slice(at + 1)];
  });
  const conflict = labels.find(([key, value]) => labels.some(([k, v]) => k === key && v !== value));
  if (conflict !== undefined) {
    throw new ApiError(
      "INVALID_REQUEST",
      `No workflow has two values for the label ${JSON.stringify(conflict[0])}.`,
    );
  }
  return Object.fromEntries(labels);
}
