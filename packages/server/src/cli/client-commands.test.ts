import { writeFile } from "node:fs/promises";
import type { FastifyInstance } from "@flawless-ts/http-service/fastify";
import { afterEach, describe, expect, test, vi } from "vitest";
import { listenOnFreePort, TemporaryDirectory } from "@flawless-ts/test-helpers";
import type { ApiOptions } from "../api/api-options.ts";
import { createApi } from "../api/create-api.ts";
import type { EngineApi } from "../api/engine-api.ts";
import { EngineError } from "../errors.ts";
import { exampleHistory, exampleWorkflow, fakeEngine, pagesOf } from "../testing/fake-engine.ts";
import { type CliResult, runCli } from "../testing/run-cli.ts";

let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

/** Runs a command against an API over a fake engine with these methods. */
async function run(
  args: readonly string[],
  methods: Partial<EngineApi> = {},
  options: ApiOptions & { readonly env?: Record<string, string> } = {},
): Promise<CliResult> {
  app = createApi(fakeEngine(methods), options);
  const port = await listenOnFreePort(app);
  return runCli(args, { FLAWLESS_URL: `http://127.0.0.1:${port}`, ...options.env });
}

describe("flawless deploy", () => {
  test("sends the file and shows the module", async () => {
    using directory = new TemporaryDirectory();
    const file = directory.join("module.wasm");
    await writeFile(file, "\0asm");
    const deploy = vi.fn<EngineApi["deploy"]>(fakeEngine().deploy);
    const text = await run(["deploy", file], { deploy });
    const json = await runCli(["deploy", file, "--json", "--url", app?.listeningOrigin ?? ""]);

    expect(text).toEqual({ code: 0, stdout: "deployed crawler:0.1.8\n", stderr: "" });
    expect(json.stdout).toBe('{"name":"crawler","version":"0.1.8"}\n');
    expect(Buffer.from(deploy.mock.calls[0]?.[0] ?? []).toString()).toBe("\0asm");
  });

  test("reports that there is no such file", async () => {
    const { code, stdout, stderr } = await run(["deploy", "no-such-file.wasm"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .*no-such-file\.wasm.*\n$/);
  });
});

describe("flawless run", () => {
  const large = '{"id":18446744073709551615}';

  test("starts the workflow and shows its response with every digit", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: large }));
    const { code, stdout } = await run(["run", "crawler:0.1.8", "start", "--input", large], {
      start,
    });

    expect(code).toBe(0);
    expect(stdout).toBe(`workflow  wkf_1\nresponse  ${large}\n`);
    expect(start.mock.calls[0]?.[0]).toMatchObject({
      module: "crawler",
      version: "0.1.8",
      workflow: "start",
      input: large,
    });
  });

  test("prints one JSON value with --json", async () => {
    const { stdout } = await run(["run", "crawler:0.1.8", "start", "--json"], {
      start: async () => ({ id: "wkf_1", response: large }),
    });
    expect(stdout).toBe(`{"id":"wkf_1","response":${large}}\n`);
  });

  test("sends null without an input, and says that there is no response", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
    const text = await run(["run", "crawler:0.1.8", "start"], { start });
    const json = await runCli([
      "run",
      "crawler:0.1.8",
      "start",
      "--json",
      "--url",
      app?.listeningOrigin ?? "",
    ]);

    expect(text.stdout).toBe("workflow  wkf_1\nresponse  none\n");
    expect(json.stdout).toBe('{"id":"wkf_1","response":null}\n');
    expect(start.mock.calls[0]?.[0].input).toBe("null");
  });

  test("passes on labels", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
    const labels = ["--label", "customer=c-7", "--label", "query=a=b", "--label", "empty="];
    await run(["run", "crawler:0.1.8", "start", ...labels], { start });
    expect(start.mock.calls[0]?.[0].labels).toEqual({
      customer: "c-7",
      query: "a=b",
      empty: "",
    });
    expect((await runCli(["run", "crawler:0.1.8", "start", "--label", "x"])).code).toBe(2);
  });

  test("passes on the idempotency key, and doesn't wait if detached", async () => {
    const start = vi.fn<EngineApi["start"]>(async () => ({ id: "wkf_1", response: null }));
    const { stdout } = await run(
      ["run", "crawler:0.1.8", "start", "--idempotency-key", "once", "--detach"],
      { start },
    );

    expect(stdout).toBe("workflow  wkf_1\n");
    expect(start.mock.calls[0]?.[0].idempotencyKey).toBe("once");
    expect(start.mock.calls[0]?.[1]?.detached).toBe(true);
  });

  test("shows a panic on one line of stderr, and nothing on stdout", async () => {
    const { code, stdout, stderr } = await run(["run", "crawler:0.1.8", "start", "--json"], {
      start: async () => {
        throw new EngineError("WORKFLOW_FAILED", "panicked at 'oh\n\u001b[31mno'");
      },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .*panicked at 'oh \\u001b\[31mno'.*\n$/);
  });

  test.each([
    [["run", "crawler", "start"], /Expected MODULE:VERSION/],
    [["run", "crawler:0.1.8", "start", "--input", "{bad"], /--input has to be JSON/],
    [["run", "crawler:0.1.8"], /missing required argument/],
    [["run", "crawler:0.1.8", "start", "--inputs", "1"], /unknown option/],
    [["frobnicate"], /unknown command/],
    [[], /Usage: flawless/],
  ])("%j is a wrong use", async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});

describe("flawless list", () => {
  test("shows a table with what each workflow does", async () => {
    const failed = {
      ...exampleWorkflow,
      id: "wkf_2",
      status: "failed",
      waiting: null,
      error: { code: "PANIC", message: "no\nmore" },
    } as const;
    const waiting = { on: "message", types: ["approve", "reject"], until: null } as const;
    const { code, stdout } = await run(["list"], {
      list: async () => ({
        workflows: [exampleWorkflow, failed, { ...exampleWorkflow, id: "wkf_3", waiting }],
        cursor: "wkf_3",
      }),
    });

    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "ID         STATUS   MODULE         WORKFLOW  CREATED                   DETAIL",
        "wkf_xhRDf  running  crawler:0.1.8  start     2026-01-02T03:04:05.000Z  sleeping until 2026-01-02T03:04:06.000Z",
        String.raw`wkf_2      failed   crawler:0.1.8  start     2026-01-02T03:04:05.000Z  PANIC: no\nmore`,
        "wkf_3      running  crawler:0.1.8  start     2026-01-02T03:04:05.000Z  waiting for approve or reject",
        "There are more: --cursor wkf_3",
        "",
      ].join("\n"),
    );
  });

  test("passes on the filter, and prints the page with --json", async () => {
    const list = vi.fn<EngineApi["list"]>(fakeEngine().list);
    const { stdout } = await run(
      [
        ...["list", "--status", "running", "--module", "crawler:0.1.8", "--workflow", "start"],
        ...["--limit", "7", "--cursor", "wkf_9", "--json"],
      ],
      { list },
    );

    expect(JSON.parse(stdout)).toEqual({ workflows: [exampleWorkflow], cursor: null });
    expect(list).toHaveBeenCalledWith({
      status: "running",
      module: "crawler",
      version: "0.1.8",
      workflow: "start",
      limit: 7,
      cursor: "wkf_9",
    });
  });

  test("continues a search that the server has done only in part", async () => {
    const list = vi.fn<EngineApi["list"]>(async ({ cursor }) =>
      cursor === undefined
        ? { workflows: [exampleWorkflow], cursor: "wkf_9", searched: 10_000 }
        : { workflows: [], cursor: null, searched: 5 },
    );
    const { stdout } = await run(
      [
        ...["list", "--label", "a=b", "--label", "c=", "--created-from", "2026-01-01"],
        ...["--ended-before", "2026-01-02", "--key-prefix", "order-", "--name-prefix", "st"],
        ...["--id-prefix", "wkf_x", "--input-text", "seven", "--limit", "7", "--json"],
      ],
      { list },
    );
    const filter = {
      labels: { a: "b", c: "" },
      createdFrom: "2026-01-01",
      endedBefore: "2026-01-02",
      keyPrefix: "order-",
      namePrefix: "st",
      idPrefix: "wkf_x",
      inputText: "seven",
    };
    expect(JSON.parse(stdout)).toEqual({
      workflows: [exampleWorkflow],
      cursor: null,
      searched: 10_005,
    });
    expect(list.mock.calls).toEqual([
      [{ ...filter, limit: 7 }],
      [{ ...filter, limit: 6, cursor: "wkf_9" }],
    ]);
    expect((await runCli(["list", "--created-from", "soon"])).code).toBe(2);
  });

  test("accepts a module without its version", async () => {
    const list = vi.fn<EngineApi["list"]>(fakeEngine().list);
    await run(["list", "--module", "crawler"], { list });
    expect(list).toHaveBeenCalledWith({ module: "crawler", limit: 100 });
  });

  test.each([
    ["--status", "done"],
    ["--limit", "0"],
    ["--limit", "1001"],
    ["--limit", "many"],
  ])("%s %s is refused as wrong usage", async (...args) => {
    expect((await runCli(["list", ...args])).code).toBe(2);
  });
});

describe("a workflow by its idempotency key", () => {
  test.each([
    ["show", ["show", "--key", "order-7"]],
    ["send", ["send", "--key", "order-7", "approve", "true"]],
    ["cancel", ["cancel", "--key", "order-7"]],
    ["restart", ["restart", "--key", "order-7"]],
    ["terminate", ["terminate", "key:order-7"]],
  ])("is found by flawless %s", async (_name, args) => {
    const idOfKey = vi.fn<EngineApi["idOfKey"]>(async () => "wkf_xhRDf");
    const send = vi.fn<EngineApi["send"]>(async () => undefined);
    const { code, stdout } = await run(args, { idOfKey, send });
    expect(code).toBe(0);
    expect(stdout).toMatch(/wkf_xhRD[fg]|sent approve to key:order-7/);
    expect(idOfKey).toHaveBeenCalledWith("order-7");
    expect(send.mock.calls).toEqual(args[0] === "send" ? [["wkf_xhRDf", "approve", "true"]] : []);
  });

  test.each([
    [["show"]],
    [["show", "wkf_1", "--key", "k"]],
    [["send", "approve", "1"]],
    [["send", "wkf_1", "approve", "1", "--key", "k"]],
    [["cancel", "--key", "k", "--module", "m"]],
  ])("%j is a wrong use", async (args) => {
    expect((await runCli(args)).code).toBe(2);
  });
});

describe("flawless result", () => {
  const ended = { ...exampleWorkflow, status: "completed", waiting: null } as const;

  test("waits for the end, and shows the response with every digit", async () => {
    const response = '{"id":18446744073709551615}';
    let asked = 0;
    const wait = vi.fn<EngineApi["wait"]>(async () => {
      asked += 1;
      return asked === 1 ? exampleWorkflow : { ...ended, response };
    });
    const { stdout } = await run(["result", "--key", "order-7"], { wait });
    expect(stdout).toBe(`${response}\n`);
    expect(wait).toHaveBeenCalledTimes(2);
    const json = await runCli(["result", "wkf_1", "--json", "--url", app?.listeningOrigin ?? ""]);
    expect(json.stdout).toBe(`{"response":${response}}\n`);
  });

  test("reports another end", async () => {
    const error = { code: "PANIC", message: "oh no" } as const;
    const wait: EngineApi["wait"] = async () => ({
      ...ended,
      status: "failed",
      response: '"early"',
      error,
    });
    const { code, stdout, stderr } = await run(["result", "wkf_1"], { wait });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("oh no");
  });
});

describe("flawless show", () => {
  test("shows the workflow and its steps", async () => {
    const { code, stdout } = await run(["show", "wkf_xhRDf"]);

    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "id        wkf_xhRDf",
        "module    crawler:0.1.8",
        "workflow  start",
        "status    running, sleeping until 2026-01-02T03:04:06.000Z",
        "created   2026-01-02T03:04:05.000Z",
        'input     {"id":18446744073709551615}',
        "",
        "step  at     took  call                            answer",
        '1     +0 ms  1 ms  {"Random":9223372036854775807}  {"Random":[18446744073709551615,1.0]}',
        '2     +2 ms        {"Sleep":{"ms":300}}            (waiting)',
        "",
      ].join("\n"),
    );
  });

  test("omits the middle of a long journal, unless --all is set", async () => {
    const steps = Array.from({ length: 100 }, (_, index) => ({
      step: index + 1,
      at: exampleWorkflow.createdAt,
      answeredAt: exampleWorkflow.createdAt,
      call: '"TimeNow"',
      answer: "null",
    }));
    const journalPage = pagesOf(steps);
    const { stdout } = await run(["show", "wkf_xhRDf"], { journalPage });
    const all = await run(["show", "wkf_xhRDf", "--all"], { journalPage });

    expect(stdout).toContain("… 70 steps left out");
    expect(all.stdout.match(/TimeNow/g)).toHaveLength(100);
  });

  test("prints one JSON value with --json, integers exact", async () => {
    const { stdout } = await run(["show", "wkf_xhRDf", "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({ ...exampleWorkflow, input: exampleHistory.input });
    expect(stdout).toContain('"call":{"Random":9223372036854775807}');
  });
});

describe("flawless send and cancel", () => {
  test("send a message", async () => {
    const send = vi.fn<EngineApi["send"]>(async () => undefined);
    const text = await run(["send", "wkf_1", "approve", '{"by":1e2}'], { send });
    const json = await runCli([
      "send",
      "wkf_1",
      "approve",
      "1",
      "--json",
      "--url",
      app?.listeningOrigin ?? "",
    ]);

    expect(text).toEqual({ code: 0, stdout: "sent approve to wkf_1\n", stderr: "" });
    expect(json.stdout).toBe('{"id":"wkf_1","type":"approve"}\n');
    expect(send.mock.calls[0]).toEqual(["wkf_1", "approve", '{"by":100}']);
  });

  test("cancel a workflow", async () => {
    const text = await run(["cancel", "wkf_xhRDf"]);
    const json = await runCli([
      "cancel",
      "wkf_xhRDf",
      "--json",
      "--url",
      app?.listeningOrigin ?? "",
    ]);

    expect(text).toEqual({ code: 0, stdout: "wkf_xhRDf is cancelled\n", stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({ id: "wkf_xhRDf", status: "cancelled" });
  });

  test("cancel a workflow with all its descendants", async () => {
    const end = vi.fn<EngineApi["end"]>(fakeEngine().end);
    const { stdout } = await run(["cancel", "wkf_xhRDf", "--tree"], { end });
    expect(stdout).toBe("wkf_xhRDf is cancelled\n");
    expect(end.mock.calls).toEqual([["wkf_xhRDf", "cancel", { tree: true }]]);
  });

  test("request the cancellation of a workflow, and terminate it", async () => {
    const cancelBy = "2026-01-02T03:05:05.000Z";
    const end = vi.fn<EngineApi["end"]>(async (_id, manner) =>
      manner === "cancel"
        ? { ...exampleWorkflow, cancelBy }
        : fakeEngine().end("", manner, { tree: false }),
    );
    const cancelled = await run(["cancel", "wkf_xhRDf"], { end });
    const terminated = await run(["terminate", "wkf_xhRDf", "--tree"], { end });
    expect(cancelled.stdout).toBe(`wkf_xhRDf is asked to cancel, and has to end by ${cancelBy}\n`);
    expect(terminated.stdout).toBe("wkf_xhRDf is cancelled\n");
    expect(end.mock.calls).toEqual([
      ["wkf_xhRDf", "cancel", { tree: false }],
      ["wkf_xhRDf", "terminate", { tree: true }],
    ]);
  });

  test("terminate all with a label", async () => {
    const endMatching = vi.fn<EngineApi["endMatching"]>(async () => ({ count: 2, cursor: null }));
    const { stdout } = await run(["terminate", "--label", "a=b"], { endMatching });
    expect(stdout).toBe("2 running workflows match; add --yes to terminate them\n");
    expect(endMatching.mock.calls).toMatchObject([[{ labels: { a: "b" } }, "terminate"]]);
  });

  test("terminate all with a name", async () => {
    const endMatching = vi.fn<EngineApi["endMatching"]>(async () => ({ count: 2, cursor: null }));
    const { stdout } = await run(["terminate", "--workflow", "start", "--yes"], { endMatching });
    expect(stdout).toBe("terminated 2 workflows\n");
    expect(endMatching.mock.calls).toMatchObject([
      [{ workflow: "start", dryRun: false }, "terminate"],
    ]);
  });

  test("cancel all of a module, page by page, after counting them", async () => {
    const endMatching = vi.fn<EngineApi["endMatching"]>(async ({ cursor }) =>
      cursor === undefined ? { count: 1_000, cursor: "wkf_2" } : { count: 5, cursor: null },
    );
    const args = ["cancel", "--module", "crawler:0.1.8", "--workflow", "start"];
    const counted = await run(args, { endMatching });
    expect(counted.stdout).toBe("1005 running workflows match; add --yes to cancel them\n");
    const filter = { module: "crawler", version: "0.1.8", workflow: "start", limit: 1_000 };
    expect(endMatching.mock.calls).toEqual([
      [{ ...filter, dryRun: true }, "cancel"],
      [{ ...filter, cursor: "wkf_2", dryRun: true }, "cancel"],
    ]);
    const url = ["--url", app?.listeningOrigin ?? ""];
    const done = await runCli([...args, "--yes", "--json", ...url]);
    expect(done.stdout).toBe('{"count":1005,"cancelled":true}\n');
    expect(endMatching.mock.lastCall).toMatchObject([{ dryRun: false }, "cancel"]);
  });

  test.for([
    [["cancel"], "expected the id of a workflow, --key, or conditions"],
    [["cancel", "wkf_1", "--workflow", "start"], "expected the id of a workflow"],
    [["cancel", "--workflow", "start", "--tree"], "--tree needs the id"],
  ] as const)("%j is refused", async ([args, message]) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("the token", () => {
  const options = { tokens: ["the-token"] };

  test("comes from the environment", async () => {
    const { code } = await run(["list"], {}, { ...options, env: { FLAWLESS_TOKEN: "the-token" } });
    expect(code).toBe(0);
  });

  test("comes from a file rather than from the environment", async () => {
    using directory = new TemporaryDirectory();
    const file = directory.join("token");
    await writeFile(file, "the-token\nanother\n");
    const { code } = await run(
      ["list", "--token-file", file],
      {},
      { ...options, env: { FLAWLESS_TOKEN: "wrong" } },
    );
    expect(code).toBe(0);
  });

  test("is reported as missing if the server needs one", async () => {
    const { code, stdout, stderr } = await run(["list"], {}, options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: The server requires a token .*--token-file.*FLAWLESS_TOKEN\.\n$/,
    );
  });
});

test("an unreachable server is reported on one line", async () => {
  app = createApi(fakeEngine());
  const port = await listenOnFreePort(app);
  await app.close();
  const { code, stdout, stderr } = await runCli(["list", "--url", `http://127.0.0.1:${port}`]);

  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: .*ECONNREFUSED.*\n$/);
});

test("if one of several servers is unreachable, the next one is asked", async () => {
  const gone = createApi(fakeEngine());
  const goneUrl = `http://127.0.0.1:${await listenOnFreePort(gone)}`;
  await gone.close();
  app = createApi(fakeEngine());
  const url = `http://127.0.0.1:${await listenOnFreePort(app)}`;
  const again = await runCli(["list", "--json", "--url", goneUrl, "--url", url]);
  const commas = await runCli(["list", "--json"], { FLAWLESS_URL: `${goneUrl},${url}` });

  expect([again.code, commas.code]).toEqual([0, 0]);
  expect(commas.stdout).toBe(again.stdout);
});

test.each([["--help"], ["list", "--help"]])("%s %s shows help", async (...args) => {
  const { code, stdout } = await runCli(args);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: flawless/);
});

test("--version shows the version", async () => {
  expect(await runCli(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});
