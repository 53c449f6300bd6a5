import type {
  AppendPositions,
  WorkflowStore,
  StoreWrite,
  StoredMessage,
  StoredModule,
  StoredSchedule,
  StoredWorkflow,
  StoredWorkflowFilter,
  SearchBy,
  Wakeup,
  Walk,
  Walked,
  WorkflowCounts,
} from "../store/workflow-store.ts";

/** Passes everything on to another journal; subclasses change what a test needs. */
export class StoreWrapper implements WorkflowStore {
  protected readonly inner: WorkflowStore;

  constructor(inner: WorkflowStore) {
    this.inner = inner;
  }

  commit(writes: readonly StoreWrite[]): Promise<void> {
    return this.inner.commit(writes);
  }

  workflow(id: number, reader?: number): Promise<StoredWorkflow | undefined> {
    return this.inner.workflow(id, reader);
  }

  workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return this.inner.workflowByIdempotencyKey(key);
  }

  list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    return this.inner.list(filter);
  }

  ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return this.inner.ids(filter);
  }

  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked> {
    return this.inner.walk(filter, by, walk);
  }

  lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    return this.inner.lines(id, positions);
  }

  mailbox(id: number): Promise<readonly StoredMessage[]> {
    return this.inner.mailbox(id);
  }

  note(id: number, name: string): Promise<string | undefined> {
    return this.inner.note(id, name);
  }

  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    return this.inner.wakeups(after, limit);
  }

  counts(): Promise<WorkflowCounts> {
    return this.inner.counts();
  }

  running(): Promise<number> {
    return this.inner.running();
  }

  lastId(): Promise<number> {
    return this.inner.lastId();
  }

  prune(endedBefore: number, limit: number): Promise<number> {
    return this.inner.prune(endedBefore, limit);
  }

  schedule(name: string): Promise<StoredSchedule | undefined> {
    return this.inner.schedule(name);
  }

  schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    return this.inner.schedules(after, limit);
  }

  modules(): Promise<readonly StoredModule[]> {
    return this.inner.modules();
  }

  moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return this.inner.moduleBytes(hash);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

/** A journal on a disk that a test can make full, broken or slow. */
export class FailingStore extends StoreWrapper {
  /** The error of commits; undefined: they succeed. */
  failure: Error | undefined;
  /** How many more reads of a workflow's journal fail. */
  unreadable = 0;
  /** If set, commits and reads of a workflow's journal wait for it. */
  gate: Promise<void> | undefined;
  /** All requested commits, successful or not. */
  readonly attempts: (readonly StoreWrite[])[] = [];

  override async lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    if (this.unreadable > 0) {
      this.unreadable -= 1;
      throw new Error("disk I/O error");
    }
    await this.gate;
    return super.lines(id, positions);
  }

  override async commit(writes: readonly StoreWrite[]): Promise<void> {
    this.attempts.push(writes);
    await this.gate;
    if (this.failure !== undefined) {
      throw this.failure;
    }
    await super.commit(writes);
  }

  /** Makes commits and reads of workflows' journals wait until the returned function is called. */
  hold(): () => void {
    const gate = Promise.withResolvers<void>();
    this.gate = gate.promise;
    return () => {
      this.gate = undefined;
      gate.resolve();
    };
  }
}
