import { NotSupportedByServerError, RefusedError, UnexpectedAnswerError } from "../errors/index.ts";
import type { CallScope } from "../http/call-scope.ts";
import { moduleForm } from "../http/multipart.ts";
import type { HttpAnswer, HttpRequest, Transport } from "../http/transport.ts";
import {
  deployedName,
  moduleSummaries,
  serverHealth,
  startedId,
  cancelledWorkflows,
  workflowInfo,
  workflowJournal,
  workflowPage,
  type DeployedName,
  type StartedId,
} from "./answer-shapes.ts";
import { readAcknowledgement, readOk, readPlain, readVersion } from "./answers.ts";
import type {
  CancelFilter,
  CancelledWorkflows,
  ModuleSummary,
  ServerHealth,
  WorkflowFilter,
  WorkflowInfo,
  WorkflowJournal,
  WorkflowPage,
} from "./types.ts";

/** What to start. */
export interface StartRequest {
  readonly module: string;
  readonly version: string;
  readonly workflow: string;
  /** JSON text. */
  readonly input: string;
}

/** How to start it. */
export interface StartManner {
  readonly idempotencyKey: string | undefined;
  readonly detached: boolean;
  readonly requestId: string | undefined;
}

/**
 * The routes of the REST API. Those of the original server first; the others are extras of @flawless-ts/server, and
 * fail with a {@link NotSupportedByServerError} elsewhere.
 */
export class ServerApi {
  readonly transport: Transport;
  /** Whether the server is known to have the extra routes. */
  #hasExtras = false;

  constructor(transport: Transport) {
    this.transport = transport;
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
    };
    return readOk(await this.transport.send(request, scope), deployedName);
  }

  async start(
    start: StartRequest,
    { idempotencyKey, detached, requestId }: StartManner,
    scope: CallScope,
  ): Promise<StartedId> {
    // A server that does not know the key would start twice where a repeat seems harmless.
    if (idempotencyKey !== undefined) await this.#requireExtras("idempotency keys", scope);
    if (detached) await this.#requireExtras("detached starts", scope);
    const request: HttpRequest = {
      ...jsonPost("/api/workflow/start", start),
      headers: {
        "content-type": "application/json",
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(requestId === undefined ? {} : { "x-request-id": requestId }),
        ...(detached ? { prefer: "respond-async" } : {}),
      },
      repeat: idempotencyKey === undefined ? "unless-sent" : "harmless",
    };
    return readOk(await this.transport.send(request, scope), startedId);
  }

  /** @param data JSON text. */
  async sendMessage(id: string, type: string, data: string, scope: CallScope): Promise<void> {
    const request = jsonPost(`/api/workflow/send-msg/${encodeURIComponent(id)}`, { type, data });
    readAcknowledgement(await this.transport.send(request, scope));
  }

  async health(
    scope: CallScope,
    repeat: HttpRequest["repeat"] = "never",
    feature = "telling its health",
  ): Promise<ServerHealth> {
    const request: HttpRequest = { method: "GET", path: "/health", repeat };
    return this.#extra(feature, request, scope, (answer) => readPlain(answer, serverHealth));
  }

  async workflow(id: string, scope: CallScope): Promise<WorkflowInfo> {
    const request = get(workflowPath(id));
    return this.#extra("telling a workflow's state", request, scope, (answer) =>
      readOk(answer, workflowInfo),
    );
  }

  async journal(id: string, scope: CallScope): Promise<WorkflowJournal> {
    const request = get(`${workflowPath(id)}/journal`);
    return this.#extra("showing journals", request, scope, (answer) =>
      readOk(answer, workflowJournal),
    );
  }

  /** @param tree whether to cancel all that descend from it, too */
  async cancel(id: string, tree: boolean, scope: CallScope): Promise<WorkflowInfo> {
    const request: HttpRequest = {
      method: "POST",
      path: `${workflowPath(id)}/cancel${tree ? "?tree=true" : ""}`,
      repeat: "unless-sent",
    };
    return this.#extra("cancelling workflows", request, scope, (answer) =>
      readOk(answer, workflowInfo),
    );
  }

  /** Cancels some of the running workflows that match, or counts them. */
  async cancelWorkflows(
    { module, version, workflow }: CancelFilter,
    dryRun: boolean,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<CancelledWorkflows> {
    const query = toQuery({ module, version, workflow, cursor, dry_run: dryRun || undefined });
    const request: HttpRequest = {
      method: "POST",
      path: `/api/workflows/cancel${query}`,
      // Cancelling twice is cancelling once.
      repeat: "harmless",
    };
    return this.#extra("cancelling many workflows", request, scope, (answer) =>
      readOk(answer, cancelledWorkflows),
    );
  }

  /** Answers when the workflow has ended, after `timeoutMs` at the latest (the server's maximum: 60,000). */
  async wait(id: string, timeoutMs: number, scope: CallScope): Promise<WorkflowInfo> {
    const request: HttpRequest = {
      ...get(`${workflowPath(id)}/wait?timeout_ms=${timeoutMs}`),
      answerWithinMs: timeoutMs + 30_000,
    };
    return this.#extra("waiting for a workflow's end", request, scope, (answer) =>
      readOk(answer, workflowInfo),
    );
  }

  async workflows(
    filter: WorkflowFilter,
    cursor: string | undefined,
    scope: CallScope,
  ): Promise<WorkflowPage> {
    const { status, module, version, workflow, limit } = filter;
    const query = toQuery({ status, module, version, workflow, limit, cursor });
    const request = get(`/api/workflows${query}`);
    return this.#extra("listing workflows", request, scope, (answer) =>
      readOk(answer, workflowPage),
    );
  }

  async modules(scope: CallScope): Promise<readonly ModuleSummary[]> {
    return this.#extra("listing modules", get("/api/modules"), scope, (answer) =>
      readOk(answer, moduleSummaries),
    );
  }

  async #requireExtras(feature: string, scope: CallScope): Promise<void> {
    if (!this.#hasExtras) await this.health(scope, "harmless", feature);
  }

  async #extra<T>(
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
      throw new NotSupportedByServerError(feature, this.transport.options.url, version, { cause });
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

function maybeUnknownRoute(error: unknown): boolean {
  if (error instanceof UnexpectedAnswerError) {
    return error.status < 300 || [404, 405, 501].includes(error.status);
  }
  if (!(error instanceof RefusedError)) return false;
  // The original server gives no codes; these two are those of a server of another version.
  const codes: readonly (string | null)[] = [null, "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"];
  return error.status !== 401 && codes.includes(error.serverCode);
}

function get(path: string): HttpRequest {
  return { method: "GET", path, repeat: "harmless" };
}

function jsonPost(path: string, body: object): HttpRequest {
  const headers = { "content-type": "application/json" };
  return { method: "POST", path, headers, body: JSON.stringify(body), repeat: "unless-sent" };
}

function workflowPath(id: string): string {
  return `/api/workflows/${encodeURIComponent(id)}`;
}

/** @returns a query with a question mark before it, or nothing where no member is given */
function toQuery(members: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query}`;
}
