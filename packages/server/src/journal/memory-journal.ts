import type {
  Journal,
  JournalWrite,
  StoredMessage,
  StoredModule,
  StoredWorkflow,
  StoredWorkflowFilter,
  Wakeup,
} from "./journal.ts";

interface Entry {
  workflow: StoredWorkflow;
  readonly lines: string[];
  readonly mailbox: StoredMessage[];
}

/** What a memory journal holds: it outlives the journals that are opened on it, as a disk does. */
export class MemoryStorage {
  readonly workflows: Map<number, Entry> = new Map();
  readonly keys: Map<string, number> = new Map();
  readonly modules: Map<string, StoredModule> = new Map();
  readonly moduleBytes: Map<string, Uint8Array> = new Map();
}

/** Keeps everything in memory, for tests. To "restart", open another one on the same storage. */
export class MemoryJournal implements Journal {
  readonly #storage: MemoryStorage;

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    this.#storage = storage;
  }

  async commit(writes: readonly JournalWrite[]): Promise<void> {
    for (const write of writes) {
      this.#apply(write);
    }
  }

  async workflow(id: number): Promise<StoredWorkflow | undefined> {
    return this.#storage.workflows.get(id)?.workflow;
  }

  async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    const id = this.#storage.keys.get(key);
    return id === undefined ? undefined : this.workflow(id);
  }

  async list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    const { status, module, version, workflow, below = Number.POSITIVE_INFINITY, limit } = filter;
    return [...this.#storage.workflows.values()]
      .map((entry) => entry.workflow)
      .filter(
        (found) =>
          found.id < below &&
          found.status === (status ?? found.status) &&
          found.module === (module ?? found.module) &&
          found.version === (version ?? found.version) &&
          found.workflow === (workflow ?? found.workflow),
      )
      .sort((a, b) => b.id - a.id)
      .slice(0, limit);
  }

  async lines(id: number): Promise<readonly string[]> {
    return [...(this.#storage.workflows.get(id)?.lines ?? [])];
  }

  async mailbox(id: number): Promise<readonly StoredMessage[]> {
    return [...(this.#storage.workflows.get(id)?.mailbox ?? [])];
  }

  async wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    const all: Wakeup[] = [];
    for (const { workflow } of this.#storage.workflows.values()) {
      const { id, wakeAt, status } = workflow;
      if (status === "running" && wakeAt !== null && isAfter({ id, wakeAt }, after)) {
        all.push({ id, wakeAt });
      }
    }
    return all.sort((a, b) => a.wakeAt - b.wakeAt || a.id - b.id).slice(0, limit);
  }

  async lastId(): Promise<number> {
    let last = 0;
    for (const id of this.#storage.workflows.keys()) {
      last = Math.max(last, id);
    }
    return last;
  }

  async modules(): Promise<readonly StoredModule[]> {
    return [...this.#storage.modules.values()];
  }

  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return this.#storage.moduleBytes.get(hash);
  }

  async close(): Promise<void> {}

  #apply(write: JournalWrite): void {
    switch (write.kind) {
      case "create": {
        const { workflow } = write;
        this.#storage.workflows.set(workflow.id, { workflow, lines: [], mailbox: [] });
        if (workflow.idempotencyKey !== null) {
          this.#storage.keys.set(workflow.idempotencyKey, workflow.id);
        }
        break;
      }
      case "state": {
        const entry = this.#entry(write.id);
        entry.workflow = { ...entry.workflow, ...write.state };
        break;
      }
      case "append": {
        const { lines } = this.#entry(write.id);
        if (lines.length !== write.position) {
          throw new Error(`append ${write.position} to a journal of ${lines.length} texts`);
        }
        lines.push(write.lines);
        break;
      }
      case "receive":
        this.#entry(write.id).mailbox.push(write.message);
        break;
      case "consume": {
        const { mailbox } = this.#entry(write.id);
        mailbox.splice(
          mailbox.findIndex((message) => message.sequence === write.sequence),
          1,
        );
        break;
      }
      case "deploy": {
        const { module, bytes } = write;
        this.#storage.modules.set(`${module.name}\n${module.version}`, module);
        this.#storage.moduleBytes.set(module.hash, bytes);
        break;
      }
    }
  }

  #entry(id: number): Entry {
    const entry = this.#storage.workflows.get(id);
    if (entry === undefined) {
      throw new Error(`a write for workflow ${id}, which was not created`);
    }
    return entry;
  }
}

function isAfter(wakeup: Wakeup, after: Wakeup | null): boolean {
  return (
    after === null ||
    wakeup.wakeAt > after.wakeAt ||
    (wakeup.wakeAt === after.wakeAt && wakeup.id > after.id)
  );
}
