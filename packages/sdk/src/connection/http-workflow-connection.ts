import { RefusedError, WorkflowFailedError } from "../errors/refusals.ts";
import { UnexpectedAnswerError } from "../errors/answer-errors.ts";
import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";
import type { Transport } from "../http/transport.ts";
import { serverHealth, startedId, workflowDetails, workflowInfo } from "./answer-shapes.ts";
import { readAcknowledgement, readOk, readPlain } from "./answers.ts";
import type {
  ExecutedWorkflow,
  StartManner,
  StartRequest,
  WorkflowConnection,
} from "./connection.ts";
import type { HttpWorkflowMore } from "./http-workflow-more.ts";
import { keyPrefix } from "./key-prefix.ts";
import { onceLoaded } from "./once-loaded.ts";
import { get, jsonPost, patience, pollPauseMs, toQuery, waitMs, workflowPath } from "./requests.ts";
import { responseOf } from "./response-of.ts";
import type { ServerHealth, WorkflowDetails, WorkflowInfo } from "./types.ts";

type More<Name extends keyof HttpWorkflowMore> = HttpWorkflowMore[Name];
type LoadMore = () => Promise<{ readonly HttpWorkflowMore: typeof HttpWorkflowMore }>;

/**
 * The REST API's routes of single workflows. The original server's come first; the others are extras of
 * @flawless-ts/server, and fail with a {@link NotSupportedByServerError} elsewhere. Rarely used routes are in
 * {@link HttpWorkflowMore}, which is loaded on demand.
 */
export class HttpWorkflowConnection implements WorkflowConnection {
  readonly transport: Transport;
  readonly #rare: LoadMore;
  readonly #more = onceLoaded<HttpWorkflowMore>(async () => {
    const { HttpWorkflowMore } = await this.#rare();
    return new HttpWorkflowMore(this.transport, (...call) => this.extra(...call));
  });
  readonly update: More<"update"> = this.#more.update;
  readonly restart: More<"restart"> = this.#more.restart;
  readonly fork: More<"fork"> = this.#more.fork;
  readonly state: More<"state"> = this.#more.state;
  readonly journal: More<"journal"> = this.#more.journal;
  readonly history: More<"history"> = this.#more.history;
  readonly end: More<"end"> = this.#more.end;
  /** Whether the server is known to have the extra routes. */
  #hasExtras = false;

  /** @param rare loads the rarely used routes. */
  constructor(transport: Transport, rare: LoadMore) {
    this.transport = transport;
    this.#rare = rare;
  }

  get url(): string {
    return this.transport.addresses.current;
  }

  begin(...call: Parameters<WorkflowConnection["begin"]>): CallScope {
    return this.transport.begin(...call);
  }

  async close(): Promise<void> {
    await this.transport.close();
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
      // Polling finds the workflow at another node if this one dies.
      const id = await this.start(start, manner, scope);
      return { id, response: await this.response(id, scope) };
    }
    try {
      return await this.#start(start, manner, scope, {});
    } catch (error) {
      throw WorkflowFailedError.is(error) ? await this.#withCause(error, scope) : error;
    }
  }

  /** The response to a start has only a text. */
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
    // A server that doesn't support keys would start twice, although a retry seems harmless.
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

  async response(id: string, scope: CallScope): Promise<string | null> {
    const info = await this.#poll(id, "response", scope);
    return responseOf(info, `${this.url}${workflowPath(id)}`);
  }

  async completion(id: string, scope: CallScope): Promise<WorkflowInfo> {
    return await this.#poll(id, "end", scope);
  }

  /**
   * Long-polls, each time for as long as the server and proxies keep a request open. With several nodes, it continues
   * while none of them responds, because the workflow will continue once one of them has taken it over.
   */
  async #poll(id: string, until: "response" | "end", scope: CallScope): Promise<WorkflowInfo> {
    for (;;) {
      const timeoutMs = waitMs(scope);
      const request: HttpRequest = {
        ...get(
          `${workflowPath(id)}/wait${toQuery({ timeout_ms: timeoutMs, until: until === "response" ? until : undefined })}`,
        ),
        ...patience(timeoutMs, this.transport.addresses.several),
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

  async #requireExtras(feature: string, scope: CallScope): Promise<void> {
    if (!this.#hasExtras) await this.health(scope, this.transport.options.retry.attempts, feature);
  }

  /**
   * Requests a feature that not every server has.
   *
   * @throws {NotSupportedByServerError} if the server doesn't have the route.
   */
  async extra<T>(
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
      throw await this.#more.notSupported(feature, cause, scope);
    }
  }
}

function maybeUnknownRoute(error: unknown): boolean {
  if (error instanceof UnexpectedAnswerError) {
    return error.status < 300 || [404, 405, 501].includes(error.status);
  }
  if (!(error instanceof RefusedError)) return false;
  // The original server has no codes; these two are from a server of another version.
  const codes: readonly (string | null)[] = [null, "ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"];
  return error.status !== 401 && codes.includes(error.serverCode);
}
