import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  Engine,
  fromPublicId,
  SqliteWorkflowStore,
  type StoredWorkflow,
  type StoreWrite,
} from "@flawless-ts/server/internal";

const moduleFile = fileURLToPath(
  import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm"),
);
const perTransaction = 2_000;
const yearMs = 365 * 24 * 3_600_000;

/** Which workflows to put to sleep. */
export interface Sleepers {
  readonly count: number;
  /** When the first one wakes, in milliseconds since the Unix epoch. */
  readonly from: number;
  /** Milliseconds between one and the next. */
  readonly everyMs: number;
}

/** Writes a copy of a sleeping workflow, with another id and deadline. */
export function copyOf(
  workflow: StoredWorkflow,
  lines: string,
  { id, wakeAt }: { readonly id: number; readonly wakeAt: number },
): readonly StoreWrite[] {
  const until = new Date(wakeAt).toISOString();
  const copied = lines.replaceAll(String(workflow.wakeAt), String(wakeAt));
  return [
    {
      kind: "create",
      workflow: { ...workflow, id, root: id, wakeAt, waiting: { on: "sleep", until } },
    },
    { kind: "append", id, position: 0, lines: copied },
  ];
}

/** One sleeping workflow, as written by an engine: the copies only have other ids and deadlines. */
export class SleeperTemplate {
  readonly #directory: string;
  readonly #id: number;

  /** Starts one workflow that sleeps for a year, in an empty directory or in addition to others. */
  static async make(directory: string): Promise<SleeperTemplate> {
    await using engine = await Engine.open({ store: await SqliteWorkflowStore.open(directory) });
    const { name: module, version } = await engine.deploy(await readFile(moduleFile));
    const input = JSON.stringify({ ms: yearMs });
    const { id } = await engine.start(
      { module, version, workflow: "sleep_ms", input },
      { detached: true },
    );
    while ((await engine.workflow(id)).waiting === null) {
      await sleep(10);
    }
    return new SleeperTemplate(directory, fromPublicId(id) ?? 0);
  }

  private constructor(directory: string, id: number) {
    this.#directory = directory;
    this.#id = id;
  }

  /** Writes copies to the journal, like the engine's own commits. */
  async copy(sleepers: Sleepers): Promise<void> {
    const store = await SqliteWorkflowStore.open(this.#directory);
    try {
      const workflow = await store.workflow(this.#id);
      const lines = (await store.lines(this.#id)).join("");
      if (workflow?.wakeAt == null) {
        throw new Error("the workflow to be copied does not sleep");
      }
      let id = await store.lastId();
      for (let index = 0; index < sleepers.count;) {
        const writes: StoreWrite[] = [];
        for (; index < sleepers.count && writes.length < 2 * perTransaction; index += 1) {
          id += 1;
          const wakeAt = Math.floor(sleepers.from + index * sleepers.everyMs);
          writes.push(...copyOf(workflow, lines, { id, wakeAt }));
        }
        await store.commit(writes);
      }
    } finally {
      await store.close();
    }
  }
}
