import { FakeServer, type FakeAnswer, type FakeRoutes } from "./fake-server.ts";
import { completedWorkflow, goodHealth } from "./server-answers.ts";

/**
 * The routes of a Flawless server whose workflow `wkf_N` belongs to the job with the number N, and has completed.
 *
 * @param routes override those.
 */
export function flawlessRoutes(routes: FakeRoutes = {}): FakeRoutes {
  const waits: Record<string, FakeAnswer> = {};
  for (let number = 1; number <= 20; number += 1) {
    const ok = { ...completedWorkflow, id: `wkf_${number}` };
    waits[`GET /api/workflows/wkf_${number}/wait`] = { json: { ok } };
  }
  return {
    ...goodHealth,
    "GET /version": { text: "0.1.0" },
    "POST /api/workflow/start": ({ body }) => {
      const { input } = JSON.parse(body.toString()) as { input: string };
      const { id } = JSON.parse(input) as { id: number };
      return { status: 202, json: { ok: { id: `wkf_${id}`, response: null } } };
    },
    ...waits,
    ...routes,
  };
}

/** Starts such a server. */
export async function startFlawless(routes: FakeRoutes = {}): Promise<FakeServer> {
  return await FakeServer.start(flawlessRoutes(routes));
}
