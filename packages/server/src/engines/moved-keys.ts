import type { MovedKeys } from "../cluster/cluster-reader.ts";
import type { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";

/** Looks for the workflow of a key in all journals of a directory that was copied from elsewhere. */
export function movedKeys(
  journals: readonly Pick<SqliteWorkflowStore, "workflowByIdempotencyKey">[],
): MovedKeys {
  return {
    hasMovedKeys: async () => true,
    workflowByMovedKey: async (key) => {
      const found = await Promise.all(
        journals.map((journal) => journal.workflowByIdempotencyKey(key)),
      );
      return found.find((workflow) => workflow !== undefined);
    },
  };
}
