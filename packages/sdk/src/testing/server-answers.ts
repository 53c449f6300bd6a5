import type { WorkflowDetails, WorkflowInfo } from "../connection/types.ts";
import type { FakeRoutes } from "./fake-server.ts";

/** A running workflow in the format of @flawless-ts/server. */
export const runningWorkflow: WorkflowInfo = {
  id: "wkf_1",
  module: "shop",
  version: "1.0.0",
  moduleHash: "ab".repeat(32),
  workflow: "checkout",
  status: "running",
  waiting: { on: "message", types: ["approve"], until: null },
  createdAt: "2026-01-01T00:00:00.000Z",
  endedAt: null,
  response: null,
  error: null,
  parent: null,
  cancelBy: null,
  run: 1,
  idempotencyKey: null,
  labels: {},
};

/** As in the response of `GET /api/workflows/ID`. */
export const runningDetails: WorkflowDetails = {
  ...runningWorkflow,
  restartedFrom: null,
  restarts: [],
};

/** A completed workflow. */
export const completedWorkflow: WorkflowInfo = {
  ...runningWorkflow,
  status: "completed",
  waiting: null,
  endedAt: "2026-01-01T00:00:01.000Z",
};

/** The health of @flawless-ts/server. */
export const goodHealth: FakeRoutes = {
  "GET /health": { json: { status: "ok", version: "0.1.0", reason: null, running: 0 } },
};

/** The result of {@link refusal}: a `FakeAnswer`. */
export interface FakeRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: { readonly error: string };
}

/** A failure in the format of @flawless-ts/server. */
export function refusal(
  status: number,
  code: string,
  error: string,
  workflowId?: string,
): FakeRefusal {
  const headers = {
    "flawless-error-code": code,
    ...(workflowId === undefined ? {} : { "flawless-workflow-id": workflowId }),
  };
  return { status, headers, json: { error } };
}

/** The original server's response for unknown routes: no envelope, no code. */
export const originalServer: FakeRoutes = { "GET /version": { text: "1.0.0-beta.3" } };
