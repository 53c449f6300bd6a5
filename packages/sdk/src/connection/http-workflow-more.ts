import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";
import type { Transport } from "../http/transport.ts";
import { workflowInfo } from "./answer-shapes.ts";
import { readOk } from "./answers.ts";
import type { Ask } from "./ask.ts";
import type { ForkManner, RestartManner, UpdateAnswer, UpdateRequest } from "./connection.ts";
import { get, jsonPost, patience, pollPauseMs, toQuery, waitMs, workflowPath } from "./requests.ts";
import type { EndManner, WorkflowHistory, WorkflowInfo, WorkflowJournal } from "./types.ts";
import { askVersion } from "./version-answer.ts";
import {
  publishedState,
  updateAnswer,
  workflowHistory,
  workflowJournal,
} from "./workflow-answer-shapes.ts";

/** Descriptions of features that not every server has. */
const endings = { cancel: "cancelling workflows", terminate: "terminating workflows" } as const;

/** The routes of a workflow that most programs rarely or never call. This file is loaded on the first call. */
export class HttpWorkflowMore {
  readonly #transport: Transport;
  readonly #ask: Ask;

  constructor(transport: Transport, ask: Ask) {
    this.#transport = transport;
    this.#ask = ask;
  }

  /**
   * The error for a response that may mean that a server lacks a route. The response could also be a proxy's, so this
   * checks for a server by its version.
   */
  async notSupported(feature: string, cause: unknown, scope: CallScope): Promise<unknown> {
    let version: string;
    try {
      version = await askVersion(this.#transport, scope, "never");
    } catch {
      scope.check();
      return cause;
    }
    const { current } = this.#transport.addresses;
    return new NotSupportedByServerError(feature, current, version, { cause });
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
    return this.#ask(endings[manner], request, scope, (answer) => readOk(answer, workflowInfo));
  }
}
