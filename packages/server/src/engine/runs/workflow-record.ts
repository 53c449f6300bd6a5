import type {
  StoreWrite,
  StoredMessage,
  StoredWorkflow,
  WorkflowState,
} from "../../store/workflow-store.ts";
import { addSizes, emptyJournal, type JournalSize, sizeOf } from "../../journal/journal-size.ts";
import { changeLabels, type LabelChanges, type Labels } from "../../workflow/labels.ts";
import type { Unsaved } from "../committer.ts";
import { messageBytes } from "./mailbox-size.ts";

/** Where a message comes from, unless a client just sent it. */
export interface MessageOrigin {
  /** The number by which it is answered, if it is an update. */
  readonly update?: number;
  /** The workflow that sent it, if one did. */
  readonly from?: number;
}

/** What a new workflow takes over from the one that it restarts or forks. */
export interface TakenOver {
  readonly from: number;
  /** The texts that its journal begins with. */
  readonly appends: readonly string[];
  /** The state that the steps in them led to. */
  readonly state?: Partial<WorkflowState>;
}

/** What the engine has in memory of a workflow's journal, mailbox and state, and what of that is not saved yet. */
export class WorkflowRecord implements Unsaved {
  readonly #takenOver: TakenOver | undefined;
  #workflow: StoredWorkflow;
  #state: WorkflowState;
  #isNew: boolean;
  #mayLackLines: boolean;
  #stateChanged = false;
  #lines = "";
  #others: StoreWrite[] = [];
  #appends = 0;
  #isJournalKnown: boolean;
  #journalSize = emptyJournal;
  #mailbox: StoredMessage[];
  #mailboxBytes: number;
  /** One above that of any message so far, including those that are no longer stored. */
  #nextMessage: number;

  /**
   * @param mailbox null for a workflow that the journal does not know yet
   * @param takenOver only for such a workflow
   */
  constructor(
    workflow: StoredWorkflow,
    mailbox: readonly StoredMessage[] | null,
    takenOver?: TakenOver,
  ) {
    this.#takenOver = takenOver;
    this.#workflow = workflow;
    this.#state = stateOf(workflow);
    this.#isNew = mailbox === null;
    this.#mayLackLines = mailbox === null;
    this.#isJournalKnown = mailbox === null;
    this.#mailbox = [...(mailbox ?? [])];
    this.#mailboxBytes = this.#mailbox.reduce((sum, each) => sum + messageBytes(each), 0);
    this.#nextMessage = (this.#mailbox.at(-1)?.sequence ?? -1) + 1;
    const appends = takenOver?.appends ?? [];
    this.#appends = appends.length;
    this.#journalSize = appends.map(sizeOf).reduce(addSizes, emptyJournal);
  }

  get id(): number {
    return this.#workflow.id;
  }

  get workflow(): StoredWorkflow {
    return { ...this.#workflow, ...this.#state };
  }

  get state(): WorkflowState {
    return this.#state;
  }

  /** The workflow that a caller started and that this one descends from, or is. */
  get root(): number {
    return this.#workflow.root;
  }

  /** The number of its ancestors. */
  get depth(): number {
    return this.#workflow.depth;
  }

  /** Whether its caller reads the response later. */
  get detached(): boolean {
    return this.#workflow.detached;
  }

  get labels(): Labels {
    return this.#workflow.labels;
  }

  get input(): string {
    return this.#workflow.input;
  }

  /** Whether it takes over steps of another workflow, and was created by this process. */
  get isTakenOver(): boolean {
    return this.#takenOver !== undefined;
  }

  /** Whether no journal was ever written, so that the guest starts from nothing. */
  get isUntouched(): boolean {
    return this.#isNew && this.#lines === "" && this.#appends === 0;
  }

  /** Whether the store may still have other lines. Never if all that was ever read came from the journal. */
  get mayLackLines(): boolean {
    return this.#mayLackLines;
  }

  get isSaved(): boolean {
    return !this.#isNew && !this.#stateChanged && this.#lines === "" && this.#others.length === 0;
  }

  /** The size of the whole journal, as far as it was read. */
  get journalSize(): JournalSize {
    return this.#journalSize;
  }

  get mailboxSize(): number {
    return this.#mailbox.length;
  }

  get mailboxBytes(): number {
    return this.#mailboxBytes;
  }

  change(state: Partial<WorkflowState>): void {
    this.#state = { ...this.#state, ...state };
    this.#stateChanged = true;
  }

  append(lines: string): void {
    this.#lines += lines;
    this.#mayLackLines = true;
    this.#journalSize = addSizes(this.#journalSize, sizeOf(lines));
  }

  /** Another change that must be in the same transaction. */
  add(write: StoreWrite): void {
    this.#others.push(write);
  }

  /** The journal was read: what is appended next comes after it. */
  readFrom(texts: readonly string[]): void {
    // Later, operations may have ended since it was read, and only this record knows of their lines.
    if (this.#isJournalKnown) {
      return;
    }
    this.#isJournalKnown = true;
    this.#appends = this.#state.journalStart + texts.length;
    this.#journalSize = texts.map(sizeOf).reduce(addSizes, emptyJournal);
  }

  /** Continues as new. The next transaction deletes everything that it did until now, except its messages. */
  continueWith(input: string): void {
    const journalStart = this.#appends;
    this.#workflow = { ...this.#workflow, input };
    this.#lines = "";
    // The store has the lines of the run before until this is saved.
    this.#mayLackLines = true;
    this.#journalSize = emptyJournal;
    this.change({ run: this.#state.run + 1, journalStart, wakeAt: 0, waiting: null });
    if (!this.#isNew) {
      this.add({ kind: "continue", id: this.id, input, journalStart });
    }
  }

  /** @param origin if it is an update, or comes from another workflow */
  receive(type: string, data: string, at: number, { update, from }: MessageOrigin = {}): void {
    const sequence = this.#nextMessage;
    const message = { sequence, type, data, at, ...(update === undefined ? {} : { update }) };
    this.#nextMessage += 1;
    this.#mailbox.push(message);
    this.#mailboxBytes += messageBytes(message);
    const { id } = this;
    this.add({ kind: "receive", id, message, ...(from === undefined ? {} : { from }) });
  }

  /** Stores a value under a name, in place of any earlier one. @param value null: deletes it */
  note(name: string, value: string | null): void {
    this.add({ kind: "note", id: this.id, name, value });
  }

  changeLabels(changes: LabelChanges): void {
    this.#workflow = { ...this.#workflow, labels: changeLabels(this.#workflow.labels, changes) };
    if (!this.#isNew) {
      for (const [key, value] of Object.entries(changes)) {
        this.add({ kind: "label", id: this.id, key, value });
      }
    }
  }

  /** The oldest message of a type, which stays in the mailbox. */
  messageOf(type: string): StoredMessage | undefined {
    return this.#mailbox.find((message) => message.type === type);
  }

  takeMessage(types: readonly string[]): StoredMessage | undefined {
    const index = this.#mailbox.findIndex((message) => types.includes(message.type));
    const [message] = index < 0 ? [] : this.#mailbox.splice(index, 1);
    if (message !== undefined) {
      this.#mailboxBytes -= messageBytes(message);
      this.add({ kind: "consume", id: this.#workflow.id, sequence: message.sequence });
    }
    return message;
  }

  clearMailbox(): void {
    for (const { sequence } of this.#mailbox) {
      this.add({ kind: "consume", id: this.#workflow.id, sequence });
    }
    this.#mailbox = [];
    this.#mailboxBytes = 0;
  }

  takeWrites(): readonly StoreWrite[] {
    const id = this.#workflow.id;
    const writes: StoreWrite[] = [];
    if (this.#isNew) {
      writes.push(...this.#creation());
    } else if (this.#stateChanged) {
      writes.push({ kind: "state", id, state: this.#state });
    }
    if (this.#lines !== "") {
      writes.push({ kind: "append", id, position: this.#appends, lines: this.#lines });
      this.#appends += 1;
    }
    writes.push(...this.#others);
    this.#isNew = false;
    this.#stateChanged = false;
    this.#lines = "";
    this.#others = [];
    return writes;
  }

  #creation(): readonly StoreWrite[] {
    const { id, workflow } = this;
    if (this.#takenOver === undefined) {
      return [{ kind: "create", workflow }];
    }
    const { from, appends } = this.#takenOver;
    return [
      { kind: "create", workflow, from },
      ...appends.map((lines, position): StoreWrite => ({ kind: "append", id, position, lines })),
    ];
  }
}

/** The part that changes by itself. The rest may be replaced without it. */
function stateOf(workflow: StoredWorkflow): WorkflowState {
  const { status, wakeAt, waiting, response, endedAt, failure } = workflow;
  const { cancelBy, run, journalStart, hasBoundChildren } = workflow;
  return {
    status,
    wakeAt,
    waiting,
    response,
    endedAt,
    failure,
    cancelBy,
    run,
    journalStart,
    hasBoundChildren,
  };
}
