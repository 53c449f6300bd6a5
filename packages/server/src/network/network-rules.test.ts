import { describe, expect, test } from "vitest";
import { HostRefusedFailure, NetworkPolicy, type NetworkRules } from "./network-rules.ts";

function allows(rules: NetworkRules, url: string): boolean {
  try {
    new NetworkPolicy(rules).assertUrl(new URL(url));
    return true;
  } catch (error) {
    if (error instanceof HostRefusedFailure && error.kind === "ConnectionFailed" && error.final) {
      return false;
    }
    throw error;
  }
}

describe("network rules by name", () => {
  test.each<[NetworkRules, string, boolean]>([
    [{}, "http://127.0.0.1/", true],
    [{ allowHosts: ["example.com"] }, "https://example.com/", true],
    [{ allowHosts: ["example.com"] }, "https://EXAMPLE.com./", true],
    [{ allowHosts: ["example.com"] }, "https://a.example.com/", false],
    [{ allowHosts: ["example.com"] }, "https://example.com.evil.test/", false],
    [{ allowHosts: ["example.com"] }, "https://example.com@evil.test/", false],
    [{ allowHosts: ["*.example.com"] }, "https://a.b.example.com/", true],
    [{ allowHosts: ["*.example.com"] }, "https://example.com/", false],
    [{ allowHosts: ["*.example.com"] }, "https://badexample.com/", false],
    [{ allowHosts: ["b\u00fccher.example"] }, "https://xn--bcher-kva.example/", true],
    [{ allowHosts: ["example.com:443"] }, "https://example.com/", true],
    [{ allowHosts: ["example.com:443"] }, "http://example.com/", false],
    [{ allowHosts: ["*:8000-8999"] }, "http://any.test:8080/", true],
    [{ allowHosts: ["*:8000-8999"] }, "http://any.test:9000/", false],
    [{ denyHosts: ["example.com"] }, "https://example.com/", false],
    [{ denyHosts: ["example.com"] }, "https://other.test/", true],
    [{ denyHosts: ["*:22"] }, "http://any.test:22/", false],
    [{ allowHosts: ["*"], denyHosts: ["example.com"] }, "https://example.com/", false],
    [{ denyPrivate: true }, "http://localhost/", false],
    [{ denyPrivate: true }, "http://api.localhost./", false],
    [{ denyPrivate: true }, "https://example.com/", true],
  ])("%j: %s %s", (rules, url, expected) => {
    expect(allows(rules, url)).toBe(expected);
  });
});

describe("network rules by an address in the URL, in any notation", () => {
  test.each<[NetworkRules, string, boolean]>([
    [{ denyPrivate: true }, "http://127.0.0.1/", false],
    [{ denyPrivate: true }, "http://2130706433/", false],
    [{ denyPrivate: true }, "http://0x7f.1/", false],
    [{ denyPrivate: true }, "http://0177.0.0.1/", false],
    [{ denyPrivate: true }, "http://127.1/", false],
    [{ denyPrivate: true }, "http://[::1]/", false],
    [{ denyPrivate: true }, "http://[::ffff:127.0.0.1]/", false],
    [{ denyPrivate: true }, "http://[64:ff9b::7f00:1]/", false],
    [{ denyPrivate: true }, "http://1.1.1.1/", true],
    [{ denyHosts: ["10.0.0.0/8"] }, "http://10.9.9.9/", false],
    [{ denyHosts: ["10.0.0.0/8"] }, "http://[::ffff:10.9.9.9]/", false],
    [{ denyHosts: ["10.0.0.0/8"] }, "http://11.0.0.1/", true],
    [{ denyHosts: ["[fd00::/8]"] }, "http://[fd12::1]/", false],
    [{ denyHosts: ["[::1]:80"] }, "http://[::1]:81/", true],
    [{ allowHosts: ["10.0.0.7:80"] }, "http://10.0.0.7/", true],
    [{ allowHosts: ["10.0.0.7:80"] }, "http://10.0.0.8/", false],
    [{ denyPrivate: true, allowHosts: ["*", "10.0.0.0/24"] }, "http://10.0.0.7/", true],
    [{ denyPrivate: true, allowHosts: ["*", "10.0.0.0/24"] }, "http://10.0.1.7/", false],
    [{ denyPrivate: true, allowHosts: ["*"] }, "http://10.0.0.7/", false],
  ])("%j: %s %s", (rules, url, expected) => {
    expect(allows(rules, url)).toBe(expected);
  });
});

describe("network rules by the address that a name resolves to", () => {
  test.each<[NetworkRules, string, boolean]>([
    [{}, "127.0.0.1", true],
    [{ denyPrivate: true }, "127.0.0.1", false],
    [{ denyPrivate: true }, "1.1.1.1", true],
    [{ denyHosts: ["1.1.1.0/24"] }, "1.1.1.1", false],
    [{ allowHosts: ["site.test"] }, "10.0.0.1", true],
    [{ allowHosts: ["site.test"], denyPrivate: true }, "10.0.0.1", false],
    [{ allowHosts: ["10.0.0.1"] }, "10.0.0.1", true],
    [{ allowHosts: ["10.0.0.1"] }, "10.0.0.2", false],
  ])("%j: %s %s", (rules, address, expected) => {
    const policy = new NetworkPolicy(rules);
    policy.assertUrl(new URL("http://site.test/"));
    expect(policy.refusalOf("site.test", 80, address) === undefined).toBe(expected);
  });
});

test("the log shows the address, but the guest doesn't get it", () => {
  const refusal = new NetworkPolicy({ denyPrivate: true }).refusalOf("site.test", 80, "10.0.0.1");
  expect(refusal?.message).toBe("the rules of this server do not let workflows call site.test:80");
  expect(refusal?.refused).toEqual({
    host: "site.test",
    port: 80,
    address: "10.0.0.1",
    rule: "no private addresses",
  });
});

test.each([
  "",
  " ",
  "a b",
  "http://a",
  "a/b",
  "a:99999",
  "a:9-8",
  "[::1",
  "::1",
  "10.0.0.0/33",
  "[a]",
  "*a",
  "a.*",
  "user@host",
])("the pattern %j is refused", (pattern) => {
  for (const rules of [{ allowHosts: [pattern] }, { denyHosts: [pattern] }]) {
    expect(() => new NetworkPolicy(rules)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION" }),
    );
  }
});
