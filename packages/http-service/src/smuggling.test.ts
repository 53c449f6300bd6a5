import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { acceptJsonBodies } from "./json-body.ts";
import { defaultServiceLimits } from "./service-limits.ts";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";

let port: number;
let close: () => Promise<void>;
/** The requests that the service saw. */
let seen: string[];

beforeEach(async () => {
  seen = [];
  const app = createService({ limits: defaultServiceLimits, explain: () => undefined });
  close = () => app.close();
  void app.register(async (scope) => {
    acceptJsonBodies(scope, defaultServiceLimits.jsonBytes);
    scope.addHook("onRequest", async (request) => {
      seen.push(`${request.method} ${request.url}`);
    });
    scope.post("/echo", async (request) => request.body);
    scope.get("/hidden", async () => "reached");
  });
  port = await listenOnFreePort(app);
});

afterEach(async () => {
  await close();
});

const hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
const post = (headers: string, body: string): string =>
  `POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

/** If two parsers could disagree about where a request ends, it is refused, and what follows is not read. */
describe("a request with an ambiguous end is refused, with everything after it", () => {
  test.each([
    [
      "Content-Length and Transfer-Encoding",
      post("Content-Length: 6\r\nTransfer-Encoding: chunked", `0\r\n\r\n${hidden}`),
    ],
    [
      "Transfer-Encoding before Content-Length",
      post("Transfer-Encoding: chunked\r\nContent-Length: 6", `0\r\n\r\n${hidden}`),
    ],
    [
      "two Content-Lengths",
      post(`Content-Length: 2\r\nContent-Length: ${2 + hidden.length}`, `{}${hidden}`),
    ],
    ["a list of Content-Lengths", post("Content-Length: 2, 2", `{}${hidden}`)],
    ["a signed Content-Length", post("Content-Length: +2", `{}${hidden}`)],
    ["a Content-Length with a space in it", post("Content-Length: 2 2", `{}${hidden}`)],
    ["a Content-Length in hex", post("Content-Length: 0x2", `{}${hidden}`)],
    ["a space before a header's colon", post("Content-Length : 2", `{}${hidden}`)],
    ["a header folded over two lines", post("Content-Length:\r\n 2", `{}${hidden}`)],
    ["an unknown Transfer-Encoding", post("Transfer-Encoding: xchunked", `0\r\n\r\n${hidden}`)],
    [
      "chunked before another Transfer-Encoding",
      post("Transfer-Encoding: chunked, identity", `0\r\n\r\n${hidden}`),
    ],
    [
      "a Transfer-Encoding with a vertical tab",
      post("Transfer-Encoding: \u000bchunked", `0\r\n\r\n${hidden}`),
    ],
    [
      "lines that end in LF alone",
      `POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 2\n\n{}${hidden}`,
    ],
    ["a header that ends in CR alone", post("X: a\rContent-Length: 2", `{}${hidden}`)],
    ["a NUL in a header", post("X: a\u0000b", `${hidden}`)],
    [
      "a chunk size with a sign",
      post("Transfer-Encoding: chunked", `+2\r\n{}\r\n0\r\n\r\n${hidden}`),
    ],
    [
      "a chunk size with a prefix",
      post("Transfer-Encoding: chunked", `0x2\r\n{}\r\n0\r\n\r\n${hidden}`),
    ],
    [
      "a chunk size with a space before it",
      post("Transfer-Encoding: chunked", ` 2\r\n{}\r\n0\r\n\r\n${hidden}`),
    ],
    [
      "a chunk size beyond 64 bits",
      post("Transfer-Encoding: chunked", `10000000000000002\r\n{}\r\n0\r\n\r\n${hidden}`),
    ],
    ["a negative chunk size", post("Transfer-Encoding: chunked", `-2\r\n{}\r\n0\r\n\r\n${hidden}`)],
    [
      "a chunk longer than its size",
      post("Transfer-Encoding: chunked", `1\r\n{}\r\n0\r\n\r\n${hidden}`),
    ],
    ["a chunk that ends in LF alone", post("Transfer-Encoding: chunked", `2\n{}\n0\n\n${hidden}`)],
  ])("a request that hides another is refused: %s", async (_what, bytes) => {
    const answer = await rawRequest(port, bytes);

    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("flawless-error-code: INVALID_REQUEST");
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(seen).not.toContain("GET /hidden");
  });
});

test("a request with a clear end may be followed by another", async () => {
  const last = hidden.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
  const chunked = post("Transfer-Encoding: chunked", `2\r\n{}\r\n0\r\n\r\n`);
  const answer = await rawRequest(port, post("Content-Length: 2", "{}"), chunked, last);

  expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(3);
  expect(seen).toEqual(["POST /echo", "POST /echo", "GET /hidden"]);
});

test("headers that are too large are refused, whether many or one", async () => {
  const one = `GET /hidden HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
  const many = `GET /hidden HTTP/1.1\r\nHost: localhost\r\n${"X: y\r\n".repeat(5_000)}\r\n`;
  for (const bytes of [one, many]) {
    expect(await rawRequest(port, bytes)).toMatch(/^HTTP\/1\.1 431 [^]*HEADERS_TOO_LARGE/);
  }
});
