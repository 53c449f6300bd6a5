import { NotSupportedByServerError } from "@flawless-ts/wasm-module/internal/client-values";
import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";
import { readIf } from "../http/shape.ts";
import type { StreamingTransport } from "../http/streaming-transport.ts";
import { queueStats } from "./answer-shapes.ts";
import { expectSuccess, jsonOf, maybeUnknownRoute, readJson } from "./answers.ts";
import type { ApiForm } from "./types.ts";

/** A route that both forms have, at different paths. */
export interface FormPaths {
  readonly first: string;
  readonly second: string;
}

/** Sends one client's requests, and knows which form of the API its server speaks. */
export class Connection {
  readonly transport: StreamingTransport;
  #form: ApiForm | null;

  /** @param form `null` to find out. */
  constructor(transport: StreamingTransport, form: ApiForm | null) {
    this.transport = transport;
    this.#form = form;
  }

  /**
   * The form that the server speaks; checked once. A server that speaks both counts as one of the second form, which
   * can do more.
   */
  async form(scope: CallScope): Promise<ApiForm> {
    this.#form ??= await this.#findForm(scope);
    return this.#form;
  }

  /** Sends a request that differs only by its path between the two forms. */
  async send(
    paths: FormPaths,
    request: Omit<HttpRequest, "path">,
    scope: CallScope,
    query = "",
  ): Promise<HttpAnswer> {
    const path = `${paths[await this.form(scope)]}${query}`;
    return await this.transport.send({ ...request, path }, scope);
  }

  /** @throws {NotSupportedByServerError} unless the server speaks the second form. */
  async requireSecondForm(feature: string, scope: CallScope): Promise<void> {
    if ((await this.form(scope)) === "first") throw this.notSupported(feature);
  }

  /** The error for a feature that this server lacks. */
  notSupported(feature: string, cause?: unknown): NotSupportedByServerError {
    const form = this.#form === null ? "" : `, ${this.#form} form of the mvm-ci API`;
    return new NotSupportedByServerError(
      feature,
      this.transport.addresses.current,
      `unknown${form}`,
      {
        advice: "@flawless-ts/control-plane does.",
        ...(cause === undefined ? {} : { cause }),
      },
    );
  }

  async #findForm(scope: CallScope): Promise<ApiForm> {
    const second = await this.transport.send(statsRequest("/api/queue/stats"), scope);
    if (isStats(second)) return "second";
    // Neither a missing token nor a failing server says anything about its form.
    if (second.status >= 400 && !maybeUnknownRoute(second)) expectSuccess(second);
    const first = await this.transport.send(statsRequest("/queue/stats"), scope);
    readJson(first, queueStats);
    return "first";
  }
}

function statsRequest(path: string): HttpRequest {
  return { method: "GET", path, repeat: "harmless" };
}

function isStats(answer: HttpAnswer): boolean {
  return answer.status === 200 && readIf(queueStats, jsonOf(answer)) !== undefined;
}

/** A request with a JSON body; a string is already JSON text. */
export function jsonPost(
  body: object | string,
  repeat: HttpRequest["repeat"],
): Omit<HttpRequest, "path"> {
  const headers = { "content-type": "application/json" };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { method: "POST", headers, body: text, repeat };
}

/** A question. */
export const get: Omit<HttpRequest, "path"> = { method: "GET", repeat: "harmless" };
