import { readFile, writeFile } from "node:fs/promises";
import { Flawless } from "@flawless-ts/sdk";
import { fixtureBytes, fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { CliProcess, type CliProcessOptions } from "../testing/cli-process.ts";

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = new TemporaryDirectory();
});

afterEach(() => {
  directory.remove();
});

/** Starts `flawless up` on a free port. */
function up(args: readonly string[] = [], options: CliProcessOptions = {}): CliProcess {
  return new CliProcess(
    ["up", "--working-dir", directory.join("data"), "--bind", "127.0.0.1:0", ...args],
    options,
  );
}

async function urlOf(server: CliProcess): Promise<string> {
  return / is ready on (\S+)/.exec(await server.firstLine)?.[1] ?? "";
}

describe("flawless up", () => {
  test("prints on one line where it is ready, and nothing else on stdout", async () => {
    await using server = up();
    const line = await server.firstLine;
    expect(line).toMatch(
      /^flawless 0\.1\.0 is ready on http:\/\/127\.0\.0\.1:\d+ \(working directory .*data\)$/,
    );
    expect((await fetch(`${await urlOf(server)}/health`)).status).toBe(200);

    server.kill("SIGTERM");
    const { code, stdout } = await server.end;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${line}\n` });
  });

  test("stores everything in ./.flawless by default, which Git ignores", async () => {
    await using server = new CliProcess(["up", "--bind", "127.0.0.1:0"], {
      cwd: directory.path,
    });
    expect(await server.firstLine).toContain(`(working directory ${directory.join(".flawless")})`);
    expect(await readFile(directory.join(".flawless/.gitignore"), "utf8")).toBe("*\n");
  });

  test("prints it as JSON with --json", async () => {
    await using server = up(["--json"]);
    const { url, pid } = JSON.parse(await server.firstLine) as { url: string; pid: number };

    expect(pid).toBe(server.pid);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("serves the other commands", async () => {
    await using server = up();
    const env = { FLAWLESS_URL: await urlOf(server) };
    await using deploy = new CliProcess(["deploy", fixturePath("conformance")], { env });
    expect(await deploy.end).toMatchObject({ code: 0, stdout: "deployed conformance:1.0.0\n" });

    const input = '{"id":18446744073709551615}';
    await using run = new CliProcess(
      ["run", "conformance:1.0.0", "echo", "--input", input, "--json"],
      { env },
    );
    const { code, stdout, stderr } = await run.end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^{"id":"wkf_\w+","response":{"id":18446744073709551615}}\n$/);
  });

  test("gives guests only the secrets for them from its environment", async () => {
    await using server = up([], {
      env: { FLAWLESS_SECRET_KEY: "for-guests", OTHER: "not-for-guests" },
    });
    await using flawless = new Flawless({ url: await urlOf(server) });
    const module = await flawless.deploy(fixtureBytes("conformance"));

    expect(await module.execute("secret", { name: "KEY" })).toBe("for-guests");
    for (const name of ["OTHER", "PATH", "FLAWLESS_SECRET_KEY"]) {
      expect(await module.execute("secret", { name })).toBeNull();
    }
  });

  test("accepts different bytes under a taken name and version only with --dev", async () => {
    // The same module with a custom section more (name "x", no content).
    const other = Buffer.concat([fixtureBytes("conformance"), Buffer.from([0, 2, 1, 0x78])]);
    for (const [args, outcome] of [
      [[], { code: "FLAWLESS_CONFLICT" }],
      [["--dev"], { name: "conformance" }],
    ] as const) {
      await using server = up(args);
      await using flawless = new Flawless({ url: await urlOf(server) });
      await flawless.deploy(fixtureBytes("conformance"));
      const second = await flawless.deploy(other).catch((error: unknown) => error);
      expect(second).toMatchObject(outcome);
    }
  });

  test("accepts only tokens from the file, and shows none in its log", async () => {
    const file = directory.join("tokens");
    await writeFile(file, "first-token\nsecond-token\n");
    await using server = up(["--token-file", file, "--log-level", "trace"]);
    const url = await urlOf(server);
    const statuses: number[] = [];
    for (const token of ["first-token", "second-token", "third-token"]) {
      const reply = await fetch(`${url}/api/modules`, {
        headers: { authorization: `Bearer ${token}` },
      });
      statuses.push(reply.status);
    }
    expect(statuses).toEqual([200, 200, 401]);

    server.kill("SIGTERM");
    const { stdout, stderr } = await server.end;
    expect(stderr).toContain("/api/modules");
    expect(stdout + stderr).not.toMatch(/(first|second|third)-token/);
  });

  test("warns if everybody can reach an open API", async () => {
    await using server = up(["--bind", "0.0.0.0:0"]);
    await server.firstLine;
    expect(server.stderr).toMatch(
      /^warning: the API is open to anybody who can reach 0\.0\.0\.0:0\b.*$/m,
    );
  });
});

describe("flawless up fails with one line", () => {
  async function failure(args: readonly string[]): Promise<string> {
    await using server = up([...args, "--log-level", "error"]);
    const { code, stdout, stderr } = await server.end;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    return stderr;
  }

  test("if the port is in use", async () => {
    await using server = up();
    const { port } = new URL(await urlOf(server));
    const line = await failure([
      "--working-dir",
      directory.join("other"),
      "--bind",
      `127.0.0.1:${port}`,
    ]);
    expect(line).toContain(`127.0.0.1:${port} is in use`);
  });

  test("if another server uses the directory", async () => {
    await using server = up();
    await server.firstLine;
    expect(await failure([])).toContain(`${directory.join("data")} is in use by another server`);
  });

  test("if the directory can't be created or is a file", async () => {
    const file = directory.join("file");
    await writeFile(file, "");
    expect(await failure(["--working-dir", file])).toContain(file);
    expect(await failure(["--working-dir", `${file}/below`])).toContain(file);
  });

  test("if the token file is missing or empty", async () => {
    const empty = directory.join("empty");
    await writeFile(empty, "# none\n");
    expect(await failure(["--token-file", empty])).toContain("has no token in it");
    expect(await failure(["--token-file", directory.join("missing")])).toContain("ENOENT");
  });

  test("if the address is not this machine's", async () => {
    expect(await failure(["--bind", "192.0.2.1:0"])).toContain("192.0.2.1");
  });

  test("and exit code 2 if the address is invalid", async () => {
    await using server = up(["--bind", "everywhere"]);
    const { code, stderr } = await server.end;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --bind expects ADDR:PORT, [^\n]+\n$/);
  });
});

describe("a signal", () => {
  /** Starts a workflow and gives the status of the answer, 0 if there is none; settled when the workflow runs. */
  async function startAndWait(
    server: CliProcess,
    workflow: string,
    input: string,
  ): Promise<{ answer: Promise<number> }> {
    await using flawless = new Flawless({ url: await urlOf(server) });
    await flawless.deploy(fixtureBytes("conformance"));
    const answer = fetch(`${flawless.url}/api/workflow/start`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ module: "conformance", version: "1.0.0", workflow, input }),
    }).then(
      (reply) => reply.status,
      () => 0,
    );
    await expect.poll(async () => (await flawless.listWorkflows()).workflows.length).toBe(1);
    return { answer };
  }

  test.each(["SIGTERM", "SIGINT"] as const)(
    "%s lets requests in flight finish and ends the process with 0",
    async (signal) => {
      await using server = up();
      const { answer } = await startAndWait(server, "responds_later", '{"ms":200}');
      server.kill(signal);

      expect(await answer).toBe(200);
      expect((await server.end).code).toBe(0);
    },
  );

  test("sent twice ends the process immediately", async () => {
    await using server = up();
    const { answer } = await startAndWait(server, "receive", "null");
    const health = `${await urlOf(server)}/health`;
    server.kill("SIGTERM");
    await expect
      .poll(() =>
        fetch(health).then(
          (reply) => reply.ok,
          () => false,
        ),
      )
      .toBe(false);
    server.kill("SIGTERM");

    expect((await server.end).code).toBe(143);
    expect(await answer).toBe(0);
  });
});
