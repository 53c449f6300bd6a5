import type { IncomingMessage } from "node:http";

/**
 * Request ids: the caller's own if it is fit for a log line, otherwise a new one. They are not secret, so they don't need
 * Node's crypto module, whose loading takes longer than the rest of the first response.
 */
export function createRequestIds(): (request: IncomingMessage) => string {
  const run = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
  let count = 0;
  return ({ headers }) => {
    const given = headers["x-request-id"];
    if (typeof given === "string" && /^[\w.:-]{1,128}$/.test(given)) {
      return given;
    }
    count += 1;
    return `${run}-${count}`;
  };
}
