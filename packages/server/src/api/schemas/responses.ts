import { errorResponse, type JsonSchema } from "@flawless-ts/http-service";
import { workflowIdHeader } from "../engine-error-reply.ts";
import { text } from "./common.ts";

/** The parameters of routes for one workflow. */
export const idParameter: JsonSchema = {
  type: "object",
  required: ["id"],
  properties: { id: { ...text, description: "The workflow's id.", examples: ["wkf_xhRDf"] } },
};

/** An error response with the id of a workflow that was started nevertheless. */
export function startedErrorResponse(status: number): JsonSchema {
  return errorResponse(status, {
    [workflowIdHeader]: {
      ...text,
      description: "The workflow's id, if it was started nevertheless.",
      examples: ["wkf_xhRDf"],
    },
  });
}

/** The success response `{"ok": ...}`. */
export function okResponse(description: string, schema: JsonSchema): JsonSchema {
  return { description, type: "object", required: ["ok"], properties: { ok: schema } };
}
