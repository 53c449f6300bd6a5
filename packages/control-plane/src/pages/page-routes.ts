import { ApiError } from "@flawless-ts/http-service";
import { type Html, renderPage, sendHtml, serveAssets } from "@flawless-ts/http-service/pages";
import type { FastifyInstance, FastifyReply } from "@flawless-ts/http-service/fastify";
import type { ControlPlaneContext } from "../api/context.ts";
import { type Clock, systemClock } from "../clock.ts";
import { site } from "./site.ts";
import { DashboardFeed } from "./dashboard-feed.ts";
import {
  dashboardHeader,
  dashboardMain,
  dashboardSections,
  type SectionName,
} from "./dashboard-page.ts";
import { jobPage } from "./job-page.ts";
import {
  clusterHealth,
  controlPlaneNodes,
  queueStats,
  sendRecentJobs,
} from "./mvm-ci-fragments.ts";
import { jobStatuses } from "../queue/types.ts";
import { statePage } from "./state-page.ts";
import { type DashboardRegions, renderRegions } from "./regions.ts";
import { defaultSnapshotLimits, SnapshotReader } from "./snapshot.ts";

/** Settings that tests change. */
export interface PageOptions {
  /** Default: the system clock. */
  readonly clock?: Clock | undefined;
}

const sectionNames: readonly SectionName[] = ["queue", "jobs", "workers"];

const sharedLookMs = 1_000;

/**
 * The HTML pages: `/` and `/dashboard/*`, in the same scope as the API's routes. They are not in the OpenAPI document, because
 * programs don't need them.
 */
export function pageRoutes(
  { nodeId, nodes, storage, queue, events, flawless, streams }: ControlPlaneContext,
  { clock = systemClock }: PageOptions = {},
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    const shared = storage.kind === "postgres";
    const reader = new SnapshotReader(queue, events, defaultSnapshotLimits, shared);
    const feed = new DashboardFeed({
      reader,
      events,
      flawless,
      clock,
      // Changes made by other nodes are noticed only by checking.
      ...(shared ? { lookMs: sharedLookMs } : {}),
      onFailure: (error) => scope.log.error({ err: error }, "open pages can't be updated"),
    });
    scope.addHook("onClose", async () => feed[Symbol.dispose]());

    const look = async (): Promise<DashboardRegions> => {
      const [snapshot, state] = await Promise.all([reader.read(), flawless?.ask() ?? null]);
      return renderRegions(snapshot, state);
    };

    for (const path of ["/", "/dashboard"]) {
      scope.get(path, {
        schema: { hide: true },
        handler: async (_request, reply): Promise<FastifyReply> => {
          const regions = await look();
          const now = clock.now();
          const page = renderPage(
            {
              title: `Control plane ${nodeId}`,
              path: "/",
              now,
              events: "/dashboard/events",
              header: dashboardHeader(nodeId, now, regions),
              main: dashboardMain(regions),
            },
            site,
          );
          return sendHtml(reply, page);
        },
      });
    }

    scope.get<{ Params: { readonly id: string } }>("/dashboard/job/:id", {
      schema: { hide: true },
      handler: async (request, reply): Promise<FastifyReply> => {
        const job = await queue.job(request.params.id);
        return sendHtml(reply, jobPage(job, flawless?.url ?? null, clock.now()));
      },
    });

    scope.get<{
      readonly Params: { readonly status: string };
      readonly Querystring: { readonly after?: unknown };
    }>("/dashboard/state/:status", {
      schema: { hide: true },
      handler: async (request, reply): Promise<FastifyReply> => {
        const status = jobStatuses.find((known) => known === request.params.status);
        const { after = "0" } = request.query;
        if (status === undefined || typeof after !== "string" || !/^\d{1,15}$/.test(after)) {
          throw new ApiError(
            "INVALID_REQUEST",
            `Expected one of the states ${jobStatuses.join(", ")}, and a number to begin after.`,
          );
        }
        const url = flawless?.url ?? null;
        return sendHtml(reply, await statePage(queue, status, Number(after), url, clock.now()));
      },
    });

    for (const name of sectionNames) {
      scope.get(`/dashboard/${name}`, {
        schema: { hide: true },
        handler: async (_request, reply): Promise<FastifyReply> =>
          sendHtml(reply, dashboardSections(await look())[name]),
      });
    }

    const fragments: Readonly<Record<string, () => Promise<Html>>> = {
      "cluster-health": async () => {
        const workers = await queue.workers();
        const online = workers.filter(({ status }) => status === "online");
        return clusterHealth(nodes.list().length, online.length);
      },
      "queue-stats": async () => queueStats(await queue.counts()),
      "control-plane-nodes": async () => controlPlaneNodes(nodes.list()),
    };
    for (const [name, render] of Object.entries(fragments)) {
      scope.get(`/dashboard/${name}`, {
        schema: { hide: true },
        handler: async (_request, reply): Promise<FastifyReply> => sendHtml(reply, await render()),
      });
    }
    scope.get<{ Querystring: { readonly sort?: string } }>("/dashboard/recent-jobs", {
      schema: { hide: true },
      handler: async (request, reply): Promise<FastifyReply> =>
        sendRecentJobs(reply, queue, request.query.sort),
    });

    scope.get("/dashboard/events", {
      schema: { hide: true },
      // A HEAD request's stream would stay open without ever having content.
      exposeHeadRoute: false,
      handler: async (_request, reply) => {
        await feed.serve(streams.open(reply));
      },
    });

    serveAssets(scope, site.assets);
  };
}
