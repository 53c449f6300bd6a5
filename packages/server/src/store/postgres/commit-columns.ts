import type {
  StoreWrite,
  StoredSchedule,
  StoredWorkflow,
  WorkflowState,
} from "../workflow-store.ts";
import { arrayParameter, type Element, type ElementType } from "./array-parameters.ts";
import type { Parameter } from "./postgres-database.ts";
import { toStored } from "./stored-text.ts";

const stateColumns: readonly [string, ElementType][] = [
  ["status", "text"],
  ["wake_at", "float8"],
  ["waiting", "text"],
  ["response", "text"],
  ["ended_at", "float8"],
  ["failure", "text"],
  ["cancel_by", "float8"],
  ["run", "int4"],
  ["journal_start", "int4"],
  ["has_bound_children", "bool"],
];

export type ChangeKind =
  | "fences"
  | "created"
  | "states"
  | "continued"
  | "appended"
  | "received"
  | "consumed"
  | "noted"
  | "forgotten"
  | "labelled"
  | "unlabelled"
  | "scheduled"
  | "unscheduled"
  | "deployed";

/** The columns of each kind of change. The first one is always the partition. */
const columns: Readonly<Record<ChangeKind, readonly (readonly [string, ElementType])[]>> = {
  fences: [
    ["partition", "int4"],
    ["epoch", "int8"],
    ["number", "int8"],
    ["token", "int8"],
  ],
  created: [
    ["partition", "int4"],
    ["id", "int8"],
    ["module", "text"],
    ["version", "text"],
    ["module_hash", "text"],
    ["workflow", "text"],
    ["input", "text"],
    ["created_at", "float8"],
    ["parent", "int8"],
    ["root", "int8"],
    ["depth", "int4"],
    ["detached", "bool"],
    ["idempotency_key", "text"],
    ...stateColumns,
    ["bound", "bool"],
  ],
  states: [["partition", "int4"], ["id", "int8"], ["input", "text"], ...stateColumns],
  continued: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["journal_start", "int4"],
  ],
  appended: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["position", "int4"],
    ["lines", "text"],
  ],
  received: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["sequence", "int8"],
    ["type", "text"],
    ["data", "text"],
    ["at", "float8"],
    ["update_number", "int8"],
  ],
  consumed: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["sequence", "int8"],
  ],
  noted: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["name", "text"],
    ["value", "text"],
  ],
  forgotten: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["name", "text"],
  ],
  labelled: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["name", "text"],
    ["value", "text"],
  ],
  unlabelled: [
    ["partition", "int4"],
    ["workflow", "int8"],
    ["name", "text"],
  ],
  scheduled: [
    ["partition", "int4"],
    ["name", "text"],
    ["spec", "text"],
    ["input", "text"],
    ["state", "text"],
  ],
  unscheduled: [
    ["partition", "int4"],
    ["name", "text"],
  ],
  deployed: [
    ["partition", "int4"],
    ["name", "text"],
    ["version", "text"],
    ["hash", "text"],
    ["deployed_at", "float8"],
    ["inspection", "text"],
    ["bytes", "bytea"],
  ],
};

/** The kinds of changes, in the order they have in a statement. */
export const changeKinds = Object.keys(columns) as readonly ChangeKind[];

export function columnNames(kind: ChangeKind): readonly string[] {
  return columns[kind].map(([name]) => name);
}

export function columnTypes(kind: ChangeKind): readonly ElementType[] {
  return columns[kind].map(([, type]) => type);
}

/**
 * The changes of some partitions, as the columns that one statement takes. All parts of a statement see the tables as
 * they were before it, so several writes about the same thing are merged into one.
 */
export class CommitColumns {
  readonly #columns = new Map<ChangeKind, Element[][]>();

  /** @param writes all of the same partition */
  add(fence: Fence, writes: readonly StoreWrite[]): void {
    const { partition } = fence;
    this.#push("fences", [partition, fence.epoch, fence.number, fence.token]);
    const { created, states, continued, messages, consumed, notes, labels, schedules, deployed } =
      folded(writes);
    for (const workflow of created.values()) {
      this.#push("created", [partition, ...workflowValues(workflow)]);
    }
    for (const [id, state] of states) {
      const input = continued.get(id)?.input;
      const values = [input === undefined ? null : toStored(input), ...stateValues(state)];
      this.#push("states", [partition, id, ...values]);
    }
    for (const { id, journalStart } of continued.values()) {
      this.#push("continued", [partition, id, journalStart]);
    }
    for (const { id, message } of messages.values()) {
      const { sequence, type, data, at, update = null } = message;
      const texts = [toStored(type), toStored(data)];
      this.#push("received", [partition, id, sequence, ...texts, at, update]);
    }
    for (const { id, sequence } of consumed) {
      this.#push("consumed", [partition, id, sequence]);
    }
    for (const { id, name, value } of notes.values()) {
      if (value === null) {
        this.#push("forgotten", [partition, id, toStored(name)]);
      } else {
        this.#push("noted", [partition, id, toStored(name), toStored(value)]);
      }
    }
    for (const { id, key, value } of labels.values()) {
      if (value === null) {
        this.#push("unlabelled", [partition, id, key]);
      } else {
        this.#push("labelled", [partition, id, key, value]);
      }
    }
    for (const [name, schedule] of schedules) {
      if (schedule === null) {
        this.#push("unscheduled", [partition, name]);
      } else {
        const { spec, input, state } = schedule;
        this.#push("scheduled", [partition, name, ...[spec, input, state].map(toStored)]);
      }
    }
    for (const { module, bytes } of deployed.values()) {
      const { name, version, hash, deployedAt, inspection } = module;
      const texts = [toStored(name), toStored(version), hash];
      this.#push("deployed", [partition, ...texts, deployedAt, JSON.stringify(inspection), bytes]);
    }
    const startOf = (id: number): number => continued.get(id)?.journalStart ?? 0;
    for (const write of writes) {
      // This statement can't delete what it adds itself, because it doesn't see it.
      if (write.kind === "append" && write.position >= startOf(write.id)) {
        this.#push("appended", [partition, write.id, write.position, toStored(write.lines)]);
      }
    }
  }

  /** The kinds that have changes, in the order of `changeKinds`. */
  kinds(): readonly ChangeKind[] {
    return changeKinds.filter((kind) => this.#columns.has(kind));
  }

  /** Whether there is at most one row of each kind, as is usual if a server has little to do. */
  get rows(): RowsOfEach {
    return [...this.#columns.values()].every(([values]) => values?.length === 1) ? "one" : "many";
  }

  /** One parameter for each column of each kind. */
  parameters(): readonly Parameter[] {
    const { rows } = this;
    return this.kinds().flatMap((kind) => {
      const types = columnTypes(kind);
      return (this.#columns.get(kind) ?? []).map((values, index) =>
        rows === "one" ? parameterOf(values[0]) : arrayParameter(types[index] ?? "text", values),
      );
    });
  }

  #push(kind: ChangeKind, row: readonly Element[]): void {
    let all = this.#columns.get(kind);
    if (all === undefined) {
      all = columns[kind].map(() => []);
      this.#columns.set(kind, all);
    }
    for (const [index, value] of row.entries()) {
      all[index]?.push(value);
    }
  }
}

/** How many rows a statement has for each kind of change. */
export type RowsOfEach = "one" | "many";

function parameterOf(value: Element | undefined): Parameter {
  return value instanceof Uint8Array ? Buffer.from(value) : (value ?? null);
}

/** Identifies a commit: see `PartitionCommits`. */
export interface Fence {
  readonly partition: number;
  readonly epoch: number;
  readonly number: number;
  readonly token: number;
}

type Write<Kind extends StoreWrite["kind"]> = Extract<StoreWrite, { readonly kind: Kind }>;

interface Folded {
  readonly created: Map<number | symbol, StoredWorkflow>;
  readonly states: Map<number, WorkflowState>;
  /** Each comes with a state that agrees with it. */
  readonly continued: Map<number, Write<"continue">>;
  readonly messages: Map<string, Write<"receive">>;
  readonly consumed: Write<"consume">[];
  readonly notes: Map<string, Write<"note">>;
  readonly labels: Map<string, Write<"label">>;
  /** Null: deleted. */
  readonly schedules: Map<string, StoredSchedule | null>;
  readonly deployed: Map<string, Write<"deploy">>;
}

function folded(writes: readonly StoreWrite[]): Folded {
  const all: Folded = {
    created: new Map(),
    states: new Map(),
    continued: new Map(),
    messages: new Map(),
    consumed: [],
    notes: new Map(),
    labels: new Map(),
    schedules: new Map(),
    deployed: new Map(),
  };
  for (const write of writes) {
    fold(all, write);
  }
  return all;
}

function fold(all: Folded, write: StoreWrite): void {
  const { created, states, continued, messages, consumed, notes, labels, schedules, deployed } =
    all;
  const label = (id: number, key: string, value: string | null): unknown =>
    labels.set(`${id} ${key}`, { kind: "label", id, key, value });
  switch (write.kind) {
    case "create":
      // If an id is used twice, both stay, so that the database refuses the commit.
      created.set(
        created.has(write.workflow.id) ? Symbol("twice") : write.workflow.id,
        write.workflow,
      );
      for (const [key, value] of Object.entries(write.workflow.labels)) {
        label(write.workflow.id, key, value);
      }
      break;
    case "state": {
      const workflow = created.get(write.id);
      if (workflow === undefined) {
        states.set(write.id, write.state);
      } else {
        created.set(write.id, { ...workflow, ...write.state });
      }
      break;
    }
    case "continue": {
      const workflow = created.get(write.id);
      if (workflow !== undefined) {
        created.set(write.id, { ...workflow, input: write.input });
      }
      continued.set(write.id, write);
      break;
    }
    case "receive":
      messages.set(`${write.id} ${write.message.sequence}`, write);
      break;
    case "consume":
      if (!messages.delete(`${write.id} ${write.sequence}`)) {
        consumed.push(write);
      }
      break;
    case "note":
      notes.set(`${write.id} ${write.name}`, write);
      break;
    case "label":
      label(write.id, write.key, write.value);
      break;
    case "schedule":
      schedules.set(write.schedule.name, write.schedule);
      break;
    case "unschedule":
      schedules.set(write.name, null);
      break;
    case "deploy":
      deployed.set(JSON.stringify([write.module.name, write.module.version]), write);
      break;
    case "append":
      break;
  }
}

function workflowValues(workflow: StoredWorkflow): Element[] {
  const { idempotencyKey: key } = workflow;
  return [
    workflow.id,
    toStored(workflow.module),
    toStored(workflow.version),
    workflow.moduleHash,
    toStored(workflow.workflow),
    toStored(workflow.input),
    workflow.createdAt,
    workflow.parent,
    workflow.root,
    workflow.depth,
    workflow.detached,
    key === null ? null : toStored(key),
    ...stateValues(workflow),
    workflow.bound,
  ];
}

function stateValues(state: WorkflowState): Element[] {
  const { waiting, response, failure } = state;
  return [
    state.status,
    state.wakeAt,
    waiting === null ? null : JSON.stringify(waiting),
    response === null ? null : toStored(response),
    state.endedAt,
    failure === null ? null : JSON.stringify(failure),
    state.cancelBy,
    state.run,
    state.journalStart,
    state.hasBoundChildren,
  ];
}
