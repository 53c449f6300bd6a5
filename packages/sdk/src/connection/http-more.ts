import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";
import { moduleForm } from "../http/multipart.ts";
import type { Transport } from "../http/transport.ts";
import { workflowInfo } from "./answer-shapes.ts";
import type { Ask } from "./ask.ts";
import { readOk } from "./answers.ts";
import { readVersion } from "./version-answer.ts";
import type {
  DeployedName,
  ForkManner,
  RestartManner,
  RestartManyManner,
  UpdateAnswer,
  UpdateRequest,
} from "./connection.ts";
import { HttpActivities } from "./http-activities.ts";
import {
  cancelledWorkflows,
  deployedName,
  moduleSummaries,
  publishedState,
  restartedWorkflows,
  updateAnswer,
  workflowHistory,
  workflowJournal,
  workflowPage,
} from "./more-answer-shapes.ts";
import { conditionsInQuery } from "./conditions-in-query.ts";
import { get, jsonPost, patience, pollPauseMs, toQuery, waitMs, workflowPath } from "./requests.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowPage,
} from "./types.ts";

/** How long a server may take to receive and process a large body. */
const largeBodyWithinMs = 60_000;

/** Descriptions of features that not every server has. */
const endingOne = { cancel: "cancelling workflows", terminate: "terminating workflows" } as const;
const endingMany = {
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

  async version(scope: CallScope, repeat: HttpRequest["repeat"] = "harmless"): Promise<string> {
    return readVersion(
      await this.#transport.send({ method: "GET", path: "/version", repeat }, scope),
    );
  }

  /**
   * The error for a response that may mean that a server lacks a route. The response could also be a proxy's, so this
   * checks for a server by its version.
   */
  async notSupported(feature: string, cause: unknown, scope: CallScope): Promise<unknown> {
    let version: string;
    try {
      version = await this.version(scope, "never");
    } catch {
      scope.check();
      return cause;
    }
    const { current } = this.#transport.addresses;
    return new NotSupportedByServerError(feature, current, version, { cause });
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

  /** Polls with the same key until there is an answer. */
  async update(
    id: string,
    { key, type, data }: UpdateRequest,
    scope: CallScope,
  ): Promise<UpdateAnswer> {
    for (;;) {
      const timeoutMs = waitMs(scope);
      const post = jsonPost(`${workflowPath(id)}/updates?timeout_ms=${timeoutMs}`, { type, data });
      const request: HttpRequest = {
        ...post,
        headers: { ...post.headers, "idempotency-key": key },
        repeat: "harmless",
        ...patience(timeoutMs, this.#transport.addresses.several),
      };
      const answer = await this.#ask("updates of workflows", request, scope, (received) =>
        readOk(received, updateAnswer),
      );
      if (!("status" in answer && answer.status === "pending")) return answer as UpdateAnswer;
      await this.#transport.pause(pollPauseMs, scope);
    }
  }

  async restart(
    id: string,
    { idempotencyKey, terminate }: RestartManner,
    scope: CallScope,
  ): Promise<string> {
    const query = toQuery({ terminate: terminate || undefined });
    return this.#again("restarting workflows", id, `/restart${query}`, idempotencyKey, scope);
  }

  async fork(
    id: string,
    { fromStep, version, idempotencyKey, terminate }: ForkManner,
    scope: CallScope,
  ): Promise<string> {
    const query = toQuery({ from_step: fromStep, version, terminate: terminate || undefined });
    return this.#again("forking workflows", id, `/fork${query}`, idempotencyKey, scope);
  }

  async #again(
    feature: string,
    id: string,
    route: string,
    idempotencyKey: string,
    scope: CallScope,
  ): Promise<string> {
    const request: HttpRequest = {
      method: "POST",
      path: `${workflowPath(id)}${route}`,
      headers: { "idempotency-key": idempotencyKey },
      repeat: "harmless",
    };
    return this.#ask(feature, request, scope, (answer) => readOk(answer, workflowInfo).id);
  }

  async state(id: string, scope: CallScope): Promise<string | null> {
    const request = get(`${workflowPath(id)}/state`);
    const read = (answer: HttpAnswer): string | null => readOk(answer, publishedState).state;
    return this.#ask("publishing a workflow's state", request, scope, read);
  }

  async journal(id: string, scope: CallScope): Promise<WorkflowJournal> {
    const request = get(`${workflowPath(id)}/journal`);
    return this.#ask("showing journals", request, scope, (answer) =>
      readOk(answer, workflowJournal),
    );
  }

  async history(id: string, scope: CallScope): Promise<WorkflowHistory> {
    const request = get(`${workflowPath(id)}/history`);
    return this.#ask("showing histories", request, scope, (answer) =>
      readOk(answer, workflowHistory),
    );
  }

  /** @param tree whether to end all its descendants, too */
  async end(id: string, manner: EndManner, tree: boolean, scope: CallScope): Promise<WorkflowInfo> {
    const request: HttpRequest = {
      method: "POST",
      path: `${workflowPath(id)}/${manner}${tree ? "?tree=true" : ""}`,
      repeat: "unless-sent",
    };
    return this.#ask(endingOne[manner], request, scope, (answer) => readOk(answer, workflowInfo));
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
    return this.#ask(endingMany[manner], request, scope, (answer) =>
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
