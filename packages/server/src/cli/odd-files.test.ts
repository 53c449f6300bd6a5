import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
  mkdirSync(directory.join("data"));
  execFileSync("mkfifo", [directory.join("fifo")]);
  writeFileSync(directory.join("file"), "text");
});

afterEach(() => {
  directory[Symbol.dispose]();
});

/** What `flawless up` says, which has to end by itself. */
async function refusal(...args: readonly string[]): Promise<string> {
  const base = ["up", "--working-dir", directory.join("data"), "--bind", "127.0.0.1:0"];
  await using server = new CliProcess([...base, ...args]);
  const { code, stderr } = await server.end;
  expect(code).toBe(1);
  return stderr;
}

describe("up refuses files that are not regular:", () => {
  test.each([
    ["a FIFO as the file of tokens", "--token-file", "fifo"],
    ["a FIFO as the file of secrets", "--secrets-file", "fifo"],
    ["a FIFO as the key for secrets", "--secrets-key-file", "fifo"],
  ])("up refuses %s", async (_what, option, name) => {
    expect(await refusal(option, directory.join(name))).toContain("is not a regular file");
  });

  test("a FIFO as the certificate", async () => {
    const file = directory.join("fifo");
    expect(await refusal("--tls-cert", file, "--tls-key", file)).toContain("is not a regular file");
  });

  test("an endless device as the token file", async () => {
    expect(await refusal("--token-file", "/dev/zero")).toContain("is not a regular file");
  });

  test("a FIFO as secrets.key in the working directory", async () => {
    execFileSync("mkfifo", [directory.join("data/secrets.key")]);
    expect(await refusal()).toContain("secrets.key is not a regular file");
  });

  test("a device in place of the journal", async () => {
    symlinkSync("/dev/zero", directory.join("data/flawless.sqlite"));
    expect(await refusal()).toContain("flawless.sqlite is not a regular file");
  });

  test.each(["file", "fifo"])("a %s as the working directory", async (name) => {
    expect(await refusal("--working-dir", directory.join(name))).toMatch(
      /the working directory .* can't be used: .*(EEXIST|ENOTDIR)/,
    );
  });
});
