import { changeLabels } from "../workflow/labels.ts";
import {
  listedCharacters,
  type AppendPositions,
  StoreWriteError,
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

interface Entry {
  workflow: StoredWorkflow;
  /** The lines of this run. */
  lines: string[];
  /** The position of the first of these lines. */
  start: number;
  readonly mailbox: StoredMessage[];
  readonly notes: Map<string, string>;
}

/** The data of a store in memory. Like a disk, it outlives the stores opened on it. */
export class MemoryStorage {
  readonly workflows: Map<number, Entry> = new Map();
  readonly keys: Map<string, number> = new Map();
  readonly schedules: Map<string, StoredSchedule> = new Map();
  readonly modules: Map<string, StoredModule> = new Map();
  readonly moduleBytes: Map<string, Uint8Array> = new Map();
}

/** Keeps everything in memory, for tests. To "restart", open another one on the same storage. */
export class MemoryWorkflowStore implements WorkflowStore {
  readonly #storage: MemoryStorage;

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    this.#storage = storage;
  }

  async commit(writes: readonly StoreWrite[]): Promise<void> {
    const undo: (() => void)[] = [];
    try {
      for (const write of writes) {
        undo.push(this.#apply(write));
      }
    } catch (error) {
      for (const step of undo.toReversed()) {
        step();
      }
      const { message } = error as Error;
      throw new StoreWriteError(message, { retryable: false, cause: error });
    }
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
    const { status, module, version, workflow, idempotencyKey, limit } = filter;
    const { below = Number.POSITIVE_INFINITY, characters = Number.POSITIVE_INFINITY } = filter;
    const { runningDescendantsOf: root, runningBoundTo: parent, endedWithBoundChildren } = filter;
    const found = [...this.#storage.workflows.values()]
      .map((entry) => entry.workflow)
      .filter(
        (found) =>
          found.id < below &&
          (root === undefined ||
            (found.root === root && found.parent !== null && found.status === "running")) &&
          (parent === undefined ||
            (found.parent === parent && found.bound && found.status === "running")) &&
          (filter.childrenOf === undefined || found.parent === filter.childrenOf) &&
          (endedWithBoundChildren === undefined ||
            (found.hasBoundChildren && found.status !== "running")) &&
          found.status === (status ?? found.status) &&
          found.module === (module ?? found.module) &&
          found.version === (version ?? found.version) &&
          found.workflow === (workflow ?? found.workflow) &&
          found.idempotencyKey === (idempotencyKey ?? found.idempotencyKey) &&
          matches(found, filter),
      )
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

  /** @returns a function that undoes the write, as long as no other write followed */
  #apply(write: StoreWrite): () => void {
    const { workflows } = this.#storage;
    switch (write.kind) {
      case "create":
        return this.#create(write.workflow);
      case "state": {
        const entry = this.#entry(write.id);
        const before = entry.workflow;
        entry.workflow = { ...before, ...write.state };
        return () => void (entry.workflow = before);
      }
      case "append": {
        const { lines, start } = this.#entry(write.id);
        const next = start + lines.length;
        if (next !== write.position) {
          throw new Error(`append ${write.position} to a journal that goes on at ${next}`);
        }
        lines.push(write.lines);
        return () => void lines.pop();
      }
      case "continue":
        return this.#continue(write);
      case "receive": {
        const { mailbox } = this.#entry(write.id);
        mailbox.push(write.message);
        return () => void mailbox.pop();
      }
      case "consume": {
        const mailbox = workflows.get(write.id)?.mailbox ?? [];
        const index = mailbox.findIndex((message) => message.sequence === write.sequence);
        const consumed = index < 0 ? [] : mailbox.splice(index, 1);
        return () => void mailbox.splice(index, 0, ...consumed);
      }
      case "note": {
        const { notes } = this.#entry(write.id);
        const before = notes.get(write.name) ?? null;
        const set = (value: string | null): unknown =>
          value === null ? notes.delete(write.name) : notes.set(write.name, value);
        set(write.value);
        return () => void set(before);
      }
      case "label": {
        const entry = this.#entry(write.id);
        const before = entry.workflow;
        const labels = changeLabels(before.labels, { [write.key]: write.value });
        entry.workflow = { ...before, labels };
        return () => void (entry.workflow = before);
      }
      case "schedule":
        return this.#setSchedule(write.schedule.name, write.schedule);
      case "unschedule":
        return this.#setSchedule(write.name, undefined);
      case "deploy":
        return this.#deploy(write.module, write.bytes);
    }
  }

  #create(workflow: StoredWorkflow): () => void {
    const { workflows, keys } = this.#storage;
    const { id, idempotencyKey: key } = workflow;
    if (workflows.has(id)) {
      throw new Error(`there is a workflow ${id} already`);
    }
    if (key !== null && keys.has(key)) {
      throw new Error(
        `there is a workflow with the idempotency key ${JSON.stringify(key)} already`,
      );
    }
    workflows.set(id, {
      workflow,
      lines: [],
      start: workflow.journalStart,
      mailbox: [],
      notes: new Map(),
    });
    if (key !== null) {
      keys.set(key, id);
    }
    return () => {
      workflows.delete(id);
      if (key !== null) {
        keys.delete(key);
      }
    };
  }

  #continue({ id, input, journalStart }: Extract<StoreWrite, { kind: "continue" }>): () => void {
    const entry = this.#entry(id);
    const { workflow, lines, start } = entry;
    entry.workflow = { ...workflow, input };
    entry.lines = lines.slice(journalStart - start);
    entry.start = journalStart;
    return () => void Object.assign(entry, { workflow, lines, start });
  }

  #setSchedule(name: string, schedule: StoredSchedule | undefined): () => void {
    const { schedules } = this.#storage;
    const before = schedules.get(name);
    const set = (value: StoredSchedule | undefined): unknown =>
      value === undefined ? schedules.delete(name) : schedules.set(name, value);
    set(schedule);
    return () => void set(before);
  }

  #deploy(module: StoredModule, bytes: Uint8Array): () => void {
    const { modules, moduleBytes } = this.#storage;
    const key = `${module.name}\n${module.version}`;
    const before = modules.get(key);
    const isNew = !moduleBytes.has(module.hash);
    modules.set(key, module);
    moduleBytes.set(module.hash, bytes);
    return () => {
      if (before === undefined) {
        modules.delete(key);
      } else {
        modules.set(key, before);
      }
      if (isNew) {
        moduleBytes.delete(module.hash);
      }
    };
  }

  #entry(id: number): Entry {
    const entry = this.#storage.workflows.get(id);
    if (entry === undefined) {
      throw new Error(`a write for workflow ${id}, which was not created`);
    }
    return entry;
  }
}

/** The conditions of a search. */
function matches(workflow: StoredWorkflow, filter: StoredWorkflowFilter): boolean {
  const { createdFrom = 0, createdBefore = Infinity, endedFrom, endedBefore, from = 0 } = filter;
  const { keyPrefix, namePrefix = "", inputText = "" } = filter;
  const { createdAt, endedAt, idempotencyKey, input, labels } = workflow;
  return (
    workflow.id >= from &&
    createdAt >= createdFrom &&
    createdAt < createdBefore &&
    (endedFrom === undefined || (endedAt !== null && endedAt >= endedFrom)) &&
    (endedBefore === undefined || (endedAt !== null && endedAt < endedBefore)) &&
    (keyPrefix === undefined || idempotencyKey?.startsWith(keyPrefix) === true) &&
    workflow.workflow.startsWith(namePrefix) &&
    input.includes(inputText) &&
    Object.entries(filter.labels ?? {}).every(([key, value]) => labels[key] === value)
  );
}

function isAmong(
  workflow: StoredWorkflow,
  filter: Omit<StoredWorkflowFilter, "below" | "from">,
  by: SearchBy,
): boolean {
  switch (by) {
    case "all":
      return true;
    case "status":
      return workflow.status === filter.status;
    case "keys":
      return workflow.idempotencyKey?.startsWith(filter.keyPrefix ?? "") === true;
    default:
      return workflow.labels[by.label] === filter.labels?.[by.label];
  }
}

function isAfter(wakeup: Wakeup, after: Wakeup | null): boolean {
  return (
    after === null ||
    wakeup.wakeAt > after.wakeAt ||
    (wakeup.wakeAt === after.wakeAt && wakeup.id > after.id)
  );
}
