import { ApiError } from "@flawless-ts/http-service";
import { acceptForms } from "@flawless-ts/http-service/pages";
import type { FastifyInstance, FastifyReply } from "@flawless-ts/http-service/fastify";
import type { EngineApi } from "../api/engine-api.ts";
import type { ModuleSummary } from "../engine/index.ts";
import { messageField } from "./actions/message-forms.ts";
import { formJson, type FormBody } from "./forms/form-json.ts";
import { goTo, stayAt } from "./form-replies.ts";
import { refuseForeignForms } from "./refuse-foreign-forms.ts";
import { scheduleForms } from "./schedule-routes.ts";
import { inputField } from "./start-page.ts";
import { workflowPath } from "./workflow-parts.ts";

interface FormRoute {
  readonly Params: { readonly id: string };
  readonly Body: FormBody | null;
}

const hidden = { schema: { hide: true } };

/** The routes for the forms of the pages. Forms that don't come from these pages are refused. */
export async function formRoutes(scope: FastifyInstance, engine: EngineApi): Promise<void> {
  acceptForms(scope);
  scope.addHook("onRequest", refuseForeignForms);
  scheduleForms(scope, engine);

  for (const manner of ["cancel", "terminate"] as const) {
    scope.post<FormRoute>(`/workflows/:id/${manner}`, {
      ...hidden,
      handler: async (request, reply): Promise<FastifyReply> => {
        await engine.end(request.params.id, manner, { tree: false });
        return stayAt(request, reply, workflowPath(request.params.id));
      },
    });
  }

  scope.post<FormRoute>("/workflows/:id/messages", {
    ...hidden,
    handler: async (request, reply): Promise<FastifyReply> => {
      const { id } = request.params;
      const body = request.body ?? {};
      const { type } = body;
      if (type === undefined || type === "") {
        throw new ApiError("INVALID_REQUEST", "A message needs a type, and data as JSON.");
      }
      await engine.send(id, type, await messageData(engine, id, type, body));
      return stayAt(request, reply, workflowPath(id));
    },
  });

  scope.post<FormRoute>("/workflows/:id/restart", {
    ...hidden,
    handler: async (request, reply): Promise<FastifyReply> => {
      const { id } = await engine.restart(request.params.id, {});
      return goTo(request, reply, workflowPath(id));
    },
  });

  scope.post<FormRoute>("/workflows/:id/fork", {
    ...hidden,
    handler: async (request, reply): Promise<FastifyReply> => {
      const { fromStep = "", version = "" } = request.body ?? {};
      if (!/^\d{1,9}$/.test(fromStep.trim())) {
        throw new ApiError(
          "INVALID_REQUEST",
          `Expected the number of steps to take over, but got ${JSON.stringify(fromStep.slice(0, 100))}.`,
        );
      }
      const { id } = await engine.fork(request.params.id, {
        fromStep: Number(fromStep),
        version: version === "" ? undefined : version,
      });
      return goTo(request, reply, workflowPath(id));
    },
  });

  scope.post<FormRoute>("/start", {
    ...hidden,
    handler: async (request, reply): Promise<FastifyReply> => {
      const body = request.body ?? {};
      const { module = "", version = "", workflow = "", key = "" } = body;
      const { id } = await engine.start(
        {
          module,
          version,
          workflow,
          input: await inputText(engine, body),
          idempotencyKey: key === "" ? undefined : key,
          labels: labelsIn(body["labels"] ?? ""),
        },
        { detached: true },
      );
      return goTo(request, reply, workflowPath(id));
    },
  });
}

/** The module deployed under a name and version; undefined if there is none. */
export async function deployedModule(
  engine: EngineApi,
  module: string,
  version: string,
): Promise<ModuleSummary | undefined> {
  const all = await engine.modules();
  return all.find((one) => one.name === module && one.version === version);
}

async function messageData(
  engine: EngineApi,
  id: string,
  type: string,
  body: FormBody,
): Promise<string> {
  if (body["form"] !== "fields") {
    const { data } = body;
    if (data === undefined) {
      throw new ApiError("INVALID_REQUEST", "A message needs a type, and data as JSON.");
    }
    return data;
  }
  const { moduleHash, workflow } = await engine.workflow(id);
  const field = messageField(await engine.moduleTypes(moduleHash), workflow, type);
  if (field === null) {
    throw new ApiError(
      "INVALID_REQUEST",
      `The module says nothing of messages of the type ${type}.`,
    );
  }
  return formJson(field, body);
}

async function inputText(engine: EngineApi, body: FormBody): Promise<string> {
  if (body["form"] !== "fields") {
    return body["input"] ?? "null";
  }
  const { module = "", version = "", workflow = "" } = body;
  const deployed = await deployedModule(engine, module, version);
  const types = deployed === undefined ? null : await engine.moduleTypes(deployed.hash);
  const field = inputField(types, workflow);
  if (field === null) {
    throw new ApiError(
      "INVALID_REQUEST",
      `The module ${module} ${version} says nothing of the input of ${workflow} any more. Load the page again.`,
    );
  }
  return formJson(field, body);
}

/** Reads labels from lines such as `order=7`. */
function labelsIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf("=");
      if (at < 1) {
        throw new ApiError(
          "INVALID_REQUEST",
          `Labels: expected key=value on each line, but got ${JSON.stringify(line.slice(0, 100))}.`,
        );
      }
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
    }),
  );
}
