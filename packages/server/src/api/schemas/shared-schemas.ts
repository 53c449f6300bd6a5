import { errorSchema, healthSchema, type JsonSchema } from "@flawless-ts/http-service";
import { activitySchemas } from "./activity-schemas.ts";
import { text, time } from "./common.ts";
import { journalSchemas } from "./journal-schemas.ts";
import { scheduleSchemas } from "./schedule-schemas.ts";
import { workflowSchemas } from "./workflow-schemas.ts";

const moduleSchema: JsonSchema = {
  $id: "Module",
  type: "object",
  required: ["name", "version", "hash", "sizeBytes", "workflows", "deployedAt"],
  properties: {
    name: text,
    version: text,
    hash: { ...text, description: "SHA-256 of the bytes, in hex." },
    sizeBytes: { type: "integer" },
    workflows: { type: "array", items: text },
    deployedAt: time,
  },
};

const health = healthSchema({
  running: {
    type: "integer",
    description:
      "The number of unfinished workflows on this server, whatever they are waiting for; in a cluster, those in the node's partitions.",
  },
});

/** The schemas that routes reference as `NAME#`. */
export const sharedSchemas: readonly JsonSchema[] = [
  errorSchema,
  moduleSchema,
  ...workflowSchemas,
  ...journalSchemas,
  health,
  ...activitySchemas,
  ...scheduleSchemas,
];
