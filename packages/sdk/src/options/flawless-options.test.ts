import { Agent } from "undici";
import { describe, expect, test } from "vitest";
import { resolveOptions, type FlawlessOptions } from "./flawless-options.ts";

const url = "http://127.0.0.1:27288";

describe("resolveOptions", () => {
  test("fills in the documented defaults", () => {
    expect(resolveOptions({ url })).toMatchObject({
      urls: [url],
      token: null,
      timeoutMs: null,
      retry: { attempts: 5, initialDelayMs: 100, maxDelayMs: 5000 },
      maxResponseBytes: 64 * 1024 * 1024,
      dispatcher: null,
      fetch: null,
    });
  });

  test("retry: false means one attempt", () => {
    expect(resolveOptions({ url, retry: false }).retry.attempts).toBe(1);
  });

  test.each([
    ["http://localhost:27288/", "http://localhost:27288"],
    ["https://example.test/flawless//", "https://example.test/flawless"],
    [new URL("http://[::1]:27288"), "http://[::1]:27288"],
  ])("takes the URL %s", (given, resolved) => {
    expect(resolveOptions({ url: given }).urls).toEqual([resolved]);
  });

  test("accepts several URLs, each once, as a list or separated by commas", () => {
    const several = ["http://a.test", "http://b.test", "http://c.test"];
    const given = ["http://a.test/,http://b.test ", new URL("http://c.test"), "http://a.test"];
    expect(resolveOptions({ url: given }).urls).toEqual(several);
    expect(resolveOptions({ url: `${several.join(", ")},` }).urls).toEqual(several);
  });

  test.each<[string, Partial<FlawlessOptions>, string]>([
    ["url", { url: undefined as never }, "but got undefined"],
    ["url", { url: [] }, "1 to 100 URLs, but got 0"],
    ["url", { url: ["http://a.test", ""] }, "this isn't one"],
    ["url", { url: Array.from({ length: 101 }, (_, n) => `http://n${n}`) }, "but got 101"],
    ["url", { url: "http://a.test,b.test" }, "this isn't one"],
    ["url", { url: "127.0.0.1:27288" }, "this isn't one"],
    ["url", { url: "" }, "this isn't one"],
    ["url", { url: "localhost:27288" }, "expected http: or https:, but got localhost:"],
    ["url", { url: "ftp://localhost" }, "but got ftp:"],
    ["url", { url: "http://user:secret@localhost" }, "Pass the server's token as `token`"],
    ["url", { url: "http://localhost/?a=1" }, "query"],
    ["url", { url: "http://localhost/#top" }, "fragment"],
    ["ca", { ca: "" }, "certificates in PEM"],
    ["ca", { ca: [] }, "certificates in PEM"],
    ["ca", { ca: "-----BEGIN PRIVATE KEY-----" }, "certificates in PEM"],
    ["ca", { ca: "-----BEGIN CERTIFICATE-----", dispatcher: new Agent() }, "give one of them"],
    ["ca", { ca: "-----BEGIN CERTIFICATE-----", fetch }, "give one, not both"],
    ["fetch", { dispatcher: new Agent(), fetch }, "give one, not both"],
    ["fetch", { fetch: "https://proxy.example" as never }, "expected a function"],
    ["token", { token: "" }, "visible ASCII"],
    ["token", { token: "two\r\nlines" }, "visible ASCII"],
    ["timeoutMs", { timeoutMs: Number.NaN }, "but got NaN"],
    ["timeoutMs", { timeoutMs: 0 }, "but got 0"],
    ["timeoutMs", { timeoutMs: 2 ** 31 }, "up to 2147483647"],
    ["timeoutMs", { timeoutMs: "1s" as unknown as number }, 'but got "1s"'],
    ["retry.attempts", { retry: { attempts: 0 } }, "at least 1"],
    ["retry.initialDelayMs", { retry: { initialDelayMs: -1 } }, "at least 0"],
    ["retry.maxDelayMs", { retry: { maxDelayMs: 0.5 } }, "but got 0.5"],
    ["maxResponseBytes", { maxResponseBytes: Infinity }, "but got Infinity"],
  ])("refuses %s: %j", (option, options, reason) => {
    expect(() => resolveOptions({ url, ...options })).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_INVALID_OPTION",
        option,
        message: expect.stringContaining(reason),
      }),
    );
  });

  test.each<Partial<FlawlessOptions>>([
    { url: "http://user:secret@localhost" },
    { url: "http://user:secret@" },
    { token: "secret\n" },
  ])("shows no secrets: %#", (options) => {
    expect(() => resolveOptions({ url, ...options })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });

  test("accepts any timeout that a timer can count, and none at all", () => {
    expect(resolveOptions({ url, timeoutMs: 2 ** 31 - 1 }).timeoutMs).toBe(2 ** 31 - 1);
    expect(resolveOptions({ url, timeoutMs: Infinity }).timeoutMs).toBe(Infinity);
  });
});
