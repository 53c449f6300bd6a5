import type { JsonSchema } from "@flawless-ts/http-service";
import { jsonText, nullableText, nullableTime, text, time } from "./common.ts";
import { failureSchema, statusSchema } from "./workflow-schemas.ts";

/** A workflow's journal; `call` and `answer` have one of two forms. */
function journalSchemaOf(name: string, call: object, answer: object): JsonSchema {
  return {
    $id: name,
    type: "object",
    required: [
      "id",
      "module",
      "version",
      "moduleHash",
      "workflow",
      "run",
      "input",
      "status",
      "error",
      "steps",
    ],
    properties: {
      id: text,
      module: text,
      version: text,
      moduleHash: text,
      workflow: text,
      run: { type: "integer", minimum: 1, description: "The run whose steps these are." },
      input: jsonText,
      status: statusSchema,
      error: failureSchema,
      steps: {
        type: "array",
        items: {
          type: "object",
          required: ["step", "at", "answeredAt", "call", "answer"],
          properties: {
            step: { type: "integer", minimum: 1 },
            at: time,
            answeredAt: nullableTime,
            call,
            answer,
          },
        },
      },
    },
  };
}

const journalSchema = journalSchemaOf(
  "Journal",
  {
    description:
      "The guest's call, in the form of the Flawless ABI. Integers have up to 64 bits.",
  },
  { description: "The answer; null while there is none." },
);

const historySchema = journalSchemaOf(
  "History",
  { ...text, description: "The JSON text of the guest's call." },
  {
    ...nullableText,
    description: "The JSON text of the answer; null while there is none.",
  },
);

/** The schemas of journals, to which routes refer as `NAME#`. */
export const journalSchemas: readonly JsonSchema[] = [journalSchema, historySchema];
