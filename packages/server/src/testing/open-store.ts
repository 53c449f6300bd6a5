import { FlawlessError } from "@flawless-ts/wasm-module";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { freshState, storedWorkflow } from "./stored-workflow.ts";

/** A process for tests: opens a journal, optionally fills it, and prints the result as JSON. */
const [directory = "", action] = process.argv.slice(2);
try {
  const store = await SqliteWorkflowStore.open(directory);
  process.stdout.write(JSON.stringify(action === "fill" ? await fill(store) : "opened"));
  await store.close();
} catch (error) {
  process.stdout.write(JSON.stringify(FlawlessError.is(error) ? error.code : String(error)));
}

async function fill(store: SqliteWorkflowStore): Promise<unknown> {
  const lines = "x".repeat(50_000);
  await store.commit([{ kind: "create", workflow: storedWorkflow(1) }]);
  for (let durable = 0; ; durable += 1) {
    try {
      await store.commit([
        { kind: "state", id: 1, state: { ...freshState, wakeAt: durable + 1 } },
        { kind: "append", id: 1, position: durable, lines },
      ]);
    } catch (error) {
      const { name, retryable } = error as Error & { readonly retryable?: boolean };
      const { wakeAt } = (await store.workflow(1)) ?? {};
      return { name, retryable, durable, wakeAt, texts: (await store.lines(1)).length };
    }
  }
}
