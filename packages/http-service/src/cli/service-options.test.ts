import { chmodSync, writeFileSync } from "node:fs";
import { type Logger, pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { firstCertificate, secondCertificate, TemporaryDirectory } from "@flawless-ts/test-helpers";
import type { Console } from "./console.ts";
import { readAccess, type ServiceAccess, warnIfOpen } from "./service-options.ts";

let directory: TemporaryDirectory;
let warnings: string[];
let console: Console;

beforeEach(() => {
  directory = new TemporaryDirectory();
  warnings = [];
  console = { env: {}, print: () => undefined, warn: (line) => warnings.push(line) };
});

afterEach(() => {
  directory.remove();
});

function file(name: string, text: string, mode = 0o600): string {
  const path = directory.join(name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("access", () => {
  test("is read from the files that the options name", async () => {
    const access = await readAccess(
      {
        bind: "127.0.0.1:1",
        tokenFile: file("tokens", "a\nb\n"),
        tlsCert: file("cert", firstCertificate.cert),
        tlsKey: file("key", firstCertificate.key),
      },
      console,
    );
    expect(access).toMatchObject({ host: "127.0.0.1", port: 1 });
    expect(access.tokens?.tokens).toEqual(["a", "b"]);
    expect(access.tls?.files).toEqual(firstCertificate);
    expect(warnings).toEqual([]);
  });

  test("warns of secrets that others can read", async () => {
    const tokenFile = file("tokens", "a\n", 0o644);
    await readAccess({ bind: "127.0.0.1:1", tokenFile }, console);
    expect(warnings).toEqual([
      `warning: other users of this machine can access ${tokenFile} (mode 644). Restrict it to its owner: chmod 600.`,
    ]);
  });

  test.each([
    ["a certificate without its key", { tlsCert: "cert" }, /need each other/],
    ["a key without its certificate", { tlsKey: "key" }, /need each other/],
    [
      "files that are not there",
      { tlsCert: "no", tlsKey: "no" },
      /--tls-cert can't be read: ENOENT/,
    ],
    ["an invalid certificate", { tlsCert: "tokens", tlsKey: "key" }, /is not PEM/],
    ["a key of another certificate", { tlsCert: "cert", tlsKey: "other" }, /belong together/],
  ])("is refused for %s", async (_what, names, message) => {
    file("tokens", "a");
    file("cert", firstCertificate.cert);
    file("key", firstCertificate.key);
    file("other", secondCertificate.key);
    const paths = Object.fromEntries(
      Object.entries(names).map(([option, name]) => [option, directory.join(name)]),
    );
    await expect(readAccess({ bind: "127.0.0.1:1", ...paths }, console)).rejects.toThrow(message);
  });
});

describe("watched files", () => {
  /** Resolves with the next log line. */
  function nextLine(): { line: Promise<string>; logger: Logger } {
    const { promise, resolve } = Promise.withResolvers<string>();
    return { line: promise, logger: pino({}, { write: (text: string) => resolve(text) }) };
  }

  async function follow(): Promise<ServiceAccess> {
    return readAccess(
      {
        bind: "127.0.0.1:1",
        tokenFile: file("tokens", "old\n"),
        tlsCert: file("cert", firstCertificate.cert),
        tlsKey: file("key", firstCertificate.key),
      },
      console,
    );
  }

  test("are reloaded when they change", async () => {
    const access = await follow();
    const { line, logger } = nextLine();
    using _files = access.follow(logger, { intervalMs: 5 });
    file("tokens", "kept\nnew\n");

    expect(await line).toContain("the token file was reloaded");
    expect(access.tokens?.tokens).toEqual(["kept", "new"]);
  });

  test("are reloaded if they changed before they were watched", async () => {
    const access = await follow();
    file("tokens", "new\n");
    const { line, logger } = nextLine();
    using _files = access.follow(logger, { intervalMs: 60_000 });

    expect(await line).toContain("the token file was reloaded");
    expect(access.tokens?.tokens).toEqual(["new"]);
  });

  test("are reloaded on SIGHUP", async () => {
    const access = await follow();
    const { line, logger } = nextLine();
    using _files = access.follow(logger, { intervalMs: 60_000 });
    file("cert", secondCertificate.cert);
    file("key", secondCertificate.key);
    process.emit("SIGHUP");

    expect(await line).toContain("the TLS certificate was reloaded");
    expect(access.tls?.files).toEqual(secondCertificate);
  });

  test.each([
    ["an empty token file", "tokens", "", "has no token in it"],
    ["a key that does not fit", "key", secondCertificate.key, "belong together"],
  ])("change nothing if they are invalid: %s", async (_what, name, text, message) => {
    const access = await follow();
    const { line, logger } = nextLine();
    using _files = access.follow(logger, { intervalMs: 60_000 });
    file(name, text);
    process.emit("SIGHUP");

    expect(await line).toContain(message);
    expect(access.tokens?.tokens).toEqual(["old"]);
    expect(access.tls?.files).toEqual(firstCertificate);
  });
});

test.each([
  ["127.0.0.1", false, false, []],
  ["0.0.0.0", true, true, []],
  ["0.0.0.0", false, true, [/open to anybody/]],
  ["0.0.0.0", true, false, [/unencrypted/]],
])(
  "binding to %s warns about what is exposed, with tokens: %s, with TLS: %s",
  async (host, tokens, tls, expected) => {
    const access = await readAccess(
      {
        bind: `${host}:1`,
        ...(tokens ? { tokenFile: file("tokens", "a") } : {}),
        ...(tls
          ? { tlsCert: file("c", firstCertificate.cert), tlsKey: file("k", firstCertificate.key) }
          : {}),
      },
      console,
    );
    warnIfOpen(console, `${host}:1`, access);
    expect(warnings).toEqual(expected.map((text) => expect.stringMatching(text) as string));
  },
);
