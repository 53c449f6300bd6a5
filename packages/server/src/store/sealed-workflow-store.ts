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
  WorkflowState,
} from "./workflow-store.ts";
import { changeTexts } from "../workflow/thrown-error.ts";
import { hasSealedEnd, isSealed, openText, openWorkflow, type Seal } from "./seal.ts";

/** How a journal line shows the answer to a GetSecret that found a secret. */
const secretAnswer = '\t{"Secret":"';

/**
 * Encrypts what workflows write once they have read a secret, because their journals, notes, responses, failures and
 * messages may contain the secret or something computed from it. Workflows that they start, send a message to, or tell
 * how they ended count as if they had read the secret, too, and so does a workflow that is restarted from one. What was
 * written before stays readable, and so does everything of workflows that read no secret.
 */
export class SealedWorkflowStore implements WorkflowStore {
  readonly #inner: WorkflowStore;
  readonly #seal: Seal;
  /** Workflows known to have read a secret. After a restart this is learned again when their journals are read. */
  readonly #confidential = new Set<number>();
  /** Workflows of other partitions that are passing something on right now, and how many times. */
  readonly #confiding = new Map<number, number>();
  /** The writes of commits that failed, as they were encrypted for them. */
  readonly #tried = new WeakMap<readonly StoreWrite[], readonly StoreWrite[]>();

  constructor(inner: WorkflowStore, seal: Seal) {
    this.#inner = inner;
    this.#seal = seal;
  }

  async commit(writes: readonly StoreWrite[]): Promise<void> {
    // Without anything to take over, there is no await before the commit: reads must see it from now on.
    const isAgain = writes.some((write) => write.kind === "create" && write.from !== undefined);
    const forebears = isAgain ? await this.#forebearsOf(writes) : [];
    this.#learnFrom(writes);
    // Encrypted only once: if the first answer was lost, the store recognizes the same writes by their array.
    const sealed = this.#tried.get(writes) ?? writes.map((write) => this.#sealed(write));
    try {
      await this.#inner.commit(sealed);
    } catch (error) {
      this.#tried.set(writes, sealed);
      throw error;
    }
    // Only after the commit: a failed one is retried, and the end may come before the last lines.
    for (const write of writes) {
      if (write.kind === "state" && write.state.status !== "running") {
        this.#confidential.delete(write.id);
      }
    }
    // These have ended, so they write nothing more.
    forebears.forEach((id) => this.#confidential.delete(id));
  }

  async workflow(id: number, reader?: number): Promise<StoredWorkflow | undefined> {
    const workflow = await this.#inner.workflow(id);
    if (reader !== undefined && workflow !== undefined && hasSealedEnd(workflow)) {
      this.#confidential.add(reader);
    }
    return this.#opened(workflow);
  }

  /** Whether what a workflow writes is encrypted, considering what it has written so far. */
  isConfidential(id: number): boolean {
    return this.#confidential.has(id);
  }

  /** Marks a workflow that learned something from one that has read a secret, directly or indirectly. */
  confide(id: number): void {
    this.#confidential.add(id);
  }

  /** While `work` runs, `from`, a workflow of another partition, counts as having read a secret. */
  async confidedBy<Result>(from: number, work: () => Promise<Result>): Promise<Result> {
    this.#confidential.add(from);
    this.#confiding.set(from, (this.#confiding.get(from) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const others = (this.#confiding.get(from) ?? 0) - 1;
      if (others > 0) {
        this.#confiding.set(from, others);
      } else {
        this.#confiding.delete(from);
        this.#confidential.delete(from);
      }
    }
  }

  async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    return this.#opened(await this.#inner.workflowByIdempotencyKey(key));
  }

  async list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    const found = await this.#inner.list(filter);
    return found.map((workflow) => this.#openedWorkflow(workflow));
  }

  ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return this.#inner.ids(filter);
  }

  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Promise<Walked> {
    return this.#inner.walk(filter, by, walk);
  }

  async lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    const texts = await this.#inner.lines(id, positions);
    if (texts.some(isConfidential)) {
      this.#confidential.add(id);
    }
    return texts.map((text) => openText(this.#seal, id, text));
  }

  async mailbox(id: number): Promise<readonly StoredMessage[]> {
    const messages = await this.#inner.mailbox(id);
    if (messages.some(({ data }) => isSealed(data))) {
      this.#confidential.add(id);
    }
    return messages.map((message) => ({
      ...message,
      data: openText(this.#seal, id, message.data),
    }));
  }

  async note(id: number, name: string): Promise<string | undefined> {
    const value = await this.#inner.note(id, name);
    return value === undefined ? undefined : openText(this.#seal, id, value);
  }

  wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    return this.#inner.wakeups(after, limit);
  }

  counts(): Promise<WorkflowCounts> {
    return this.#inner.counts();
  }

  running(): Promise<number> {
    return this.#inner.running();
  }

  lastId(): Promise<number> {
    return this.#inner.lastId();
  }

  prune(endedBefore: number, limit: number): Promise<number> {
    return this.#inner.prune(endedBefore, limit);
  }

  /** Nothing in a schedule comes from a workflow, so it is not encrypted. */
  schedule(name: string): Promise<StoredSchedule | undefined> {
    return this.#inner.schedule(name);
  }

  schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    return this.#inner.schedules(after, limit);
  }

  modules(): Promise<readonly StoredModule[]> {
    return this.#inner.modules();
  }

  moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    return this.#inner.moduleBytes(hash);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /**
   * Workflows that others are restarted from and that have encrypted texts. They count as confidential until the
   * commit.
   */
  async #forebearsOf(writes: readonly StoreWrite[]): Promise<readonly number[]> {
    const forebears: number[] = [];
    for (const write of writes) {
      const id = write.kind === "create" ? write.from : undefined;
      if (id !== undefined && !this.#confidential.has(id) && (await this.#hasSealed(id))) {
        this.#confidential.add(id);
        forebears.push(id);
      }
    }
    return forebears;
  }

  async #hasSealed(id: number): Promise<boolean> {
    const { input = "" } = (await this.#inner.workflow(id)) ?? {};
    return isSealed(input) || (await this.#inner.lines(id)).some(isConfidential);
  }

  /** Finds which workflows have read a secret, or got something from one that has, before any write is encrypted. */
  #learnFrom(writes: readonly StoreWrite[]): void {
    let known: number;
    do {
      known = this.#confidential.size;
      for (const write of writes) {
        if (this.#tells(write)) {
          this.#confidential.add(write.kind === "create" ? write.workflow.id : write.id);
        }
      }
    } while (this.#confidential.size > known);
  }

  /** Whether a write shows that what its workflow writes must be encrypted. */
  #tells(
    write: StoreWrite,
  ): write is Exclude<StoreWrite, { readonly kind: "deploy" | "schedule" | "unschedule" }> {
    switch (write.kind) {
      case "append":
        return write.lines.includes(secretAnswer);
      case "create":
        return [write.workflow.parent, write.from].some(
          (id) => id != null && this.#confidential.has(id),
        );
      case "receive":
        return write.from !== undefined && this.#confidential.has(write.from);
      default:
        return false;
    }
  }

  #sealed(write: StoreWrite): StoreWrite {
    switch (write.kind) {
      case "create": {
        const { id } = write.workflow;
        const input = this.#close(id, write.workflow.input);
        return {
          ...write,
          workflow: { ...write.workflow, ...this.#state(id, write.workflow), input },
        };
      }
      case "receive": {
        const { from, id, message } = write;
        return from !== undefined && this.#confidential.has(from)
          ? { ...write, message: { ...message, data: this.#seal.close(id, message.data) } }
          : write;
      }
      case "continue":
        return { ...write, input: this.#close(write.id, write.input) };
      case "append":
        return this.#confidential.has(write.id)
          ? { ...write, lines: this.#seal.close(write.id, write.lines) }
          : write;
      case "note": {
        const { id, value } = write;
        return value === null ? write : { ...write, value: this.#close(id, value) };
      }
      case "state": {
        const state = this.#state(write.id, write.state);
        return state === write.state ? write : { ...write, state };
      }
      default:
        return write;
    }
  }

  #state<State extends WorkflowState>(id: number, state: State): State {
    const { response, failure, waiting } = state;
    const isRequest = waiting?.on === "http";
    if (response === null && failure === null && !isRequest) {
      return state;
    }
    return {
      ...state,
      // A request's URL may contain something computed from a secret.
      waiting: isRequest ? { ...waiting, url: this.#close(id, waiting.url) } : waiting,
      response: response === null ? null : this.#close(id, response),
      failure: failure === null ? null : changeTexts(failure, (text) => this.#close(id, text)),
    };
  }

  /** A text that only looks encrypted is encrypted, too: otherwise nobody could tell the difference. */
  #close(id: number, text: string): string {
    return this.#confidential.has(id) || isSealed(text) ? this.#seal.close(id, text) : text;
  }

  #opened(workflow: StoredWorkflow | undefined): StoredWorkflow | undefined {
    return workflow === undefined ? undefined : this.#openedWorkflow(workflow);
  }

  #openedWorkflow(workflow: StoredWorkflow): StoredWorkflow {
    if (isSealed(workflow.input) && workflow.status === "running") {
      this.#confidential.add(workflow.id);
    }
    return openWorkflow(this.#seal, workflow);
  }
}

/** Whether a journal's text is encrypted, or should have been. */
function isConfidential(text: string): boolean {
  return isSealed(text) || text.includes(secretAnswer);
}
