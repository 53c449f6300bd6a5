import type { ScheduleDescription, ScheduleStart } from "@flawless-ts/sdk";
import type { EngineApi } from "../api/engine-api.ts";
import type {
  HistoryStep,
  ModuleSummary,
  WorkflowDetails,
  WorkflowHistory,
  WorkflowInfo,
} from "../engine/index.ts";

/** A module as described by the engine. */
export const exampleModule: ModuleSummary = {
  name: "crawler",
  version: "0.1.8",
  hash: "ab".repeat(32),
  sizeBytes: 1234,
  workflows: ["start"],
  deployedAt: "2026-01-02T03:04:05.000Z",
};

/** A running workflow as described by the engine. */
export const exampleWorkflow: WorkflowInfo = {
  id: "wkf_xhRDf",
  module: "crawler",
  version: "0.1.8",
  moduleHash: exampleModule.hash,
  workflow: "start",
  status: "running",
  waiting: { on: "sleep", until: "2026-01-02T03:04:06.000Z" },
  createdAt: "2026-01-02T03:04:05.000Z",
  endedAt: null,
  response: null,
  error: null,
  parent: null,
  cancelBy: null,
  run: 1,
  idempotencyKey: null,
  labels: {},
};

/** The same workflow in the response of `GET /api/workflows/ID`. */
export const exampleDetails: WorkflowDetails = {
  ...exampleWorkflow,
  restartedFrom: null,
  restarts: [],
};

/** The outcome of a schedule's time, as described by the engine. */
const exampleStart: ScheduleStart = {
  at: "2026-01-02T03:00:00.000Z",
  kind: "time",
  decidedAt: "2026-01-02T03:00:00.001Z",
  outcome: "started",
  workflow: exampleWorkflow.id,
  error: null,
};

/** A schedule as described by the engine. */
const exampleSchedule: ScheduleDescription = {
  name: "hourly",
  cron: "0 * * * *",
  timeZone: "Europe/Berlin",
  everyMs: null,
  anchor: null,
  module: exampleModule.name,
  version: null,
  workflow: "start",
  overlap: "skip",
  catchUpMs: 86_400_000,
  jitterMs: 0,
  pausedAt: null,
  endsAt: null,
  createdAt: "2026-01-02T02:30:00.000Z",
  updatedAt: "2026-01-02T02:30:00.000Z",
  nextAt: "2026-01-02T04:00:00.000Z",
  running: [exampleWorkflow.id],
  waitingAt: null,
  counts: { started: 1, skipped: 0, missed: 0, failed: 0 },
  input: "null",
  next: ["2026-01-02T04:00:00.000Z"],
  last: [exampleStart],
};

/** A journal with integers that a JavaScript number can't hold. */
export const exampleHistory: WorkflowHistory = {
  id: "wkf_xhRDf",
  module: "crawler",
  version: "0.1.8",
  moduleHash: exampleModule.hash,
  workflow: "start",
  run: 1,
  input: '{"id":18446744073709551615}',
  status: "running",
  error: null,
  steps: [
    {
      step: 1,
      at: "2026-01-02T03:04:05.000Z",
      answeredAt: "2026-01-02T03:04:05.001Z",
      call: '{"Random":9223372036854775807}',
      answer: '{"Random":[18446744073709551615,1.0]}',
    },
    {
      step: 2,
      at: "2026-01-02T03:04:05.002Z",
      answeredAt: null,
      call: '{"Sleep":{"ms":300}}',
      answer: null,
    },
  ],
};

/** Returns the example with these steps, page by page. */
export function pagesOf(steps: readonly HistoryStep[]): EngineApi["journalPage"] {
  return async (_id, { first, limit }) => {
    const start = (first ?? 1) - 1;
    const page = steps.slice(start, start + limit);
    return {
      ...exampleHistory,
      steps: page,
      total: steps.length,
      response: null,
      failedAttempts: [],
    };
  };
}

/** An engine that returns the examples above; `methods` replaces what a test needs. */
export function fakeEngine(methods: Partial<EngineApi> = {}): EngineApi {
  return {
    deploy: async () => exampleModule,
    modules: async () => [exampleModule],
    moduleTypes: async () => null,
    start: async () => ({ id: exampleWorkflow.id, response: '"done"' }),
    send: async () => undefined,
    restart: async () => ({ ...exampleWorkflow, id: "wkf_xhRDg" }),
    fork: async () => ({ ...exampleWorkflow, id: "wkf_xhRDg" }),
    workflow: async () => exampleDetails,
    idOfKey: async () => exampleWorkflow.id,
    state: async () => null,
    update: async () => ({ value: '"done"' }),
    list: async () => ({ workflows: [exampleWorkflow], cursor: null }),
    journalPage: pagesOf(exampleHistory.steps),
    counts: async () => ({ running: 1, completed: 0, failed: 0, cancelled: 0, sleeping: 1 }),
    end: async () => ({ ...exampleWorkflow, status: "cancelled", waiting: null }),
    endMatching: async () => ({ count: 1, cursor: null }),
    restartMatching: async () => ({ count: 1, failed: 0, failures: [], cursor: null }),
    wait: async () => exampleWorkflow,
    schedules: {
      create: async () => exampleSchedule,
      list: async () => ({ schedules: [exampleSchedule], cursor: null }),
      describe: async () => exampleSchedule,
      update: async () => exampleSchedule,
      pause: async () => exampleSchedule,
      resume: async () => exampleSchedule,
      trigger: async () => exampleStart,
      backfill: async () => ({ started: 1, startedBefore: 0 }),
      delete: async () => undefined,
    },
    activities: {
      register: () => ({ leaseMs: 30_000 }),
      poll: async () => [],
      report: () => [],
      heartbeat: () => [],
      leave: () => undefined,
      summaries: () => [],
    },
    health: () => ({ status: "ok", reason: null, running: 1 }),
    ...methods,
  };
}
