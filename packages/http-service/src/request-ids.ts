import type { IncomingMessage } from "node:http";

/**
 * Ids for requests: the caller's own where that is fit for a log line, else new ones. They are no secrets, so that they need
 * not load Node's cryptography, which takes longer than the rest of the first answer.
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
