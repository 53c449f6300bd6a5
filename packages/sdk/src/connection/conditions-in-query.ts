import type { QueryValue } from "./requests.ts";
import type { WorkflowConditions } from "./types.ts";

/** Conditions for finding workflows, with the server's names. */
export function conditionsInQuery({
  labels = {},
  ...conditions
}: WorkflowConditions): Readonly<Record<string, QueryValue>> {
  const { createdFrom, createdBefore, endedFrom, endedBefore } = conditions;
  return {
    module: conditions.module,
    version: conditions.version,
    workflow: conditions.workflow,
    key: conditions.key,
    label: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    created_from: createdFrom,
    created_before: createdBefore,
    ended_from: endedFrom,
    ended_before: endedBefore,
    id_prefix: conditions.idPrefix,
    key_prefix: conditions.keyPrefix,
    name_prefix: conditions.namePrefix,
    input_text: conditions.inputText,
  };
}
