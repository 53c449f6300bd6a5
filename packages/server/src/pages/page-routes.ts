import { ApiError } from "@flawless-ts/http-service";
import { type EventStreams, sendHtml, serveAssets } from "@flawless-ts/http-service/pages";
import type { FastifyInstance, FastifyReply } from "@flawless-ts/http-service/fastify";
import type { EngineApi } from "../api/engine-api.ts";
import { explainEngineError } from "../api/engine-error-reply.ts";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { fromPublicId } from "../workflow/workflow-id.ts";
import { activitiesPage, shownTasks } from "./activities-page.ts";
import { clusterPage } from "./cluster-page.ts";
import { answerWithErrorPages } from "./error-page.ts";
import { deployedModule, formRoutes } from "./form-routes.ts";
import { listPage } from "./list-page.ts";
import { listAddress, readListQuery } from "./list-query.ts";
import { readList } from "./list-regions.ts";
import { LiveViews } from "./live-views.ts";
import { modulesPage } from "./modules-page.ts";
import { site } from "./site.ts";
import { schedulePages } from "./schedule-routes.ts";
import { startChoicePage, startPage } from "./start-page.ts";
import { stepPage } from "./step-page.ts";
import { workflowPage } from "./workflow-page.ts";
import { workflowPath } from "./workflow-parts.ts";
import { readWorkflow } from "./workflow-regions.ts";

/** What the pages need besides the engine. */
export interface PageOptions {
  readonly streams: EventStreams;
  /** The view of the cluster. Default: no cluster page. */
  readonly cluster?: (() => ClusterView) | undefined;
  /** Calls back at each change of a workflow; returns a function that stops it. Default: pages poll every 2 s. */
  readonly listen?: ((changed: (workflowId: string) => void) => () => void) | undefined;
}

interface WorkflowRoute {
  readonly Params: { readonly id: string };
  readonly Querystring: { readonly from?: unknown };
}

interface StartRoute {
  readonly Querystring: Readonly<Record<"module" | "version" | "workflow" | "like", unknown>>;
}

/** Any page of the journal includes the input, so one step is enough. */
const oneStep = { first: 1, limit: 1 };

const hidden = { schema: { hide: true } };
/** Without HEAD: it would open a stream that gets no content. */
const hiddenStream = { ...hidden, exposeHeadRoute: false };

/** The pages for people. The OpenAPI document omits them, because programs don't need them. */
export function pageRoutes(
  engine: EngineApi,
  { streams, cluster, listen = () => () => undefined }: PageOptions,
): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    const views = new LiveViews({
      now: () => Date.now(),
      onFailure: (error) => scope.log.error({ err: error }, "open pages can't be updated"),
      listen,
    });
    scope.addHook("onClose", async () => views[Symbol.dispose]());
    answerWithErrorPages(scope, explainEngineError);

    scope.get("/", {
      ...hidden,
      handler: async (request, reply): Promise<FastifyReply> => {
        const query = readListQuery(request.query);
        if (fromPublicId(query.workflow) !== undefined) {
          return reply.redirect(workflowPath(query.workflow), 303);
        }
        // If no workflow has that id, it may be the prefix of one.
        if (fromPublicId(query.find) !== undefined && (await exists(engine, query.find))) {
          return reply.redirect(workflowPath(query.find), 303);
        }
        const [regions, modules] = await Promise.all([readList(engine, query), engine.modules()]);
        return sendHtml(reply, listPage(query, regions, modules, Date.now()));
      },
    });

    scope.get("/events/workflows", {
      ...hiddenStream,
      handler: async (request, reply) => {
        const query = readListQuery(request.query);
        const source = { render: () => readList(engine, query), concerns: () => true };
        await views.serve(listAddress("/", query), source, streams.open(reply));
      },
    });

    scope.get<WorkflowRoute>("/workflows/:id", {
      ...hidden,
      handler: async (request, reply): Promise<FastifyReply> => {
        const { id } = request.params;
        const first = firstStep(request.query.from);
        const regions = await readWorkflow(engine, id, first);
        return sendHtml(reply, workflowPage(id, first, regions, Date.now()));
      },
    });

    scope.get<WorkflowRoute>("/events/workflows/:id", {
      ...hiddenStream,
      handler: async (request, reply) => {
        const { id } = request.params;
        const first = firstStep(request.query.from);
        // An unknown workflow gets an error response, not a stream.
        await engine.workflow(id);
        const source = {
          render: () => readWorkflow(engine, id, first),
          concerns: (changed: string) => changed === id,
        };
        await views.serve(`${id} ${first}`, source, streams.open(reply));
      },
    });

    scope.get<{ readonly Params: { readonly id: string; readonly step: string } }>(
      "/workflows/:id/steps/:step",
      {
        ...hidden,
        handler: async (request, reply): Promise<FastifyReply> => {
          const { id } = request.params;
          const first = firstStep(request.params.step);
          const workflow = await engine.workflow(id);
          const page = stepPage(
            workflow,
            await engine.journalPage(id, { first, limit: 1 }),
            Date.now(),
          );
          if (page === null) {
            throw new ApiError("ROUTE_NOT_FOUND", `Workflow ${id} has no step ${first}.`);
          }
          return sendHtml(reply, page);
        },
      },
    );

    scope.get<StartRoute>("/start", {
      ...hidden,
      handler: async (request, reply): Promise<FastifyReply> => {
        const { module, version, workflow, like } = request.query;
        if (![module, version, workflow].every((part) => typeof part === "string")) {
          return sendHtml(reply, startChoicePage(await engine.modules(), Date.now()));
        }
        const target = {
          module: String(module),
          version: String(version),
          workflow: String(workflow),
        };
        const deployed = await deployedModule(engine, target.module, target.version);
        const types = deployed === undefined ? null : await engine.moduleTypes(deployed.hash);
        const input =
          typeof like === "string" ? (await engine.journalPage(like, oneStep)).input : null;
        return sendHtml(reply, startPage(target, types, input, Date.now()));
      },
    });

    schedulePages(scope, engine);

    scope.get("/modules", {
      ...hidden,
      handler: async (_request, reply): Promise<FastifyReply> =>
        sendHtml(reply, modulesPage(await engine.modules(), Date.now())),
    });

    scope.get("/activities", {
      ...hidden,
      handler: async (_request, reply): Promise<FastifyReply> =>
        sendHtml(reply, activitiesPage(await engine.activities.summaries(shownTasks), Date.now())),
    });

    if (cluster !== undefined) {
      scope.get("/cluster", {
        ...hidden,
        handler: async (_request, reply): Promise<FastifyReply> =>
          sendHtml(reply, clusterPage(cluster(), Date.now())),
      });
    }

    await scope.register((forms) => formRoutes(forms, engine));
    serveAssets(scope, site.assets);
  };
}

async function exists(engine: EngineApi, id: string): Promise<boolean> {
  return engine.workflow(id).then(
    () => true,
    () => false,
  );
}

function firstStep(text: unknown): number | null {
  if (text === undefined) {
    return null;
  }
  if (typeof text !== "string" || !/^[1-9]\d{0,8}$/.test(text)) {
    throw new ApiError("INVALID_REQUEST", "A step is a whole number from 1 on.");
  }
  return Number(text);
}
