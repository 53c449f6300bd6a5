import {
  errorCodeHeader,
  type ErrorReply,
  type ExplainError,
  logRefusal,
  toErrorReply,
} from "@flawless-ts/http-service";
import { html, renderPage, sendHtml } from "@flawless-ts/http-service/pages";
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from "@flawless-ts/http-service/fastify";
import { site } from "./site.ts";

/** Makes a scope respond to failed requests with a page if a browser shows the response. */
export function answerWithErrorPages(scope: FastifyInstance, explain: ExplainError): void {
  scope.setErrorHandler((error, request, reply) => {
    if (!wantsPage(request)) {
      throw error;
    }
    const failure = toErrorReply(error, request.id, explain);
    logRefusal(request, error, failure);
    return sendErrorPage(reply, failure);
  });
}

function sendErrorPage(reply: FastifyReply, { status, code, headers, body }: ErrorReply): unknown {
  void reply.code(status).headers(headers).header(errorCodeHeader, code);
  const page = renderPage(
    {
      title: "Not done",
      path: "",
      now: Date.now(),
      events: null,
      header: html`<h1>That did not work</h1>`,
      main: html`<section aria-label="What went wrong">
        <p class="reason">${body.error}</p>
        <p><a href="/">All workflows</a></p>
      </section>`,
    },
    site,
  );
  return sendHtml(reply, page);
}

/** If a form's body was not read, the API's own error response handles the rest of the body. */
function wantsPage(request: FastifyRequest): boolean {
  const reads = request.method === "GET" || request.body !== undefined;
  return reads && (request.headers.accept ?? "").includes("text/html");
}
