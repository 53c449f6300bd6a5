import { readdir, readFile, writeFile } from "node:fs/promises";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ControlPlaneProcess } from "../testing/control-plane-process.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

describe("control-plane up", () => {
  test("prints one line when it is ready, and stops in order", async () => {
    await using server = ControlPlaneProcess.up(directory.join("data"));
    const line = await server.firstLine;
    expect(line).toMatch(
      /^control-plane 0\.1\.0 is ready on http:\/\/127\.0\.0\.1:\d+ \(data directory .*data\)$/,
    );
    expect((await fetch(`${await server.url()}/health`)).status).toBe(200);

    server.kill("SIGTERM");
    const { code, stdout } = await server.end;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${line}\n` });
  });

  test("shuts down when its input ends, with --with-parent", async () => {
    // The input is at its end from the start.
    await using server = ControlPlaneProcess.up(directory.join("data"), ["--with-parent"]);
    expect(await server.end).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(" is ready on "),
    });
  });

  test("keeps its data in ./.control-plane, which Git ignores", async () => {
    const args = ["up", "--bind", "127.0.0.1:0", "--no-flawless"];
    await using server = new ControlPlaneProcess(args, { cwd: directory.path });
    expect(await server.firstLine).toContain(directory.join(".control-plane"));
    expect(await readdir(directory.path)).toEqual([".control-plane"]);
    expect(await readFile(directory.join(".control-plane/.gitignore"), "utf8")).toBe("*\n");
  });

  test("serves while it waits for Flawless, and says what it waits for", async () => {
    const args = ["up", "--data-dir", directory.path, "--bind", "127.0.0.1:0"];
    await using server = new ControlPlaneProcess(args, {
      env: { FLAWLESS_URL: "http://127.0.0.1:1", NODE_ID: "node-7" },
    });
    const url = await server.url();
    const health = await fetch(`${url}/health`);
    const nodes = await fetch(`${url}/api/nodes`);

    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({
      node_id: "node-7",
      flawless: { url: "http://127.0.0.1:1", status: "waiting" },
    });
    expect(await nodes.json()).toEqual({
      nodes: [{ node_id: "node-7", url, flawless_url: "http://127.0.0.1:1" }],
    });
    server.kill("SIGTERM");
    const { code, stderr } = await server.end;
    expect(code).toBe(0);
    expect(stderr.match(/waiting for Flawless at http:\/\/127\.0\.0\.1:1/g)).toHaveLength(1);
  });

  test("prints JSON with --json", async () => {
    await using server = ControlPlaneProcess.up(directory.path, ["--json"]);
    const { url, pid } = JSON.parse(await server.firstLine) as { url: string; pid: number };
    expect(pid).toBe(server.pid);
    expect((await fetch(`${url}/version`)).status).toBe(200);
  });

  test("accepts web pages of a named origin, and of no other", async () => {
    const allowed = "https://app.example.com";
    await using server = ControlPlaneProcess.up(directory.path, ["--allow-origin", allowed]);
    const url = `${await server.url()}/api/queue/stats`;
    const answer = await fetch(url, { headers: { origin: allowed } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(allowed);
    const refused = await fetch(url, { headers: { origin: "https://other.example" } });
    expect([answer.status, refused.status]).toEqual([200, 403]);
  });

  test("accepts only callers with a token from the file", async () => {
    const file = directory.join("tokens");
    await writeFile(file, "first-token\n");
    await using server = ControlPlaneProcess.up(directory.path, ["--token-file", file]);
    const url = `${await server.url()}/queue/stats`;
    const right = await fetch(url, { headers: { authorization: "Bearer first-token" } });
    expect([right.status, (await fetch(url)).status]).toEqual([200, 401]);
  });

  test("sets limits", async () => {
    await using server = ControlPlaneProcess.up(directory.path, ["--limit", "blobBytes=10"]);
    const url = `${await server.url()}/iroh/blob/store`;
    const upload = async (size: number): Promise<number> =>
      (await fetch(url, { method: "POST", body: new Uint8Array(size) })).status;

    expect([await upload(10), await upload(11)]).toEqual([200, 413]);
  });

  test("warns if anybody can reach an open API", async () => {
    await using server = ControlPlaneProcess.up(directory.path, ["--bind", "0.0.0.0:0"]);
    await server.firstLine;
    expect(server.stderr).toMatch(
      /^warning: the API is open to anybody who can reach 0\.0\.0\.0:0/m,
    );
  });
});

describe("control-plane up fails with one line", () => {
  async function failure(args: readonly string[], code = 1): Promise<string> {
    await using server = ControlPlaneProcess.up(directory.path, [...args, "--log-level", "error"]);
    const end = await server.end;
    expect({ code: end.code, stdout: end.stdout }).toEqual({ code, stdout: "" });
    expect(end.stderr).toMatch(/^error: [^\n]+\n$/);
    return end.stderr;
  }

  test("if the port is in use", async () => {
    await using server = ControlPlaneProcess.up(directory.join("other"));
    const { port } = new URL(await server.url());
    expect(await failure(["--bind", `127.0.0.1:${port}`])).toContain(`127.0.0.1:${port} is in use`);
  });

  test("if another one uses the directory", async () => {
    await using server = ControlPlaneProcess.up(directory.path);
    await server.firstLine;
    expect(await failure([])).toContain(`${directory.path} is in use by another server`);
  });

  test("if an option is invalid", async () => {
    expect(await failure(["--bind", "everywhere"], 2)).toContain("--bind expects ADDR:PORT");
    expect(await failure(["--worker-timeout", "0"], 2)).toContain("from 1 to 86400");
    expect(await failure(["--module", "x.wasm"], 2)).toContain("contradict each other");
  });
});
