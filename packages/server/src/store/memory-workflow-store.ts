import { isAmong, isListed } from "./memory-search.ts";
import { MemoryStorage } from "./memory-storage.ts";
import {
  listedCharacters,
  type AppendPositions,
  type WorkflowStore,
  type StoreWrite,
  type StoredMessage,
  type StoredModule,
  type StoredSchedule,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type SearchBy,
  type Wakeup,
  type Walk,
  type Walked,
  type WorkflowCounts,
} from "./workflow-store.ts";

/** Keeps everything in memory, for tests. To "restart", open another one on the same storage. */
export class MemoryWorkflowStore implements WorkflowStore {
  readonly #storage: MemoryStorage;

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    this.#storage = storage;
  }

  async commit(writes: readonly StoreWrite[]): Promise<void> {
    this.#storage.commit(writes);
  }

  async workflow(id: number): Promise<StoredWorkflow | undefined> {
    return this.#storage.workflows.get(id)?.workflow;
  }

  async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    const id = this.#storage.keys.get(key);
    return id === undefined ? undefined : this.workflow(id);
  }

  async walk(
    { below = Infinity, from = 0, ...filter }: StoredWorkflowFilter,
    by: SearchBy,
    { most, inputBytes = Infinity }: Walk,
  ): Promise<Walked> {
    const all = [...this.#storage.workflows.values()]
      .map(({ workflow }) => workflow)
      .filter(
        (workflow) => workflow.id < below && workflow.id >= from && isAmong(workflow, filter, by),
      )
      .toSorted((a, b) => b.id - a.id);
    let left = inputBytes;
    const walked = all.slice(0, most).filter(({ input }, index) => {
      left -= Buffer.byteLength(input);
      return index === 0 || left >= 0;
    });
    const isAll = walked.length === all.length && walked.length < most;
    return { count: walked.length, lowest: isAll ? null : (walked.at(-1)?.id ?? null) };
  }

  async list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    const { limit, characters = Number.POSITIVE_INFINITY } = filter;
    const found = [...this.#storage.workflows.values()]
      .map((entry) => entry.workflow)
      .filter((workflow) => isListed(workflow, filter))
      .toSorted((a, b) => b.id - a.id)
      .slice(0, limit)
      .map((workflow) => ({ ...workflow, input: "" }));
    let left = characters;
    return found.filter((workflow) => {
      const fits = left > 0;
      left -= listedCharacters(workflow);
      return fits;
    });
  }

  async ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return (await this.list(filter)).map(({ id }) => id);
  }

  async lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    const { from = 0, count = Number.POSITIVE_INFINITY } = positions ?? {};
    const { lines = [], start = 0 } = this.#storage.workflows.get(id) ?? {};
    return lines.slice(Math.max(0, from - start), Math.max(0, from - start + count));
  }

  async mailbox(id: number): Promise<readonly StoredMessage[]> {
    return [...(this.#storage.workflows.get(id)?.mailbox ?? [])];
  }

  async note(id: number, name: string): Promise<string | undefined> {
    return this.#storage.workflows.get(id)?.notes.get(name);
  }

  async wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    const all: Wakeup[] = [];
    for (const { workflow } of this.#storage.workflows.values()) {
      const { id, wakeAt, status } = workflow;
      if (status === "running" && wakeAt !== null && isAfter({ id, wakeAt }, after)) {
        all.push({ id, wakeAt });
      }
    }
    return all.toSorted((a, b) => a.wakeAt - b.wakeAt || a.id - b.id).slice(0, limit);
  }

  async counts(): Promise<WorkflowCounts> {
    const counts = { running: 0, completed: 0, failed: 0, cancelled: 0, sleeping: 0 };
    for (const { workflow } of this.#storage.workflows.values()) {
      counts[workflow.status] += 1;
      counts.sleeping += workflow.wakeAt !== null && workflow.wakeAt > 0 ? 1 : 0;
    }
    return counts;
  }

  async running(): Promise<number> {
    return (await this.counts()).running;
  }

  async lastId(): Promise<number> {
    let last = 0;
    for (const id of this.#storage.workflows.keys()) {
      last = Math.max(last, id);
    }
    return last;
  }

  async prune(endedBefore: number, limit: number): Promise<number> {
    const { workflows, keys } = this.#storage;
    const last = await this.lastId();
    const due = [...workflows.values()]
      .map(({ workflow }) => workflow)
      .filter(
        ({ id, endedAt, hasBoundChildren }) =>
          endedAt !== null && endedAt < endedBefore && id !== last && !hasBoundChildren,
      )
      .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.id - b.id)
      .slice(0, limit);
    for (const { id, idempotencyKey } of due) {
      workflows.delete(id);
      if (idempotencyKey !== null) {
        keys.delete(idempotencyKey);
      }
    }
    return due.length;
  }

  async schedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#storage.schedules.get(name);
  }

  async schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    return [...this.#storage.schedules.values()]
      .filter(({ name }) => after === null || name > after)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .slice(0, limit)
      .map((schedule) => ({ ...schedule, input: "" }));
  }

  async modules(): Promise<readonly StoredModule[]> {
    const { modules, moduleBytes } = this.#storage;
    return [...modules.values()].map((module) =>
      moduleBytes.has(module.hash) ? module : { ...module, inspection: null },
    );
  }

  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return this.#storage.moduleBytes.get(hash);
  }

  async close(): Promise<void> {}
}

function isAfter(wakeup: Wakeup, after: Wakeup | null): boolean {
  return (
    after === null ||
    wakeup.wakeAt > after.wakeAt ||
    (wakeup.wakeAt === after.wakeAt && wakeup.id > after.id)
  );
}
