import { ControlPlane } from "../control-plane/control-plane.ts";
import type { ControlPlaneOptions } from "../control-plane/options.ts";
import type { FakeRoutes } from "./fake-server.ts";

const counts = { pending: 1, claimed: 0, in_progress: 2, completed: 3, failed: 1 };

/** The routes by which a server of the first form is recognized. */
export const firstForm: FakeRoutes = {
  "GET /queue/stats": { json: counts },
  "GET /api/queue/stats": { status: 404, text: "" },
};

/** The routes by which a server of the second form is recognized. */
export const secondForm: FakeRoutes = {
  "GET /api/queue/stats": { json: { ...counts, total: 7 } },
};

/** A job in the first form. */
export const firstFormJob = {
  job_id: "job-7",
  status: "Claimed",
  claimed_by: "node-1",
  completed_by: null,
  created_at: 1_700_000_000,
  updated_at: 1_700_000_009,
  payload: { id: 7, url: "https://example.com" },
};

/** The same in the second form. */
export const secondFormJob = {
  id: "job-7",
  status: "Claimed",
  claimed_by: "node-1",
  assigned_worker_id: "worker-1",
  completed_by: null,
  created_at: 1_700_000_000,
  updated_at: 1_700_000_009,
  started_at: null,
  error_message: null,
  retry_count: 1,
  payload: { id: 7, url: "https://example.com" },
  compatible_worker_types: ["wasm"],
  request_id: "request-1",
};

/** A client of this server whose pauses take no time. */
export function controlPlaneOf(
  server: { readonly url: string },
  options: Partial<ControlPlaneOptions> = {},
): ControlPlane {
  return new ControlPlane({ url: server.url, sleep: async () => undefined, ...options });
}
