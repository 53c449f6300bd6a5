import { changeLabels } from "../workflow/labels.ts";
import {
  type StoredMessage,
  type StoredModule,
  type StoredSchedule,
  type StoredWorkflow,
  type StoreWrite,
  StoreWriteError,
} from "./workflow-store.ts";

/** A workflow with all that belongs to it. */
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

  /**
   * Does all writes or none.
   * @throws StoreWriteError
   */
  commit(writes: readonly StoreWrite[]): void {
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

  /** @returns a function that undoes the write, as long as no other write followed */
  #apply(write: StoreWrite): () => void {
    const { workflows } = this;
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
    const { workflows, keys } = this;
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
    const { schedules } = this;
    const before = schedules.get(name);
    const set = (value: StoredSchedule | undefined): unknown =>
      value === undefined ? schedules.delete(name) : schedules.set(name, value);
    set(schedule);
    return () => void set(before);
  }

  #deploy(module: StoredModule, bytes: Uint8Array): () => void {
    const { modules, moduleBytes } = this;
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
    const entry = this.workflows.get(id);
    if (entry === undefined) {
      throw new Error(`a write for workflow ${id}, which was not created`);
    }
    return entry;
  }
}
