import { describe, expect, test } from "vitest";
import { connectionError, connectionProblem } from "./connection-failure.ts";

function failure(code: string, syscall?: string): Error {
  return Object.assign(new Error(`${syscall ?? "it"} failed with ${code}`), { code, syscall });
}

function fetchFailure(cause: Error): TypeError {
  return new TypeError("fetch failed", { cause });
}

function deno(text: string): TypeError {
  return fetchFailure(new Error(`error sending request: client error (Connect): ${text}`));
}

describe("connectionProblem", () => {
  test.each([
    ["refused", failure("ECONNREFUSED", "connect"), false, true, /flawless up/],
    [
      "refused on each address",
      new AggregateError([failure("ECONNREFUSED", "connect"), failure("ECONNREFUSED", "connect")]),
      false,
      true,
      /flawless up/,
    ],
    ["reset while connecting", failure("ECONNRESET", "connect"), false, true, /broke/],
    ["reset later", failure("ECONNRESET", "read"), true, true, /broke/],
    ["closed by the other side", failure("UND_ERR_SOCKET"), true, true, /broke/],
    ["no answer in time", failure("UND_ERR_HEADERS_TIMEOUT"), true, true, /broke/],
    ["unknown host", failure("ENOTFOUND", "getaddrinfo"), false, false, /spelled/],
    ["no name server", failure("EAI_AGAIN", "getaddrinfo"), false, true, /name server/],
    ["connecting takes too long", failure("UND_ERR_CONNECT_TIMEOUT"), false, true, /firewall/],
    ["unreachable", failure("EHOSTUNREACH", "connect"), false, true, /firewall/],
    ["unreachable later", failure("EHOSTUNREACH", "read"), true, true, /firewall/],
    ["wrong certificate", failure("DEPTH_ZERO_SELF_SIGNED_CERT"), false, false, /certificate/],
    ["not HTTP", failure("HPE_INVALID_CONSTANT"), true, false, /does not speak HTTP/],
    ["closed dispatcher", failure("UND_ERR_DESTROYED"), false, false, /dispatcher/],
    ["anything else", "odd", true, false, /URL right/],
    ["silence", failure("FETCH_SILENCE"), true, true, /broke/],
    [
      "refused, by Node's fetch",
      fetchFailure(failure("ECONNREFUSED", "connect")),
      false,
      true,
      /up/,
    ],
    ["reset, by Node's fetch", fetchFailure(failure("ECONNRESET", "read")), true, true, /broke/],
    ["refused, by Bun", failure("ECONNREFUSED"), false, true, /flawless up/],
    [
      "refused, by Deno",
      deno("tcp connect error: Connection refused (os error 111)"),
      false,
      true,
      /flawless up/,
    ],
    ["unknown host, by Deno", deno("dns error: failed to lookup"), false, false, /spelled/],
    ["wrong certificate, by Deno", deno("received corrupt message"), false, true, /firewall/],
    [
      "reset, by Deno",
      fetchFailure(new Error("client error (SendRequest): connection closed")),
      true,
      true,
      /broke/,
    ],
    [
      "reset later, by Deno",
      new TypeError("error reading a body from connection"),
      true,
      true,
      /broke/,
    ],
    ["reset, by workerd", new Error("Network connection lost."), true, true, /broke/],
    ["anything, by a browser", new TypeError("Failed to fetch"), true, true, /--allow-origin/],
  ])(
    "connectionProblem of a connection that failed: %s",
    async (_what, cause, maybeSent, passing, advice) => {
      expect(await connectionProblem(cause)).toEqual({
        cause,
        maybeSent,
        passing,
        advice: expect.stringMatching(advice),
      });
    },
  );
});

describe("connectionError", () => {
  const request = { method: "GET", url: "http://127.0.0.1:1/version" };

  test("has URL, reason, attempts and what to check", async () => {
    const cause = new AggregateError([
      failure("ECONNREFUSED", "connect"),
      failure("ECONNREFUSED", "connect"),
    ]);
    expect(connectionError(request, await connectionProblem(cause), 3)).toMatchObject({
      code: "FLAWLESS_CONNECTION_FAILED",
      url: request.url,
      attempts: 3,
      maybeSent: false,
      cause,
      message:
        "No answer from the Flawless server (GET http://127.0.0.1:1/version, tried 3 times): " +
        "connect failed with ECONNREFUSED; connect failed with ECONNREFUSED. " +
        "Nothing is listening there. Is the server running (`flawless up`), and is the port right?",
    });
  });

  // Texts of Bun, and of OpenSSL under Node.
  test.each(["Unable to connect. Is the URL right?", "wrong version number:tls.c:77:\n"])(
    "is sentences, even if the reason ends in its own way: %j",
    async (text) => {
      const { message } = connectionError(request, await connectionProblem(new Error(text)), 1);
      expect(message).toMatch(/\w\. Is the URL right, and is the server running\?$/);
    },
  );
});
