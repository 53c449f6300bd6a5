import { outcomeLine } from "../../engine/index.ts";
import type { ClaimedCluster } from "../../store/postgres/claimed-cluster.ts";
import {
  CommitQueue,
  OutcomeTable,
  type PostgresDatabase,
  PostgresWorkflowStore,
} from "../../store/postgres/index.ts";
import { openText, type Seal } from "../../store/seal.ts";
import { SealedWorkflowStore } from "../../store/sealed-workflow-store.ts";
import { fromPublicId } from "../../workflow/workflow-id.ts";

/**
 * Adds outcomes of requests to the journals that wait for them: nodes that were stopped at the same time left them in the
 * database, and only journals are copied.
 */
export async function takeOutcomes(
  database: PostgresDatabase,
  claimed: ClaimedCluster,
  seal: Seal,
): Promise<void> {
  const table = new OutcomeTable(database);
  const queue = new CommitQueue(database);
  const { partitions } = claimed;
  for (const { id: key, partition } of await table.all()) {
    const workflow = fromPublicId(key.slice(0, key.indexOf("."))) ?? -1;
    const [found] = await table.find([key], 1);
    const owned = partitions.find((each) => each.partition === partition);
    if (found?.text == null || owned === undefined) {
      continue;
    }
    const inner = await PostgresWorkflowStore.open(database, queue, owned, partitions.length);
    const store = new SealedWorkflowStore(inner, seal);
    const stored = await store.workflow(workflow);
    const lines = stored?.status === "running" ? await store.lines(workflow) : [];
    const outcome = openText(seal, workflow, found.text);
    const line = stored && outcomeLine(stored, lines, { at: Date.now(), key, outcome });
    if (stored !== undefined && line !== undefined) {
      const position = stored.journalStart + lines.length;
      await store.commit([{ kind: "append", id: workflow, position, lines: line }]);
    }
    await table.remove([key]);
    await store.close();
  }
}
