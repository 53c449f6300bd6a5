import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import httpProxy from "@fastify/http-proxy";
import type { FastifyInstance } from "fastify";
import { ControlPlaneError } from "../errors.ts";
import { askedNodeHeader } from "./asked-node.ts";
import { holderFailure } from "./holder-failure.ts";

/** Where requests go, and what this node says of itself there. */
export interface HolderProxyOptions {
  readonly holderUrl: string;
  readonly nodeId: string;
  /** Default: all. */
  readonly routes?: readonly string[] | undefined;
}

const connectTimeoutMs = 2_000;
/** A queue answers within milliseconds; whoever is silent for as long is cut off. */
const headersTimeoutMs = 15_000;
/** Event streams show every 15 seconds that they live. */
const bodyTimeoutMs = 60_000;

/** Headers that are about one connection only (RFC 9110, 7.6.1), and two that the holder would take amiss. */
const ownHeaders = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // Node has answered it.
  "expect",
  // It names this node, which has checked it; the holder would take it for a foreign one.
  "origin",
] as const;

/**
 * Passes requests on to the node that holds the queue, as they are: with the caller's token and the request's id, and
 * with this node's name. Bodies and event streams pass through without being collected.
 */
export function holderProxy({
  holderUrl,
  nodeId,
  routes,
}: HolderProxyOptions): (scope: FastifyInstance) => Promise<void> {
  return async (scope) => {
    const streams = new Set<PassThrough>();
    scope.addHook("preClose", async () => {
      for (const stream of streams) {
        stream.end();
      }
    });
    scope.addHook("onRequest", async (request) => {
      if (request.headers[askedNodeHeader] !== undefined) {
        throw new ControlPlaneError(
          "NODE_HOLDS_NO_QUEUE",
          `The node ${nodeId} holds no queue, but passes requests on to ${holderUrl}: join that one (--join ${holderUrl}).`,
        );
      }
    });
    await scope.register(httpProxy, {
      upstream: holderUrl,
      ...(routes === undefined ? {} : { routes: [...routes] }),
      disableRequestLogging: true,
      // Its sockets are closed with this node.
      destroyAgent: true,
      undici: {
        // The number of callers is limited already; a limit here would let event streams block the rest.
        connections: null,
        headersTimeout: headersTimeoutMs,
        bodyTimeout: bodyTimeoutMs,
        // The library's default takes any certificate.
        connect: { timeout: connectTimeoutMs, rejectUnauthorized: true },
      },
      replyOptions: {
        // Callers decide themselves what to send again.
        retryDelay: () => null,
        rewriteRequestHeaders: (request, headers) => {
          const bodiless = request.method === "GET" || request.method === "HEAD";
          // Their bodies are not read.
          const passed = without(
            headers,
            bodiless ? [...ownHeaders, "content-length"] : ownHeaders,
          );
          return { ...passed, "x-request-id": request.id, [askedNodeHeader]: nodeId };
        },
        rewriteHeaders: (headers) => without(headers, ["connection", "keep-alive", "date"]),
        onResponse: (_request, reply, response) => {
          const body = bodyOf(response);
          const type = reply.getHeader("content-type");
          if (typeof type !== "string" || !type.startsWith("text/event-stream")) {
            void reply.send(body);
            return;
          }
          const stream = new PassThrough();
          streams.add(stream);
          // Its failure is that of the reply.
          void pipeline(body, stream)
            .catch(() => undefined)
            .finally(() => streams.delete(stream));
          void reply.send(stream);
        },
        onError: (reply, { error }) => {
          void reply.send(holderFailure(reply.request.method, holderUrl, error));
        },
      },
    });
  };
}

function without<T extends object>(headers: T, names: readonly string[]): T {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as T;
}

/** The library's types take a response of undici for one of Node's. */
function bodyOf(response: unknown): Readable {
  return (response as { readonly stream: Readable }).stream;
}
