import {
  NotSupportedByServerError,
  RefusedError,
  UnexpectedAnswerError,
  WorkflowFailedError,
} from "../errors/index.ts";
import { waitUntilReady } from "../client/readiness.ts";
import type { CallScope } from "../http/call-scope.ts";
import { moduleForm } from "../http/multipart.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";
import type { Transport } from "../http/transport.ts";
import {
  deployedName,
  moduleSummaries,
  publishedState,
  restartedWorkflows,
  updateAnswer,
  serverHealth,
  startedId,
  cancelledWorkflows,
  workflowHistory,
  workflowDetails,
  workflowInfo,
  workflowJournal,
  workflowPage,
} from "./answer-shapes.ts";
import type {
  DeployedName,
  ExecutedWorkflow,
  FlawlessConnection,
  ForkManner,
  RestartManner,
  RestartManyManner,
  StartManner,
  StartRequest,
  UpdateAnswer,
  UpdateRequest,
} from "./connection.ts";
import { keyPrefix } from "./key-prefix.ts";
import { HttpActivities } from "./http-activities.ts";
import { HttpSchedules } from "./http-schedules.ts";
import { get, jsonPost, pollMs, toQuery, conditionsInQuery } from "./requests.ts";
import { responseOf } from "./response-of.ts";
import type { SchedulesConnection } from "./schedule-requests.ts";
import { readAcknowledgement, readOk, readPlain, readVersion } from "./answers.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  EndManner,
  ModuleSummary,
  RestartedWorkflows,
  RestartFilter,
  ServerHealth,
  WorkflowDetails,
  WorkflowFilter,
  WorkflowHistory,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowPage,
} from "./types.ts";

/** What not every server can do, for people. */
const endingOne = { cancel: "cancelling workflows", terminate: "terminating workflows" } as const;
const endingMany = {
  cancel: "cancelling many workflows",
  terminate: "terminating many workflows",
} as const;

/**
 * The routes of the REST API. Those of the original server first; the others are extras of @flawless-ts/server, and
 * fail with a {@link NotSupportedByServerError} elsewhere.
 */
export class HttpConnection extends HttpActivities implements FlawlessConnection {
  readonly transport: Transport;
  readonly schedules: SchedulesConnection = new HttpSchedules((...call) => this.extra(...call));
  /** Whether the server is known to have the extra routes. */
  #hasExtras = false;

  constructor(transport: Transport) {
    super();
    this.transport = transport;
  }

  get url(): string {
    return this.transport.addresses.current;
  }

  begin(...call: Parameters<FlawlessConnection["begin"]>): CallScope {
    return this.transport.begin(...call);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  async ready(scope: CallScope): Promise<void> {
    await waitUntilReady(this, scope);
  }

  async version(scope: CallScope, repeat: HttpRequest["repeat"] = "harmless"): Promise<string> {
    return readVersion(
      await this.transport.send({ method: "GET", path: "/version", repeat }, scope),
    );
  }

  /** The same bytes may be deployed again. */
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
    return readOk(await this.transport.send(request, scope), deployedName);
  }

  async start(start: StartRequest, manner: StartManner, scope: CallScope): Promise<string> {
    await this.#requireExtras(
      "starting a workflow without waiting for its response (`execute` does both)",
      scope,
    );
    return (await this.#start(start, manner, scope, { prefer: "respond-async" })).id;
  }

  async execute(
    start: StartRequest,
    manner: StartManner,
    scope: CallScope,
  ): Promise<ExecutedWorkflow> {
    if (this.transport.addresses.several && manner.idempotencyKey !== undefined) {
      // Whoever waits by asking finds the workflow again at another node when this one dies.
      const id = await this.start(start, manner, scope);
      return { id, response: await this.response(id, scope) };
    }
    try {
      return await this.#start(start, manner, scope, {});
    } catch (error) {
      throw WorkflowFailedError.is(error) ? await this.#withCause(error, scope) : error;
    }
  }

  /** The answer to a start tells a text only. */
  async #withCause(error: WorkflowFailedError, scope: CallScope): Promise<unknown> {
    const { workflowId, url } = error;
    if (workflowId === null) return error;
    try {
      responseOf(await this.workflow(workflowId, scope), url);
    } catch (cause) {
      if (WorkflowFailedError.is(cause)) return cause;
    }
    return error;
  }

  async #start(
    start: StartRequest,
    { idempotencyKey, requestId }: StartManner,
    scope: CallScope,
    headers: Readonly<Record<string, string>>,
  ): Promise<ExecutedWorkflow> {
    // A server that does not know the key would start twice where a repeat seems harmless.
    if (idempotencyKey !== undefined) await this.#requireExtras("idempotency keys", scope);
    if (start.labels !== undefined) await this.#requireExtras("labels of workflows", scope);
    const request: HttpRequest = {
      ...jsonPost("/api/workflow/start", start),
      headers: {
        "content-type": "application/json",
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(requestId === undefined ? {} : { "x-request-id": requestId }),
        ...headers,
      },
      repeat: idempotencyKey === undefined ? "unless-sent" : "harmless",
    };
    return readOk(await this.transport.send(request, scope), startedId);
  }

  /** @param data JSON text. */
  async send(id: string, type: string, data: string, scope: CallScope): Promise<void> {
    if (id.startsWith(keyPrefix)) await this.#requireExtras("idempotency keys", scope);
    const request = jsonPost(`/api/workflow/send-msg/${encodeURIComponent(id)}`, { type, data });
    readAcknowledgement(await this.transport.send(request, scope));
  }

  /** Asks again and again with the same key, until there is an answer. */
  async update(
    id: string,
    { key, type, data }: UpdateRequest,
    scope: CallScope,
  ): Promise<UpdateAnswer> {
    for (;;) {
      const waitMs = this.#waitMs(scope);
      const post = jsonPost(`${workflowPath(id)}/updates?timeout_ms=${waitMs}`, { type, data });
      const request: HttpRequest = {
        ...post,
        headers: { ...post.headers, "idempotency-key": key },
        repeat: "harmless",
        ...this.#patience(waitMs),
      };
      const answer = await this.extra("updates of workflows", request, scope, (received) =>
        readOk(received, updateAnswer),
      );
      if (!("status" in answer && answer.status === "pending")) return answer as UpdateAnswer;
      await this.transport.pause(pollPauseMs, scope);
    }
  }

  async health(
    scope: CallScope,
    rounds: number | undefined = 1,
    feature = "telling its health",
  ): Promise<ServerHealth> {
    const request: HttpRequest = { ...get("/health"), ...(rounds === undefined ? {} : { rounds }) };
    return this.extra(feature, request, scope, (answer) => readPlain(answer, serverHealth));
  }

  async workflow(id: string, scope: CallScope): Promise<WorkflowDetails> {
    const request = get(workflowPath(id));
    return this.extra("telling a workflow's state", request, scope, (answer) =>
      readOk(answer, workflowDetails),
    );
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
    return this.extra(feature, request, scope, (answer) => readOk(answer, workflowInfo).id);
  }

  async state(id: string, scope: CallScope): Promise<string | null> {
    const request = get(`${workflowPath(id)}/state`);
    const read = (answer: HttpAnswer): string | null => readOk(answer, publishedState).state;
    return this.extra("publishing a workflow's state", request, scope, read);
  }

  async journal(id: string, scope: CallScope): Promise<WorkflowJournal> {
    const request = get(`${workflowPath(id)}/journal`);
    return this.extra("showing journals", request, scope, (answer) =>
      readOk(answer, workflowJournal),
    );
  }

  async history(id: string, scope: CallScope): Promise<WorkflowHistory> {
    const request = get(`${workflowPath(id)}/history`);
    return this.extra("showing histories", request, scope, (answer) =>
      readOk(answer, workflowHistory),
    );
  }

  /** @param tree whether to end all that descend from it, too */
  async end(id: string, manner: EndManner, tree: boolean, scope: CallScope): Promise<WorkflowInfo> {
    const request: HttpRequest = {
      method: "POST",
      path: `${workflowPath(id)}/${manner}${tree ? "?tree=true" : ""}`,
      repeat: "unless-sent",
    };
    return this.extra(endingOne[manner], request, scope, (answer) => readOk(answer, workflowInfo));
  }

  /** Ends some of the running workflows that match, or counts them. */
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
      // Ending twice is ending once.
      repeat: "harmless",
    };
    return this.extra(endingMany[manner], request, scope, (answer) =>
      readOk(answer, cancelledWorkflows),
    );
  }

  /** Restarts some of the workflows that match, each once for a key, or counts them. */
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
    return this.extra("restarting many workflows", request, scope, (answer) =>
      readOk(answer, restartedWorkflows),
    );
  }

  async response(id: string, scope: CallScope): Promise<string | null> {
    const info = await this.#poll(id, "response", scope);
    return responseOf(info, `${this.url}${workflowPath(id)}`);
  }

  async completion(id: string, scope: CallScope): Promise<WorkflowInfo> {
    return await this.#poll(id, "end", scope);
  }

  /**
   * Asks again and again, each time for as long as the server and proxies leave a question open. Where there are several
   * nodes, it goes on while none of them answers: the workflow does so, too, once one of them has taken it over.
   */
  async #poll(id: string, until: "response" | "end", scope: CallScope): Promise<WorkflowInfo> {
    for (;;) {
      const waitMs = this.#waitMs(scope);
      const request: HttpRequest = {
        ...get(
          `${workflowPath(id)}/wait${toQuery({ timeout_ms: waitMs, until: until === "response" ? until : undefined })}`,
        ),
        ...this.#patience(waitMs),
      };
      const feature = until === "end" ? "waiting for a workflow's end" : "waiting for a response";
      const info = await this.extra(feature, request, scope, (answer) =>
        readOk(answer, workflowInfo),
      );
      const isThere = until === "response" && info.response !== null;
      if (isThere || info.status !== "running") return info;
      await this.transport.pause(pollPauseMs, scope);
    }
  }

  /** How long one question is left open. */
  #waitMs(scope: CallScope): number {
    return Math.max(1, Math.ceil(Math.min(pollMs, scope.remainingMs)));
  }

  /** With a question that is left open. */
  #patience(waitMs: number): Partial<HttpRequest> {
    return {
      answerWithinMs: waitMs + 30_000,
      nodeAnswersWithinMs: waitMs + 5000,
      ...(this.transport.addresses.several ? { rounds: Infinity } : {}),
    };
  }

  async workflows(
    filter: WorkflowFilter,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<WorkflowPage> {
    const { status, limit, ...conditions } = filter;
    const query = toQuery({ status, ...conditionsInQuery(conditions), limit, cursor });
    const request = get(`/api/workflows${query}`);
    return this.extra("listing workflows", request, scope, (answer) =>
      readOk(answer, workflowPage),
    );
  }

  async modules(scope: CallScope): Promise<readonly ModuleSummary[]> {
    return this.extra("listing modules", get("/api/modules"), scope, (answer) =>
      readOk(answer, moduleSummaries),
    );
  }

  async #requireExtras(feature: string, scope: CallScope): Promise<void> {
    if (!this.#hasExtras) await this.health(scope, this.transport.options.retry.attempts, feature);
  }

  protected override async extra<T>(
    feature: string,
    request: HttpRequest,
    scope: CallScope,
    read: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const answer = await this.transport.send(request, scope);
    try {
      const result = read(answer);
      this.#hasExtras = true;
      return result;
    } catch (cause) {
      if (!maybeUnknownRoute(cause)) throw cause;
      // The answer alone could be a proxy's, too. Whatever tells its version is a server.
      const version = await this.#versionIfServer(scope);
      if (version === null) throw cause;
      throw new NotSupportedByServerError(feature, this.url, version, { cause });
    }
  }

  async #versionIfServer(scope: CallScope): Promise<string | null> {
    try {
      return await this.version(scope, "never");
    } catch {
      scope.check();
      return null;
    }
  }
}

/** How long a server may take for a body that is large, to receive and to work on. */
const largeBodyWithinMs = 60_000;
/** Between two questions, lest a server that answers at once be flooded. */
const pollPauseMs = 100;

function maybeUnknownRoute(error: unknown): boolean {
  if (error instanceof UnexpectedAnswerError) {
    return error.status < 300 || [404, 405, 501].includes(error.status);
  }
  if (!(error instanceof RefusedError)) return false;
  // The original server gives no codes; these two are those of a server of another version.
  const codes: readonly (string | null)[] = [null, "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"];
  return error.status !== 401 && codes.includes(error.serverCode);
}

function workflowPath(id: string): string {
  return `/api/workflows/${encodeURIComponent(id)}`;
}
