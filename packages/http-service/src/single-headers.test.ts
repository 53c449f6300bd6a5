import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createService } from "./create-service.ts";
import { acceptJsonBodies } from "./json-body.ts";
import { defaultServiceLimits } from "./service-limits.ts";
import { listenOnFreePort, rawRequest } from "@flawless-ts/test-helpers";

let port: number;
let close: () => Promise<void>;
let reached: number;

beforeEach(async () => {
  reached = 0;
  const app = createService({ limits: defaultServiceLimits, explain: () => undefined });
  close = () => app.close();
  acceptJsonBodies(app, defaultServiceLimits.jsonBytes);
  app.post("/echo", async (request) => {
    reached += 1;
    return request.body;
  });
  port = await listenOnFreePort(app);
});

afterEach(async () => {
  await close();
});

function ask(...headers: readonly string[]): Promise<string> {
  const lines = ["POST /echo HTTP/1.1", ...headers, "Connection: close", "", "{}"];
  return rawRequest(port, lines.join("\r\n"));
}

const host = "Host: localhost";
const type = "Content-Type: application/json";
const length = "Content-Length: 2";

describe("a repeated header is refused", () => {
  test.each([
    ["Host", [host, "Host: localhost", type, length]],
    ["Host, two different ones", [host, "host: example.com", type, length]],
    ["Content-Type", [host, type, "content-type: application/json", length]],
    ["Content-Length", [host, type, length, length]],
    ["Transfer-Encoding", [host, type, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
    ["Authorization", [host, type, length, "Authorization: Bearer a", "Authorization: Bearer b"]],
    ["Idempotency-Key", [host, type, length, "Idempotency-Key: a", "Idempotency-Key: b"]],
    ["Origin", [host, type, length, "Origin: http://localhost", "Origin: http://localhost"]],
  ])("a request with a repeated header is refused: %s", async (_what, headers) => {
    const answer = await ask(...headers);

    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*flawless-error-code: INVALID_REQUEST/i);
    expect(reached).toBe(0);
  });
});

test("a request without Host is refused, and one with each header once is accepted", async () => {
  expect(await ask(type, length)).toMatch(/^HTTP\/1\.1 400 /);
  expect(await ask(host, type, length, "X: a", "X: b")).toMatch(/^HTTP\/1\.1 200 /);
  expect(reached).toBe(1);
});
