import { chmodSync, statSync, writeFileSync } from "node:fs";
import { Flawless } from "@flawless-ts/sdk";
import { fixtureBytes, fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { firstCertificate, secondCertificate, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { LoopbackServer } from "../testing/loopback-server.ts";
import { runCli } from "../testing/run-cli.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

function up(...args: readonly string[]): CliProcess {
  const data = directory.join("data");
  const common = ["up", "--working-dir", data, "--bind", "127.0.0.1:0", "--json"];
  return new CliProcess([...common, ...args]);
}

async function urlOf(server: CliProcess): Promise<string> {
  return (JSON.parse(await server.firstLine) as { url: string }).url;
}

function file(name: string, text: string, mode = 0o600): string {
  const path = directory.join(name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test("SIGHUP reloads the tokens while the server runs", async () => {
  await using server = up("--token-file", file("tokens", "old\n"));
  const url = await urlOf(server);
  const status = async (token: string): Promise<number> =>
    (await fetch(`${url}/api/modules`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await status("old"), await status("new")]).toEqual([200, 401]);
  file("tokens", "new\n");
  server.kill("SIGHUP");
  await expect.poll(() => status("new"), { timeout: 10_000 }).toBe(200);

  expect(await status("old")).toBe(401);
  expect(server.stderr).toContain("the token file was reloaded");
  expect(server.stderr).not.toMatch(/"(old|new)"/);
  // Nor does another one end it.
  server.kill("SIGHUP");
  file("tokens", "newest\n");
  await expect.poll(() => status("newest"), { timeout: 10_000 }).toBe(200);
  expect(server.stderr).not.toContain("shutting down");
});

test("with a certificate it serves HTTPS, which the other commands trust with --ca-file", async () => {
  const cert = file("cert", firstCertificate.cert, 0o644);
  await using server = up("--tls-cert", cert, "--tls-key", file("key", firstCertificate.key));
  const url = await urlOf(server);
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);

  const deploy = ["deploy", fixturePath("conformance"), "--url", url];
  expect(await runCli([...deploy, "--ca-file", cert])).toMatchObject({ code: 0 });
  expect(await runCli(deploy, { FLAWLESS_CA_FILE: cert })).toMatchObject({ code: 0 });
  expect(await runCli(deploy)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/self-signed certificate/) as string,
  });
  const other = file("other", secondCertificate.cert);
  expect(await runCli([...deploy, "--ca-file", other])).toMatchObject({ code: 1 });
  const noPem = file("no-pem", "nothing");
  expect(await runCli([...deploy, "--ca-file", noPem])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is not PEM") as string,
  });
});

test("workflows may call what the rules allow, and refusals are logged", async () => {
  let requests = 0;
  await using site = await LoopbackServer.http((_request, response) => {
    requests += 1;
    response.end("reached");
  });
  const call = async (...rules: readonly string[]): Promise<{ answer: string; log: string }> => {
    await using server = up(...rules);
    await using flawless = new Flawless({ url: await urlOf(server) });
    const module = await flawless.deploy(fixtureBytes("conformance"));
    const response = await module.execute("http", { method: "GET", url: site.url });
    return { answer: JSON.stringify(response), log: server.stderr };
  };
  expect((await call()).answer).toContain("reached");
  const refused = await call("--deny-private");
  expect(refused.answer).toContain("do not let workflows call 127.0.0.1:");
  expect(refused.log).toContain('"rule":"no private addresses"');
  expect((await call("--allow-host", "example.com")).answer).toContain("do not let workflows call");
  expect((await call("--deny-private", "--allow-host", "127.0.0.0/8")).answer).toContain("reached");
  expect(requests).toBe(2);
}, 60_000);

test("limits are set by name", async () => {
  await using server = up("--limit", "runningWorkflows=1", "--limit", "jsonBytes=1Ki");
  await using flawless = new Flawless({ url: await urlOf(server), retry: false });
  const module = await flawless.deploy(fixtureBytes("conformance"));
  await module.start("receive", null);

  await expect(module.start("noop")).rejects.toThrow(/runningWorkflows/);
  await expect(module.start("echo", "x".repeat(2_000))).rejects.toThrow(/too large/i);
});

test("the secrets key may be stored elsewhere", async () => {
  const key = file("key", "ab".repeat(32), 0o644);
  await using server = up("--secrets-key-file", key);
  await urlOf(server);
  expect(() => statSync(directory.join("data", "secrets.key"))).toThrow("ENOENT");
  expect(server.stderr).toContain("other users of this machine can access");
});

test.each([
  [["--limit", "residentGuests"], 2, /NAME=NUMBER/],
  [["--limit", "unknown=1"], 2, /There is no limit unknown, only .*residentGuests/],
  [["--limit", "residentGuest=1"], 2, /no limit residentGuest. Did you mean residentGuests\?/],
  [["--engines", "x"], 2, /'--engines <number>' argument 'x' is invalid. Expected .* 1 to 64\./],
  [["--partitions", "1e3"], 2, /argument '1e3' is invalid. Expected a whole number from 1 to 4096/],
  [["--limit", "residentGuests=0"], 1, /residentGuests/],
  [["--allow-host", "http://site/"], 1, /expected a host such as/],
  [["--tls-cert", "cert"], 2, /need each other/],
  [["--secrets-key-file", "missing"], 1, /openssl rand -hex 32/],
])("%j is refused", async (args, code, message) => {
  await using server = up(...args);
  const end = await server.end;
  expect(end).toMatchObject({ code, stdout: "" });
  expect(end.stderr).toMatch(message);
});

test("only web pages of allowed origins may use it", async () => {
  await using server = up(
    "--allow-origin",
    "https://one.example",
    "--allow-origin",
    "http://two.example",
  );
  const url = await urlOf(server);
  const ask = async (origin: string): Promise<readonly unknown[]> => {
    const { status, headers } = await fetch(`${url}/api/modules`, { headers: { origin } });
    return [status, headers.get("access-control-allow-origin")];
  };
  expect(await ask("https://one.example")).toEqual([200, "https://one.example"]);
  expect(await ask("http://two.example")).toEqual([200, "http://two.example"]);
  expect(await ask("http://one.example")).toEqual([403, null]);
});

test("an invalid origin is refused before the server starts", async () => {
  const args = ["--working-dir", directory.join("data"), "--bind", "127.0.0.1:0"];
  expect(await runCli(["up", ...args, "--allow-origin", "*"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('but got "*"') as string,
  });
});
