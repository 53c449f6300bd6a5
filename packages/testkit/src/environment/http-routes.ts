import { InvalidOptionError } from "@flawless-ts/wasm-module";
import type { TestHandler, TestReply, TestRequest } from "./http-reply.ts";

/**
 * Replies by request: "POST https://pay.example/charge", "GET https://shop.example/orders/:id", or "*"
 * for the rest. The URL is a `URLPattern`.
 */
export type TestRoutes = Readonly<Record<string, TestHandler | TestReply>>;

interface Route {
  readonly method: string;
  readonly pattern: URLPattern | null;
  readonly reply: TestHandler | TestReply;
}

/**
 * One handler for all routes; the first match responds.
 * @returns undefined for a request that matches no route
 * @throws InvalidOptionError if a route is not "METHOD URL"
 */
export function routeHandler(
  routes: TestRoutes,
): (request: TestRequest) => ReturnType<TestHandler> | undefined {
  const all = Object.entries(routes).map(([name, reply]) => toRoute(name, reply));
  return (request) => {
    const route = all.find(
      ({ method, pattern }) =>
        (method === "*" || method === request.method) && (pattern?.test(request.url) ?? true),
    );
    return typeof route?.reply === "function" ? route.reply(request) : reusable(route?.reply);
  };
}

function toRoute(name: string, reply: TestHandler | TestReply): Route {
  if (name === "*") {
    return { method: "*", pattern: null, reply };
  }
  const [method = "", url, ...rest] = name.split(" ");
  if (url === undefined || rest.length > 0 || !/^[A-Z]+$/.test(method)) {
    throw invalid(name);
  }
  try {
    return { method, pattern: new URLPattern(url), reply };
  } catch (error) {
    throw invalid(name, error);
  }
}

function invalid(name: string, cause?: unknown): InvalidOptionError {
  return new InvalidOptionError(
    "http",
    `expected a route such as "POST https://shop.example/orders/:id", or "*", but got ${JSON.stringify(name)}.`,
    { cause },
  );
}

/** The body of a Response can be read only once, but a route may be used often. */
function reusable(reply: TestReply | undefined): TestReply | undefined {
  return reply instanceof Response ? reply.clone() : reply;
}
