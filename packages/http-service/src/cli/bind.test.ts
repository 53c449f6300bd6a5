import { describe, expect, test } from "vitest";
import { isLoopback, parseBind } from "./bind.ts";
import { CliError } from "./cli-error.ts";

describe("parseBind", () => {
  test.each([
    ["127.0.0.1:27288", { host: "127.0.0.1", port: 27_288 }],
    ["0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
    ["localhost:65535", { host: "localhost", port: 65_535 }],
    ["[::1]:80", { host: "::1", port: 80 }],
    ["[::]:80", { host: "::", port: 80 }],
    ["my-host.example:80", { host: "my-host.example", port: 80 }],
  ])("reads %s", (text, bind) => {
    expect(parseBind(text)).toEqual(bind);
  });

  test.each([
    "",
    "27288",
    ":27288",
    "127.0.0.1",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "127.0.0.1:-1",
    "127.0.0.1:80x",
    "::1:80",
    "[localhost]:80",
    "[127.0.0.1]:80",
    "http://127.0.0.1:80",
    "user@host:80",
    " 127.0.0.1:80",
  ])("refuses %j", (text) => {
    expect(() => parseBind(text)).toThrow(CliError);
    expect(() => parseBind(text)).toThrow("--bind expects ADDR:PORT");
  });
});

describe("isLoopback", () => {
  test.each([
    ["localhost", true],
    ["127.0.0.1", true],
    ["127.255.0.3", true],
    ["::1", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.168.1.2", false],
    ["my-host.example", false],
  ])("%s: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
