import type { CallScope } from "../http/call-scope.ts";
import type { HttpRequest } from "../http/messages.ts";
import { moduleForm } from "../http/multipart.ts";
import type { Transport } from "../http/transport.ts";
import type { Ask } from "./ask.ts";
import { readOk } from "./answers.ts";
import type { DeployedName, RestartManyManner } from "./connection.ts";
import { HttpActivities } from "./http-activities.ts";
import {
  cancelledWorkflows,
  deployedName,
  moduleSummaries,
  restartedWorkflows,
  workflowPage,
} from "./more-answer-shapes.ts";
import { conditionsInQuery } from "./conditions-in-query.ts";
import { get, toQuery } from "./requests.ts";
import { askVersion } from "./version-answer.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  WorkflowFilter,
  WorkflowPage,
} from "./types.ts";

/** How long a server may take to receive and process a large body. */
const largeBodyWithinMs = 60_000;

/** Descriptions of features that not every server has. */
const endings = {
  cancel: "cancelling many workflows",
  terminate: "terminating many workflows",
} as const;

/** The routes that most programs rarely or never call. This file is loaded on the first call. */
export class HttpMore extends HttpActivities {
  readonly #transport: Transport;
  readonly #ask: Ask;

  constructor(transport: Transport, ask: Ask) {
    super(ask);
    this.#transport = transport;
    this.#ask = ask;
  }

  async version(scope: CallScope): Promise<string> {
    return await askVersion(this.#transport, scope, "harmless");
  }

  /** The same bytes can be deployed again without harm. */
  async deploy(module: Uint8Array, scope: CallScope): Promise<DeployedName> {
    const { contentType, body } = moduleForm(module);
    const request: HttpRequest = {
      method: "POST",
      path: "/api/module/deploy",
      headers: { "content-type": contentType },
      body,
      repeat: "harmless",
      nodeAnswersWithinMs: largeBodyWithinMs,
    };
    return readOk(await this.#transport.send(request, scope), deployedName);
  }

  /** Ends some of the matching running workflows, or counts them. */
  async endWorkflows(
    manner: EndManner,
    conditions: CancelFilter,
    dryRun: boolean,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<CancelledWorkflows> {
    const query = toQuery({
      ...conditionsInQuery(conditions),
      cursor,
      dry_run: dryRun || undefined,
    });
    const request: HttpRequest = {
      method: "POST",
      path: `/api/workflows/${manner}${query}`,
      // Ending twice is harmless.
      repeat: "harmless",
    };
    return this.#ask(endings[manner], request, scope, (answer) =>
      readOk(answer, cancelledWorkflows),
    );
  }

  /** Restarts some of the matching workflows, each once for a key, or counts them. */
  async restartWorkflows(
    { status, ...conditions }: RestartFilter,
    { idempotencyKey, dryRun, cursor }: RestartManyManner,
    scope: CallScope,
  ): Promise<RestartedWorkflows> {
    const query = toQuery({
      status,
      ...conditionsInQuery(conditions),
      cursor,
      dry_run: dryRun || undefined,
    });
    const request: HttpRequest = {
      method: "POST",
      path: `/api/workflows/restart${query}`,
      headers: { "idempotency-key": idempotencyKey },
      repeat: "harmless",
    };
    return this.#ask("restarting many workflows", request, scope, (answer) =>
      readOk(answer, restartedWorkflows),
    );
  }

  async workflows(
    filter: WorkflowFilter,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<WorkflowPage> {
    const { status, limit, ...conditions } = filter;
    const query = toQuery({ status, ...conditionsInQuery(conditions), limit, cursor });
    const request = get(`/api/workflows${query}`);
    return this.#ask("listing workflows", request, scope, (answer) => readOk(answer, workflowPage));
  }

  async modules(scope: CallScope): Promise<readonly ModuleSummary[]> {
    return this.#ask("listing modules", get("/api/modules"), scope, (answer) =>
      readOk(answer, moduleSummaries),
    );
  }
}
